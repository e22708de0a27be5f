"""Where the nodes of a graph with numbers on it stand in its picture."""

import random

import pytest

from app.cli.analytics_report.graph_layout import Place, choose_nodes, lay_out


def a_random_graph(seed: int, nodes: int) -> dict[str, list[str]]:
    """Return a graph without a cycle in which everything follows the root `0`."""
    randomly = random.Random(seed)  # noqa: S311 - not a secret.
    children: dict[str, list[str]] = {}
    for node in range(1, nodes):
        for parent in {randomly.randrange(node) for _ in range(randomly.choice((1, 1, 2)))}:
            children.setdefault(str(parent), []).append(str(node))
    return children


@pytest.mark.parametrize("seed", range(20))
def test_every_node_is_right_of_all_that_lead_to_it_and_none_covers_another(seed: int) -> None:
    children = a_random_graph(seed, 60)
    drawn = {str(node) for node in range(60)}

    places = lay_out("0", children, drawn)

    assert places["0"] == (0, 0)
    assert len(set(places.values())) == len(places) == 60
    for parent, below in children.items():
        assert all(places[parent].column < places[child].column for child in below)


def test_first_way_is_a_straight_line_and_others_are_below_it_without_gaps() -> None:
    children = {"q": ["a", "b"], "a": ["s"], "b": ["s", "t"]}

    places = lay_out("q", children, set("qabst"))

    assert places == {
        "q": Place(0, 0),
        "a": Place(1, 0),
        "s": Place(2, 0),
        "b": Place(1, 1),
        "t": Place(2, 1),
    }


def test_of_a_large_graph_those_most_came_to_are_drawn_together_with_the_way_to_them() -> None:
    children = {"q": ["a", "b"], "a": ["deep"], "b": ["c"]}
    reached = {"q": 9, "a": 2, "b": 7, "c": 5, "deep": 8}

    assert choose_nodes("q", children, reached, at_most=3) == {"q", "b", "c"}
    assert choose_nodes("q", children, reached, at_most=5) == set(reached)
