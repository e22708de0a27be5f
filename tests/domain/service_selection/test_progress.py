"""Where choices lead, and what choosing again does to the path."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.problems import find_problems
from app.domain.service_selection.progress import (
    ChoiceProblem,
    ChoiceProblemCode,
    ChosenPath,
    OptionGroup,
    Progress,
    choose,
    describe_path,
    find_progress,
    index_graph,
    retrace,
    select_service,
)
from tests.domain.service_selection.builders import (
    a_graph,
    a_node,
    a_question,
    a_service,
    an_answer,
    an_edge,
)

NEED, COOLING, AGE = "a" * 24, "b" * 24, "c" * 24
AC_REPAIR, AC_TUNE_UP, DRAIN = "1" * 24, "2" * 24, "3" * 24
COOLING_CATEGORY = "d" * 24

AC, DRAIN_NODE = an_answer("ac", COOLING_CATEGORY), a_service("drain", DRAIN)
YOUNG, OLD = an_answer("young"), an_answer("old")

JOURNEY = ServiceGraph(
    root_node_id="need",
    nodes=(
        a_question("need", NEED),
        AC,
        DRAIN_NODE,
        a_question("cooling", COOLING),
        an_answer("no"),
        an_answer("checkup"),
        a_service("repair", AC_REPAIR),
        a_service("tuneup", AC_TUNE_UP),
        a_question("age", AGE),
        YOUNG,
        OLD,
    ),
    edges=(
        an_edge("e1", "need", "ac"),
        an_edge("e2", "need", "drain"),
        an_edge("e3", "ac", "cooling"),
        an_edge("e4", "cooling", "no"),
        an_edge("e5", "cooling", "checkup"),
        an_edge("e6", "no", "repair"),
        an_edge("e7", "checkup", "tuneup"),
        an_edge("e8", "repair", "age"),
        an_edge("e9", "age", "young"),
        an_edge("e10", "age", "old"),
    ),
)
INDEX = index_graph(JOURNEY)
WHOLE_PATH = ("need", "ac", "cooling", "no", "repair", "age", "old")


def test_the_journey_graph_has_no_problems() -> None:
    assert find_problems(JOURNEY, references=None) == ()


def test_without_choices_the_root_is_asked_and_the_path_is_empty() -> None:
    assert find_progress(INDEX, choices=[]) == Progress(
        path=(),
        question_node_id="need",
        question_id=NEED,
        options=(
            OptionGroup(category_id=COOLING_CATEGORY, nodes=(AC,)),
            OptionGroup(category_id=None, nodes=(DRAIN_NODE,)),
        ),
        service_node_id=None,
        service_id=None,
        is_complete=False,
    )


def test_a_service_after_an_answer_is_selected_by_itself_and_the_next_question_asked() -> None:
    assert find_progress(INDEX, choices=["ac", "no"]) == Progress(
        path=("need", "ac", "cooling", "no", "repair"),
        question_node_id="age",
        question_id=AGE,
        options=(OptionGroup(category_id=None, nodes=(YOUNG, OLD)),),
        service_node_id="repair",
        service_id=AC_REPAIR,
        is_complete=False,
    )


def test_the_last_answer_completes_the_path() -> None:
    assert find_progress(INDEX, choices=["ac", "no", "old"]) == Progress(
        path=WHOLE_PATH,
        question_node_id=None,
        question_id=None,
        options=(),
        service_node_id="repair",
        service_id=AC_REPAIR,
        is_complete=True,
    )


def test_a_terminal_service_chosen_directly_completes_the_path() -> None:
    found = find_progress(INDEX, choices=["drain"])
    assert isinstance(found, Progress)
    assert (found.path, found.service_id, found.is_complete) == (("need", "drain"), DRAIN, True)


def test_a_choice_that_is_no_option_is_refused_with_its_index() -> None:
    refused = find_progress(INDEX, choices=["ac", "drain", "old"])
    assert isinstance(refused, ChoiceProblem)
    assert refused == ChoiceProblem(
        code=ChoiceProblemCode.NODE_NOT_REACHABLE,
        message="Node “drain” is no option of question “cooling”.",
        node_id="drain",
        choice_index=1,
    )


def test_a_choice_after_the_end_is_refused() -> None:
    refused = find_progress(INDEX, choices=["drain", "young"])
    assert isinstance(refused, ChoiceProblem)
    assert (refused.choice_index, refused.message) == (
        1,
        "No question is left to answer with “young”.",
    )


def test_options_are_grouped_by_category_in_edge_order_with_the_uncategorised_last() -> None:
    first, second = "e" * 24, "f" * 24
    nodes = (
        a_question("q1"),
        an_answer("a1", first),
        an_answer("a2"),
        an_answer("a3", second),
        a_service("s4"),
        an_answer("a5", first),
    )
    order = ["s4", "a3", "a2", "a5", "a1"]
    edges = tuple(an_edge(f"e{target}", "q1", target) for target in order)
    found = find_progress(
        index_graph(ServiceGraph(root_node_id="q1", nodes=nodes, edges=edges)), choices=[]
    )
    assert isinstance(found, Progress)
    grouped = [(group.category_id, [node.id for node in group.nodes]) for group in found.options]
    assert grouped == [(second, ["a3"]), (first, ["a5", "a1"]), (None, ["s4", "a2"])]


def test_an_empty_graph_asks_nothing_and_is_never_complete() -> None:
    index = index_graph(ServiceGraph(root_node_id="q1"))
    found = find_progress(index, choices=[])
    assert isinstance(found, Progress)
    assert (found.path, found.question_node_id, found.is_complete) == ((), None, False)
    assert isinstance(find_progress(index, choices=["q1"]), ChoiceProblem)


def test_answers_and_services_in_a_circle_of_illegal_edges_are_not_followed_for_ever() -> None:
    index = index_graph(a_graph("q1 a1 s1 s2", "q1 a1 s1 s2 s1", "a1 a1"))
    found = find_progress(index, choices=["a1"])
    assert isinstance(found, Progress)
    assert found.path == ("q1", "a1", "s1")


def chosen(result: ChosenPath | ChoiceProblem) -> ChosenPath:
    assert isinstance(result, ChosenPath)
    return result


def code_of(result: ChosenPath | ChoiceProblem) -> str:
    assert isinstance(result, ChoiceProblem)
    return result.code.value


def test_answering_an_earlier_question_again_cuts_the_path_back_and_unselects_the_service() -> None:
    result = chosen(choose(INDEX, path=WHOLE_PATH, question_node_id="cooling", chosen_node_id="no"))
    assert result == ChosenPath(
        path=WHOLE_PATH[:5], question_node_id="age", service_node_id="repair", is_complete=False
    )
    changed = choose(INDEX, path=WHOLE_PATH, question_node_id="cooling", chosen_node_id="checkup")
    assert changed == ChosenPath(
        path=("need", "ac", "cooling", "checkup", "tuneup"),
        question_node_id=None,
        service_node_id="tuneup",
        is_complete=True,
    )
    restarted = choose(INDEX, path=WHOLE_PATH, question_node_id="need", chosen_node_id="ac")
    assert restarted == ChosenPath(
        path=("need", "ac"), question_node_id="cooling", service_node_id=None, is_complete=False
    )


def test_a_service_can_be_chosen_as_the_answer_to_its_question() -> None:
    result = chosen(choose(INDEX, path=(), question_node_id="need", chosen_node_id="drain"))
    assert (result.path, result.service_node_id, result.is_complete) == (
        ("need", "drain"),
        "drain",
        True,
    )


def test_a_choice_is_refused_when_the_question_is_ahead_or_does_not_offer_it() -> None:
    for question, node in [("age", "old"), ("ac", "cooling"), ("need", "no"), ("zzz", "ac")]:
        refused = choose(INDEX, path=("need", "ac"), question_node_id=question, chosen_node_id=node)
        assert code_of(refused) == "NODE_NOT_REACHABLE"


def test_a_service_chosen_directly_answers_the_latest_question_that_offers_it() -> None:
    assert chosen(select_service(INDEX, path=WHOLE_PATH, service_node_id="drain")) == ChosenPath(
        path=("need", "drain"), question_node_id=None, service_node_id="drain", is_complete=True
    )
    shared = index_graph(a_graph("q1 q2 a1 a2 s1", "q1 a1 q2 s1", "q1 s1", "q2 a2 s1"))
    current = chosen(select_service(shared, path=("q1", "a1"), service_node_id="s1"))
    assert current.path == ("q1", "a1", "q2", "s1")
    again = chosen(
        select_service(shared, path=("q1", "a1", "q2", "a2", "s1"), service_node_id="s1")
    )
    assert again.path == ("q1", "a1", "q2", "s1")


def test_a_service_behind_an_answer_and_a_node_that_is_no_service_cannot_be_selected() -> None:
    for node_id in ("repair", "ac", "zzz"):
        refused = select_service(INDEX, path=("need", "ac"), service_node_id=node_id)
        assert code_of(refused) == "NODE_NOT_REACHABLE"


def test_a_second_service_is_refused_while_another_stays_on_the_path() -> None:
    index = index_graph(a_graph("q1 s1 q2 s2 a2", "q1 s1 q2 s2", "q2 a2"))
    refused = select_service(index, path=("q1", "s1"), service_node_id="s2")
    assert code_of(refused) == "SERVICE_ALREADY_SELECTED"
    answered = choose(index, path=("q1", "s1"), question_node_id="q2", chosen_node_id="s2")
    assert code_of(answered) == "SERVICE_ALREADY_SELECTED"


def test_a_path_is_retraced_up_to_the_first_choice_no_longer_offered() -> None:
    assert retrace(INDEX, path=WHOLE_PATH) == describe_path(INDEX, path=WHOLE_PATH)
    without_no = JOURNEY.model_copy(
        update={"edges": tuple(edge for edge in JOURNEY.edges if edge.id != "e4")}
    )
    assert retrace(index_graph(without_no), path=WHOLE_PATH).path == ("need", "ac")
    assert retrace(index_graph(ServiceGraph(root_node_id="q1")), path=WHOLE_PATH).path == ()


def test_retracing_takes_in_what_has_been_put_between() -> None:
    index = index_graph(a_graph("q1 a1 q2 a2 s1", "q1 a1 s1 q2 a2"))
    retraced = retrace(index, path=("q1", "a1", "q2", "a2"))
    assert retraced.path == ("q1", "a1", "s1", "q2", "a2")


@st.composite
def legal_graphs(draw: st.DrawFn) -> ServiceGraph:
    """A graph of legal forward edges in which only questions branch."""
    ids = [f"{kind}{n}" for n, kind in enumerate("q" + draw(st.text("qaas", max_size=10)))]
    legal = {"qa", "qs", "aq", "as", "sq"}
    chains = []
    for number, source in enumerate(ids):
        targets = [node for node in ids[number + 1 :] if source[0] + node[0] in legal]
        most = 4 if source[0] == "q" else 1
        if targets:
            some = draw(st.lists(st.sampled_from(targets), max_size=most, unique=True))
            chains += [f"{source} {target}" for target in some]
    return a_graph(" ".join(ids), *chains, root="q0")


def draw_choices(
    data: st.DataObject, graph: ServiceGraph
) -> tuple[list[str], list[str], str | None]:
    """Walk by looking through the edges: the choices made, the path, the question then current."""

    def next_of(node: str) -> list[str]:
        return [each.target_node_id for each in graph.edges if each.source_node_id == node]

    choices: list[str] = []
    path: list[str] = []
    current: str | None = graph.root_node_id
    while current and (options := next_of(current)) and data.draw(st.integers(0, 5)):
        node = data.draw(st.sampled_from(options))
        choices.append(node)
        path += [current, node]
        while (below := next_of(node)) and below[0][0] != "q":
            node = below[0]
            path.append(node)
        current = below[0] if below else None
    return choices, path, current


@settings(max_examples=300, deadline=None)
@given(legal_graphs(), st.data())
def test_progress_agrees_with_a_walk_along_the_edges(
    graph: ServiceGraph, data: st.DataObject
) -> None:
    choices, path, question = draw_choices(data, graph)
    found = find_progress(index_graph(graph), choices=choices)
    assert isinstance(found, Progress)
    services = [node_id for node_id in path if node_id[0] == "s"]
    assert (list(found.path), found.question_node_id) == (path, question)
    assert found.service_node_id == (services[-1] if services else None)
    assert found.is_complete == (question is None and len(services) == 1)
    options = [node.id for group in found.options for node in group.nodes]
    assert options == [e.target_node_id for e in graph.edges if e.source_node_id == question]


@settings(max_examples=300, deadline=None)
@given(legal_graphs(), st.data())
def test_choosing_again_equals_having_chosen_so_at_first(
    graph: ServiceGraph, data: st.DataObject
) -> None:
    choices, path, _ = draw_choices(data, graph)
    assume(choices)
    index = index_graph(graph)
    assert list(retrace(index, path=path).path) == path
    turn = data.draw(st.integers(0, len(choices) - 1))
    before = find_progress(index, choices=choices[:turn])
    assert isinstance(before, Progress)
    assert before.question_node_id is not None
    node = data.draw(st.sampled_from(index.children_of(before.question_node_id)))
    result = choose(index, path=path, question_node_id=before.question_node_id, chosen_node_id=node)
    if isinstance(result, ChoiceProblem):
        assert before.service_node_id is not None
        assert a_node(node).type == "service_reference"
        return
    after = find_progress(index, choices=[*choices[:turn], node])
    assert isinstance(after, Progress)
    assert (result.path, result.question_node_id, result.service_node_id, result.is_complete) == (
        after.path,
        after.question_node_id,
        after.service_node_id,
        after.is_complete,
    )
