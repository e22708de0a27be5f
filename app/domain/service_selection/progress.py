"""Where a customer is in a service-selection graph, given the option chosen at each question."""

from collections.abc import Sequence

from app.domain.service_selection.choices import (
    ChoiceProblem,
    ChoiceProblemCode,
    ChosenPath,
    begin_walk,
    choose,
    describe_path,
    retrace,
    select_service,
)
from app.domain.service_selection.graph import (
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceReferenceNode,
    ServiceSelectionNode,
)
from app.domain.service_selection.graph_index import GraphIndex, index_graph
from app.domain.values import EntityId, Value

__all__ = [
    "ChoiceProblem",
    "ChoiceProblemCode",
    "ChosenPath",
    "GraphIndex",
    "OptionGroup",
    "Progress",
    "choose",
    "describe_path",
    "find_progress",
    "index_graph",
    "retrace",
    "select_service",
]


class OptionGroup(Value):
    """The options of a question in one answer category, in the order of the edges to them."""

    category_id: EntityId | None
    nodes: tuple[ServiceSelectionNode, ...]


class Progress(ChosenPath):
    """A path with what the widget shows next.

    `options` are those of the current question: the categories in the order of their first option,
    then all options without a category, which services never have, under `category_id` None.
    """

    question_id: EntityId | None
    service_id: EntityId | None
    options: tuple[OptionGroup, ...]


def find_progress(index: GraphIndex, *, choices: Sequence[str]) -> Progress | ChoiceProblem:
    """Return where `choices`, one node id for each question met so far, lead from the root.

    The first choice that is no option of the question current at that point is refused as
    `NODE_NOT_REACHABLE`, with its index. The cost is linear in the path and the options passed.
    """
    walk = begin_walk(index)
    for choice_index, node_id in enumerate(choices):
        question_node_id = walk.question_node_id
        if not walk.take(node_id):
            return _refuse(question_node_id, node_id, choice_index)
    chosen = describe_path(index, path=walk.path)
    question = index.nodes.get(chosen.question_node_id or "")
    service = index.nodes.get(chosen.service_node_id or "")
    return Progress(
        path=chosen.path,
        question_node_id=chosen.question_node_id,
        service_node_id=chosen.service_node_id,
        is_complete=chosen.is_complete,
        question_id=question.question_id if isinstance(question, QuestionReferenceNode) else None,
        service_id=service.service_id if isinstance(service, ServiceReferenceNode) else None,
        options=_group_options(index, chosen.question_node_id),
    )


def _group_options(index: GraphIndex, question_node_id: str | None) -> tuple[OptionGroup, ...]:
    if question_node_id is None:
        return ()
    groups: dict[EntityId | None, list[ServiceSelectionNode]] = {}
    for node_id in index.children_of(question_node_id):
        node = index.nodes[node_id]
        category_id = node.answer_category_id if isinstance(node, AnswerReferenceNode) else None
        groups.setdefault(category_id, []).append(node)
    uncategorised = groups.pop(None, None)
    if uncategorised is not None:
        groups[None] = uncategorised
    return tuple(
        OptionGroup(category_id=category_id, nodes=tuple(nodes))
        for category_id, nodes in groups.items()
    )


def _refuse(question_node_id: str | None, node_id: str, choice_index: int) -> ChoiceProblem:
    return ChoiceProblem(
        code=ChoiceProblemCode.NODE_NOT_REACHABLE,
        message=(
            f"No question is left to answer with “{node_id}”."
            if question_node_id is None
            else f"Node “{node_id}” is no option of question “{question_node_id}”."
        ),
        node_id=node_id,
        choice_index=choice_index,
    )
