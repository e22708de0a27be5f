"""A service-selection graph with its numbers on it, as a tree in the terminal."""

from collections.abc import Mapping, Sequence

from rich.text import Text
from rich.tree import Tree

from app.cli.analytics_report.graph_layout import choose_nodes
from app.cli.analytics_report.graph_plot import words_of
from app.cli.analytics_report.numbers import Choices
from app.cli.analytics_report.terminal_tables import COMPLETED, ENTERED
from app.cli.analytics_report.words import Row, count

MAX_SHOWN = 60
"""Nodes of a tree; of a larger graph those most customers came to are shown."""

STYLES = {
    "QUESTION_REFERENCE": "bold",
    "ANSWER_REFERENCE": ENTERED,
    "SERVICE_REFERENCE": COMPLETED,
}


def choices_tree(choices: Choices, flow_name: str) -> Tree:
    """Return the questions with what they offer below each; a place met again is not opened."""
    children: dict[str, list[str]] = {}
    for edge in choices.edges:
        children.setdefault(edge["sourceNodeId"], []).append(edge["targetNodeId"])
    nodes = {node["nodeId"]: node for node in choices.nodes}
    reached = {node_id: node["reachedCount"] for node_id, node in nodes.items()}
    shown = choose_nodes(choices.root_node_id, children, reached, at_most=MAX_SHOWN)
    title = Text(f"What customers choose in “{flow_name}”", "bold")
    sessions = count(choices.report["sessionCount"])
    title.append(f"\nrevision {choices.report['revision']}, {sessions} sessions", "not bold dim")
    tree = Tree(title)
    _grow(tree, choices, nodes, {node: children.get(node, ()) for node in shown})
    if len(nodes) > len(shown):
        left = f"and {count(len(nodes) - len(shown))} places, which `--json` and `--html` show"
        tree.add(Text(left, "dim"))
    return tree


def _grow(
    tree: Tree, choices: Choices, nodes: Mapping[str, Row], children: Mapping[str, Sequence[str]]
) -> None:
    # By hand: a graph may be deeper than calls may be nested.
    seen: set[str] = set()
    waiting: list[tuple[Tree, str]] = [(tree, choices.root_node_id)]
    while waiting:
        parent, node_id = waiting.pop()
        if node_id not in children:
            continue
        node = nodes[node_id]
        words = Text(choices.names[node_id], STYLES[node["type"]])
        if node_id in seen:
            parent.add(words.append("  see above", "not bold dim"))
            continue
        seen.add(node_id)
        words.append(f"  {', '.join(words_of(node))}", "not bold default")
        branch = parent.add(words)
        waiting += [(branch, child) for child in reversed(children[node_id])]
