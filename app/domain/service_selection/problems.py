"""`find_problems`: everything that keeps a service-selection graph from being published."""

from collections.abc import Iterator

from app.domain.service_selection.components import find_components
from app.domain.service_selection.cycles import find_cycles
from app.domain.service_selection.findings import Finding
from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.numbered import number_graph
from app.domain.service_selection.paths import find_path_problems
from app.domain.service_selection.problem import GraphProblem, ProblemCode
from app.domain.service_selection.references import (
    GraphReferences,
    KnownReferences,
    collect_references,
    find_reference_problems,
)
from app.domain.service_selection.roots import find_root_problems
from app.domain.service_selection.structure import (
    find_branching_problems,
    find_duplicates,
    find_edge_errors,
)

__all__ = [
    "GraphProblem",
    "GraphReferences",
    "KnownReferences",
    "ProblemCode",
    "collect_references",
    "find_problems",
]


def find_problems(
    graph: ServiceGraph, *, references: KnownReferences | None
) -> tuple[GraphProblem, ...]:
    """Return every way `graph` breaks the rules, in node order; no errors means publishable.

    A problem stands at the earliest of the nodes it names or, if it names edges only, at the
    earliest end of theirs that is a node; one that concerns no node stands before all. Problems at
    the same node follow the order of `ProblemCode`, those of one code there the order of the edges.
    Without `references` nothing is said about the entities the nodes refer to.

    The cost is O(nodes + edges) in time and in the size of the answer, whatever the graph: no
    paths are listed, nothing recurses, and each message names a few ids at most.
    """
    findings = list(_find_all(graph, references))
    # The sort is stable, and it must not compare the problems themselves.
    findings.sort(key=lambda finding: finding[:3])
    return tuple(finding.problem for finding in findings)


def _find_all(graph: ServiceGraph, references: KnownReferences | None) -> Iterator[Finding]:
    numbered = number_graph(graph)
    components = find_components(numbered)
    yield from find_duplicates(numbered)
    yield from find_edge_errors(graph, numbered)
    yield from find_branching_problems(numbered)
    yield from find_root_problems(graph, numbered)
    yield from find_cycles(numbered, components)
    yield from find_path_problems(numbered, components)
    if references is not None:
        yield from find_reference_problems(graph, numbered, references)
