"""What can be wrong with a service-selection graph, as a value."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.severity import Severity


class ProblemCode(StrEnum):
    """Every rule of the graph; problems about the same node are reported in this order."""

    DUPLICATE_NODE_ID = "DUPLICATE_NODE_ID"
    DUPLICATE_EDGE_ID = "DUPLICATE_EDGE_ID"
    DUPLICATE_EDGE = "DUPLICATE_EDGE"
    DANGLING_EDGE = "DANGLING_EDGE"
    SELF_LOOP = "SELF_LOOP"
    ILLEGAL_EDGE = "ILLEGAL_EDGE"
    AMBIGUOUS_NEXT = "AMBIGUOUS_NEXT"
    ROOT_MISSING = "ROOT_MISSING"
    ROOT_NOT_QUESTION = "ROOT_NOT_QUESTION"
    ROOT_HAS_PARENT = "ROOT_HAS_PARENT"
    MULTIPLE_ROOTS = "MULTIPLE_ROOTS"
    UNREACHABLE_NODE = "UNREACHABLE_NODE"
    CYCLE = "CYCLE"
    PATH_WITHOUT_SERVICE = "PATH_WITHOUT_SERVICE"
    PATH_WITH_MULTIPLE_SERVICES = "PATH_WITH_MULTIPLE_SERVICES"
    QUESTION_WITHOUT_ANSWERS = "QUESTION_WITHOUT_ANSWERS"
    UNKNOWN_QUESTION = "UNKNOWN_QUESTION"
    UNKNOWN_SERVICE = "UNKNOWN_SERVICE"
    UNKNOWN_CATEGORY = "UNKNOWN_CATEGORY"
    SINGLE_ANSWER_QUESTION = "SINGLE_ANSWER_QUESTION"
    SERVICE_NOT_SYNCED = "SERVICE_NOT_SYNCED"


WARNINGS = frozenset({ProblemCode.SINGLE_ANSWER_QUESTION, ProblemCode.SERVICE_NOT_SYNCED})


# No pydantic model: a large graph may have a hundred thousand problems, and a model is three
# objects for the garbage collector to walk, again and again, while they are made.
@dataclass(frozen=True, slots=True)
class GraphProblem:
    """One broken rule: the nodes and edges at fault, and for rules about paths a counterexample.

    `path` lists node ids so that an edge leads from each to the next. Of a `CYCLE` it ends where it
    began; of a path rule it runs from the root to a terminal node, and `node_ids` then names every
    terminal node in which such a path ends.
    """

    code: ProblemCode
    severity: Severity
    message: str
    node_ids: tuple[str, ...] = ()
    edge_ids: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
