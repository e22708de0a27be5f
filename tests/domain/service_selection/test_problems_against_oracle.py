"""Random small graphs, judged a second time by definitions that list every path."""

from collections.abc import Iterator
from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.problems import GraphProblem, ProblemCode, find_problems
from tests.domain.service_selection.builders import a_node, an_edge

LEGAL = {"qa", "qs", "aq", "as", "sq"}


@st.composite
def graphs(draw: st.DrawFn) -> ServiceGraph:
    """Up to nine nodes, the root first as a rule; most edges legal and forward, some anything."""
    kinds = "q" + draw(st.text("qqaas", max_size=8))
    ids = [f"{kind}{number}" for number, kind in enumerate(kinds)]
    legal = [(s, t) for s, t in permutations(ids, 2) if s[0] + t[0] in LEGAL]
    forward = [(s, t) for s, t in legal if ids.index(s) < ids.index(t)]
    ends = draw(st.lists(st.sampled_from(forward), max_size=14, unique=True)) if forward else []
    ends += draw(st.lists(st.sampled_from(legal), max_size=2)) if legal else []
    named = [*ids, "q99"]
    anything = st.tuples(st.sampled_from(named), st.sampled_from(named))
    ends += draw(st.lists(anything, max_size=2))
    nodes = [*ids, *draw(st.lists(st.sampled_from(ids), max_size=1) | st.just([]))]
    return ServiceGraph(
        root_node_id=draw(st.sampled_from([ids[0]] * 9 + [ids[-1]])),
        nodes=tuple(a_node(node_id) for node_id in nodes),
        edges=tuple(an_edge(f"e{number}", *pair) for number, pair in enumerate(ends)),
    )


class Oracle:
    """The rules as the words have them, at any cost."""

    def __init__(self, graph: ServiceGraph) -> None:
        self.ids = [node.id for node in graph.nodes]
        self.root = graph.root_node_id
        self.all_ends = [(edge.source_node_id, edge.target_node_id) for edge in graph.edges]
        self.joins = {
            (source, target)
            for source, target in self.all_ends
            if source in self.ids and target in self.ids and source != target
        }

    def reached_from(self, start: str) -> set[str]:
        """The nodes one edge or more away from `start`."""
        reached = {target for source, target in self.joins if source == start}
        while more := {t for s, t in self.joins if s in reached} - reached:
            reached |= more
        return reached

    def components(self) -> list[tuple[str, ...]]:
        """Nodes on cycles, each with all those it reaches that reach it, in node order."""
        reached = {node: self.reached_from(node) for node in self.ids}
        found = {
            tuple(sorted({m for m in reached[n] if n in reached[m]}, key=self.ids.index))
            for n in self.ids
            if n in reached[n]
        }
        return sorted(found, key=lambda component: self.ids.index(component[0]))

    def is_sound(self, source: str, target: str) -> bool:
        ways = {t for s, t in self.joins if s == source}
        return (
            source[0] + target[0] in LEGAL
            and source not in self.reached_from(target)
            and (source[0] == "q" or len(ways) == 1)
            and self.ids.count(source) == self.ids.count(target) == 1
        )

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Every root-to-terminal path of the part without structural errors."""
        if self.root[0] != "q" or self.ids.count(self.root) != 1:
            return
        sound = {(s, t) for s, t in self.joins if self.is_sound(s, t)}
        waiting: list[tuple[str, ...]] = [(self.root,)]
        while waiting:
            path = waiting.pop()
            if path[-1] not in {source for source, _ in self.all_ends}:
                yield path
            waiting += [(*path, target) for source, target in sound if source == path[-1]]


def report_of(graph: ServiceGraph, code: ProblemCode) -> list[GraphProblem]:
    return [each for each in find_problems(graph, references=None) if each.code is code]


def assert_paths_reported(
    graph: ServiceGraph, code: ProblemCode, paths: set[tuple[str, ...]]
) -> None:
    found = report_of(graph, code)
    assert bool(found) == bool(paths)
    for problem in found:
        assert problem.path in paths
        assert problem.path[-1] == problem.node_ids[0]
        ids = [node.id for node in graph.nodes]
        assert list(problem.node_ids) == sorted({path[-1] for path in paths}, key=ids.index)


@settings(max_examples=600, deadline=None)
@given(graphs())
def test_path_rules_agree_with_listing_every_path(graph: ServiceGraph) -> None:
    services = {path: sum(node_id[0] == "s" for node_id in path) for path in Oracle(graph).paths()}
    none = {path for path, count in services.items() if count == 0}
    several = {path for path, count in services.items() if count > 1}
    assert_paths_reported(graph, ProblemCode.PATH_WITHOUT_SERVICE, none)
    assert_paths_reported(graph, ProblemCode.PATH_WITH_MULTIPLE_SERVICES, several)


@settings(max_examples=400, deadline=None)
@given(graphs(), st.data())
def test_cycles_and_reach_agree_with_their_definitions(
    graph: ServiceGraph, data: st.DataObject
) -> None:
    ids = [node.id for node in graph.nodes]
    back = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=4))
    more = tuple(an_edge(f"b{number}", *pair) for number, pair in enumerate(back))
    graph = graph.model_copy(update={"edges": (*graph.edges, *more)})
    oracle = Oracle(graph)

    cycles = report_of(graph, ProblemCode.CYCLE)
    assert [each.node_ids for each in cycles] == oracle.components()
    for each in cycles:
        assert each.path[0] == each.path[-1] == each.node_ids[0]
        assert len(set(each.path)) == len(each.path) - 1
        assert set(pairwise(each.path)) <= oracle.joins

    unreached = set(ids) - oracle.reached_from(graph.root_node_id) - {graph.root_node_id}
    orphans = set(ids) - {target for _, target in oracle.joins}
    second_roots = {node_id for node_id in unreached & orphans if node_id[0] == "q"}
    reported_roots = report_of(graph, ProblemCode.MULTIPLE_ROOTS)
    assert {i for each in reported_roots for i in each.node_ids} == second_roots
    reported = report_of(graph, ProblemCode.UNREACHABLE_NODE)
    assert {i for each in reported for i in each.node_ids} == unreached - second_roots


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_problems_are_in_node_order(graph: ServiceGraph) -> None:
    ids = [node.id for node in graph.nodes]
    ends = {edge.id: (edge.source_node_id, edge.target_node_id) for edge in graph.edges}

    def place(problem: GraphProblem) -> int:
        named = problem.node_ids or [end for edge in problem.edge_ids for end in ends[edge]]
        return min((ids.index(each) for each in named if each in ids), default=-1)

    found = find_problems(graph, references=None)
    order = list(ProblemCode)
    assert list(found) == sorted(found, key=lambda each: (place(each), order.index(each.code)))
