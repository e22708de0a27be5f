"""Where a customer's choice leads in a service-selection graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from app.domain.service_selection.graph_index import GraphIndex
from app.domain.values import Value


class ChoiceProblemCode(StrEnum):
    """Why a choice cannot be taken."""

    NODE_NOT_REACHABLE = "NODE_NOT_REACHABLE"
    SERVICE_ALREADY_SELECTED = "SERVICE_ALREADY_SELECTED"


class ChoiceProblem(Value):
    """A refused choice: the node at fault and, in a list of choices, its index from 0."""

    code: ChoiceProblemCode
    message: str
    node_id: str
    choice_index: int | None = None


class ChosenPath(Value):
    """The nodes a customer has passed, and what that means.

    `path` runs from the root to the last answer or service reached; it is empty before the first
    choice, and the current question, `question_node_id`, is not on it yet. `service_node_id` is the
    service on the path, the last one if an unpublished graph leads past several. `is_complete`
    holds when no question is current and exactly one service is on the path.
    """

    path: tuple[str, ...]
    question_node_id: str | None
    service_node_id: str | None
    is_complete: bool


@dataclass(slots=True)
class Walk:
    """A way through a graph, one choice after the other; choosing costs the same at any length.

    `path` is as in `ChosenPath`; it grows in place.
    """

    index: GraphIndex
    path: list[str]
    question_node_id: str | None

    def take(self, chosen_node_id: str) -> bool:
        """Choose an option of the current question; False, and no move, when it is none."""
        question_node_id = self.question_node_id
        if question_node_id is None:
            return False
        if chosen_node_id not in self.index.children_of(question_node_id):
            return False
        self.path.append(question_node_id)
        self.arrive_at(chosen_node_id)
        return True

    def arrive_at(self, node_id: str | None) -> None:
        """Pass answers and services up to the next question or the end of the graph.

        This ends on any graph: every legal edge of an answer or a service is a step nearer to a
        question. Only unpublished graphs offer them several next nodes; the first is taken then.
        """
        while node_id is not None and not self.index.is_question(node_id):
            self.path.append(node_id)
            node_id = next(iter(self.index.children_of(node_id)), None)
        self.question_node_id = node_id


def begin_walk(index: GraphIndex) -> Walk:
    """Return a walk without any choice: at the root, which is past it if it is no question."""
    walk = Walk(index=index, path=[], question_node_id=None)
    walk.arrive_at(index.root_node_id)
    return walk


def describe_path(index: GraphIndex, *, path: Sequence[str]) -> ChosenPath:
    """Return what a path means that `choose`, `select_service` or `retrace` led to in this graph.

    An empty path is that of a customer who has chosen nothing yet.
    """
    services = [node_id for node_id in path if index.is_service(node_id)]
    question_node_id = _find_current_question(index, path)
    return ChosenPath(
        path=tuple(path),
        question_node_id=question_node_id,
        service_node_id=services[-1] if services else None,
        is_complete=question_node_id is None and len(services) == 1,
    )


def choose(
    index: GraphIndex, *, path: Sequence[str], question_node_id: str, chosen_node_id: str
) -> ChosenPath | ChoiceProblem:
    """Return the path after an option of a question is chosen, for the first time or instead.

    `path` is cut back to the question unless that is the current one; then the question, the option
    and what follows by itself are appended. Refused as `NODE_NOT_REACHABLE` when the question is
    neither current nor on the path or the option is no child of it; a service chosen directly also
    as `SERVICE_ALREADY_SELECTED` when another service stays on the path.
    """
    kept = _cut_back(index, path, question_node_id)
    if kept is None:
        message = f"Question “{question_node_id}” is neither the current one nor on the path."
        return _refuse_unreachable(message, node_id=question_node_id)
    if chosen_node_id not in index.children_of(question_node_id):
        message = f"Node “{chosen_node_id}” is no option of question “{question_node_id}”."
        return _refuse_unreachable(message, node_id=chosen_node_id)
    if index.is_service(chosen_node_id) and any(index.is_service(each) for each in kept):
        return ChoiceProblem(
            code=ChoiceProblemCode.SERVICE_ALREADY_SELECTED,
            message=f"Another service stays selected, so “{chosen_node_id}” cannot be as well.",
            node_id=chosen_node_id,
        )
    walk = Walk(index=index, path=list(kept), question_node_id=question_node_id)
    walk.take(chosen_node_id)
    return describe_path(index, path=walk.path)


def select_service(
    index: GraphIndex, *, path: Sequence[str], service_node_id: str
) -> ChosenPath | ChoiceProblem:
    """Return the path after a service is chosen directly, by a command that names its node only.

    The service answers the current question or, if it is no option of that, the latest question on
    the path that offers it; `NODE_NOT_REACHABLE` if none does. Otherwise as `choose`.
    """
    if not index.is_service(service_node_id):
        message = f"Node “{service_node_id}” is no service."
        return _refuse_unreachable(message, node_id=service_node_id)
    current = _find_current_question(index, path)
    candidates = path[::-1] if current is None else (current, *path[::-1])
    for node_id in candidates:
        if index.is_question(node_id) and service_node_id in index.children_of(node_id):
            return choose(
                index, path=path, question_node_id=node_id, chosen_node_id=service_node_id
            )
    message = f"Node “{service_node_id}” is no option of the current question or one on the path."
    return _refuse_unreachable(message, node_id=service_node_id)


def retrace(index: GraphIndex, *, path: Sequence[str]) -> ChosenPath:
    """Return how far the choices of a path lead in a graph it may not have been made in.

    Each question on the path is answered as it was there, up to the first choice that this graph
    does not offer at that point.
    """
    walk = begin_walk(index)
    for node_id, next_node_id in pairwise(path):
        if node_id == walk.question_node_id and not walk.take(next_node_id):
            break
    return describe_path(index, path=walk.path)


def _find_current_question(index: GraphIndex, path: Sequence[str]) -> str | None:
    next_node_id = next(iter(index.children_of(path[-1])), None) if path else index.root_node_id
    return next_node_id if next_node_id and index.is_question(next_node_id) else None


def _cut_back(
    index: GraphIndex, path: Sequence[str], question_node_id: str
) -> Sequence[str] | None:
    """Return the path before the question, or None if that is neither current nor on the path."""
    if question_node_id == _find_current_question(index, path):
        return path
    if not index.is_question(question_node_id) or question_node_id not in path:
        return None
    return path[: path.index(question_node_id)]


def _refuse_unreachable(message: str, *, node_id: str) -> ChoiceProblem:
    return ChoiceProblem(
        code=ChoiceProblemCode.NODE_NOT_REACHABLE, message=message, node_id=node_id
    )
