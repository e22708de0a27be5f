"""The differences between two states of a flow."""

from typing import Any

from app.domain.booking_flow.diff import FlowState, compare_graphs, find_differences
from app.domain.service_selection.graph import ServiceGraph
from tests.domain.service_selection.builders import a_graph, an_answer

ZIPCODE, SUMMARY, SELECTION = "a" * 24, "b" * 24, "c" * 24


def a_step(step_id: str, step_type: str, title: str = "T", **type_config: Any) -> dict[str, Any]:
    return {
        "id": step_id,
        "step_type": step_type,
        "step_config": {"title": title},
        "type_config": type_config,
    }


def a_state(*steps: dict[str, Any], title: str = "Flow", icon: str | None = None) -> FlowState:
    return FlowState.model_validate({"content": {"title": title, "icon": icon}, "steps": steps})


def ids(elements: Any) -> list[str]:
    return [element.id for element in elements]


def test_equal_states_do_not_differ() -> None:
    state = a_state(a_step(ZIPCODE, "zipcode"), a_step(SUMMARY, "summary"))

    diff = find_differences(state, state)

    assert diff.model_dump() == {
        "content_fields": (),
        "steps_added": (),
        "steps_removed": (),
        "steps_changed": (),
        "are_steps_reordered": False,
    }


def test_changed_fields_of_content_and_steps_are_named() -> None:
    old = a_state(a_step(SUMMARY, "summary", consent_text="Yes?"))
    new = a_state(a_step(SUMMARY, "summary", title="New"), title="Other", icon="house")

    diff = find_differences(old, new)

    assert diff.content_fields == ("title", "icon")
    (change,) = diff.steps_changed
    assert change.fields == ("step_config.title", "type_config.consent_text")
    assert change.graph is None


def test_added_and_removed_steps_do_not_count_as_reordering() -> None:
    old = a_state(a_step(ZIPCODE, "zipcode"), a_step(SUMMARY, "summary"))
    new = a_state(a_step(SELECTION, "details", fields=[_FIELD]), a_step(SUMMARY, "summary"))

    diff = find_differences(old, new)

    assert (ids(diff.steps_added), ids(diff.steps_removed)) == ([SELECTION], [ZIPCODE])
    assert diff.steps_changed == ()
    assert not diff.are_steps_reordered


def test_steps_in_another_order_are_reordered_and_not_changed() -> None:
    steps = (a_step(ZIPCODE, "zipcode"), a_step(SUMMARY, "summary"))

    diff = find_differences(a_state(*steps), a_state(*reversed(steps)))

    assert diff.are_steps_reordered
    assert (diff.steps_changed, diff.steps_added, diff.steps_removed) == ((), (), ())


def test_graph_tells_its_nodes_and_edges_added_removed_and_changed() -> None:
    old = a_graph("q1 a1 a2 s1", "q1 a1 s1", "q1 a2")
    new = a_graph("q1 a1 s1 s2", "q1 a1 s2", root="a1")
    new = new.model_copy(
        update={"nodes": tuple(_reworded(node) if node.id == "a1" else node for node in new.nodes)}
    )

    diff = compare_graphs(old, new)

    assert diff.is_root_changed
    assert not diff.are_elements_reordered
    assert (ids(diff.nodes_added), ids(diff.nodes_removed)) == (["s2"], ["a2"])
    assert [(change.before.id, change.after.id) for change in diff.nodes_changed] == [("a1", "a1")]
    assert (ids(diff.edges_added), ids(diff.edges_removed)) == ([], ["e3"])
    assert [change.after.target_node_id for change in diff.edges_changed] == ["s2"]


def test_graph_in_another_order_differs_in_its_order_only() -> None:
    old, new = a_graph("q1 a1 a2", "q1 a1"), a_graph("q1 a2 a1", "q1 a1")

    diff = compare_graphs(old, new)

    assert diff.are_elements_reordered
    assert (diff.nodes_added, diff.nodes_removed, diff.nodes_changed) == ((), (), ())


def test_ids_that_occur_twice_are_compared_once() -> None:
    twice = ServiceGraph(root_node_id="a", nodes=(an_answer("a"), an_answer("a")))

    diff = compare_graphs(ServiceGraph(root_node_id="a"), twice)

    assert ids(diff.nodes_added) == ["a"]


_FIELD = {"key": "k", "label": "L", "input_type": "text"}


def _reworded(node: Any) -> Any:
    content = node.answer_content.model_copy(update={"text": "Other words"})
    return node.model_copy(update={"answer_content": content})
