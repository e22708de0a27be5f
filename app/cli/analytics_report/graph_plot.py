"""A service-selection graph with its numbers on it, as an inline SVG."""

import textwrap
from collections.abc import Collection, Mapping
from xml.etree.ElementTree import Element

from app.cli.analytics_report.graph_layout import Place, choose_nodes, lay_out
from app.cli.analytics_report.markup import element
from app.cli.analytics_report.numbers import Choices
from app.cli.analytics_report.words import NOTHING, Row, count, percent

MAX_DRAWN = 120
"""Nodes in one picture; of a larger graph those most customers came to are drawn."""

WIDTH, HEIGHT = 232, 58
COLUMN, ROW = 288, 70
MARGIN = 4
LINE_LENGTH, LINES = 27, 2
TAKEN_LENGTH = 23
"""Letters that fit beside the part that booked."""

WIDEST_EDGE, NARROWEST_EDGE = 16.0, 1.0

KINDS = {
    "QUESTION_REFERENCE": "question",
    "ANSWER_REFERENCE": "answer",
    "SERVICE_REFERENCE": "service",
}


def plot_graph(choices: Choices, *, number: int) -> Element:
    """Return the picture; `number` tells it from other pictures of the page."""
    nodes = {node["nodeId"]: node for node in choices.nodes}
    children: dict[str, list[str]] = {}
    for edge in choices.edges:
        children.setdefault(edge["sourceNodeId"], []).append(edge["targetNodeId"])
    reached = {node_id: node["reachedCount"] for node_id, node in nodes.items()}
    drawn = choose_nodes(choices.root_node_id, children, reached, at_most=MAX_DRAWN)
    places = lay_out(choices.root_node_id, children, drawn)
    edges = [e for e in choices.edges if {e["sourceNodeId"], e["targetNodeId"]} <= places.keys()]
    title, description = f"graph-{number}-title", f"graph-{number}-description"
    width, height = _size(places.values())
    most = max((edge["chosenCount"] for edge in edges), default=0)
    return element(
        "svg",
        {
            "class": "graph",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
            "aria-labelledby": f"{title} {description}",
        },
        element("title", {"id": title}, "The questions with numbers on them"),
        element("desc", {"id": description}, _describe(choices)),
        *(_edge(each, places, most=most) for each in sorted(edges, key=_chosen)),
        *(_node(nodes[each], choices.names[each], place) for each, place in places.items()),
    )


def left_out(choices: Choices) -> int:
    """Return how many nodes the picture has no room for."""
    return max(0, len(choices.nodes) - MAX_DRAWN)


def _chosen(edge: Row) -> int:
    chosen: int = edge["chosenCount"]
    return chosen


def words_of(node: Row) -> tuple[str, str]:
    """Return how many of those who came to a node took it, and how many of these booked."""
    taken = f"{count(node['chosenCount'])} of {count(node['reachedCount'])}"
    return f"{taken}, {percent(node['chosenRate'])}", f"{percent(node['bookedRate'])} booked"


def _size(places: Collection[Place]) -> tuple[int, int]:
    columns = max(place.column for place in places)
    rows = max(place.row for place in places)
    return columns * COLUMN + WIDTH + 2 * MARGIN, round(rows * ROW) + HEIGHT + 2 * MARGIN


def _corner(place: Place) -> tuple[float, float]:
    return MARGIN + place.column * COLUMN, MARGIN + place.row * ROW


def _edge(edge: Row, places: Mapping[str, Place], *, most: int) -> Element:
    left, top = _corner(places[edge["sourceNodeId"]])
    right, bottom = _corner(places[edge["targetNodeId"]])
    left, top, bottom = left + WIDTH, top + HEIGHT / 2, bottom + HEIGHT / 2
    middle = (left + right) / 2
    part = edge["chosenCount"] / most if most else 0
    thickness = NARROWEST_EDGE + (WIDEST_EDGE - NARROWEST_EDGE) * part
    return element(
        "path",
        {
            "class": "edge" if edge["chosenCount"] else "edge unused",
            "d": f"M{left:g} {top:g}C{middle:g} {top:g} {middle:g} {bottom:g} {right:g} {bottom:g}",
            "style": f"stroke-width:{thickness:.1f}",
        },
        element(
            "title",
            {},
            f"{count(edge['chosenCount'])} of {count(edge['reachedCount'])} went this way, "
            f"{count(edge['bookedCount'])} of them booked",
        ),
    )


def _node(node: Row, name: str, place: Place) -> Element:
    left, top = _corner(place)
    taken, booked = words_of(node)
    lines = textwrap.wrap(name, LINE_LENGTH, max_lines=LINES, placeholder="…") or [NOTHING]
    full = f"{name}: {taken}, {booked}"
    if len(taken) > TAKEN_LENGTH:
        taken = percent(node["chosenRate"])
    kind = KINDS[node["type"]]
    return element(
        "g",
        {
            "class": kind if node["chosenCount"] else f"{kind} unused",
            "transform": f"translate({left:g} {top:g})",
        },
        element("title", {}, full),
        element("rect", {"width": str(WIDTH), "height": str(HEIGHT), "rx": "9"}),
        *_booked_part(node),
        *(
            element("text", {"class": "name", "x": "12", "y": str(17 + 14 * n)}, line)
            for n, line in enumerate(lines)
        ),
        element("text", {"x": "12", "y": str(HEIGHT - 9)}, taken),
        element("text", {"class": "booked", "x": str(WIDTH - 10), "y": str(HEIGHT - 9)}, booked),
    )


def _booked_part(node: Row) -> list[Element]:
    """Return a line at the foot of a node, as long as the part of those who booked."""
    if not node["bookedCount"]:
        return []
    width = f"{(WIDTH - 18) * node['bookedRate']:.1f}"
    return [
        element(
            "rect",
            {"class": "part", "x": "9", "y": str(HEIGHT - 5), "width": width, "height": "2.5"},
        )
    ]


def _describe(choices: Choices) -> str:
    questions = [node for node in choices.nodes if node["type"] == "QUESTION_REFERENCE"]
    services = [node for node in choices.nodes if node["type"] == "SERVICE_REFERENCE"]
    return (
        f"{count(len(questions))} questions lead to {count(len(services))} places where a service "
        f"is selected. {count(choices.report['sessionCount'])} sessions came to them. The table "
        "below has every number."
    )
