"""The enums of this part of the schema."""

from enum import StrEnum

from app.api.enums import expose_enum
from app.domain.service_selection.graph import NodeType
from app.domain.severity import Severity

__all__ = [
    "NodeType",
    "ProblemCode",
    "Severity",
]


class ProblemCode(StrEnum):
    """Every rule of flows and their graphs, as clients know it."""

    NO_STEPS = "NO_STEPS"
    DUPLICATE_STEP_TYPE = "DUPLICATE_STEP_TYPE"
    SUMMARY_NOT_LAST = "SUMMARY_NOT_LAST"
    NO_SERVICE_SELECTION_STEP = "NO_SERVICE_SELECTION_STEP"
    EMPTY_ZIPCODE_LIST = "EMPTY_ZIPCODE_LIST"
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
    MORE_PROBLEMS = "MORE_PROBLEMS"


expose_enum(
    ProblemCode,
    name="BookingFlowProblemCode",
    description="Which rule of flows and their graphs is broken.",
    values={
        ProblemCode.NO_STEPS: "The flow has no steps.",
        ProblemCode.DUPLICATE_STEP_TYPE: "A second step of a type that a flow has once.",
        ProblemCode.SUMMARY_NOT_LAST: "A step follows the summary.",
        ProblemCode.NO_SERVICE_SELECTION_STEP: "No step selects a service.",
        ProblemCode.EMPTY_ZIPCODE_LIST: "A zip code step that covers no zip code.",
        ProblemCode.DUPLICATE_NODE_ID: "Two nodes have the same id.",
        ProblemCode.DUPLICATE_EDGE_ID: "Two edges have the same id.",
        ProblemCode.DUPLICATE_EDGE: "Two edges join the same nodes.",
        ProblemCode.DANGLING_EDGE: "An end of an edge is no node.",
        ProblemCode.SELF_LOOP: "An edge leads from a node to itself.",
        ProblemCode.ILLEGAL_EDGE: "An edge joins kinds of nodes that do not follow each other.",
        ProblemCode.AMBIGUOUS_NEXT: "An answer or a service has several next nodes.",
        ProblemCode.ROOT_MISSING: "The root is no node.",
        ProblemCode.ROOT_NOT_QUESTION: "The root is no question.",
        ProblemCode.ROOT_HAS_PARENT: "An edge enters the root.",
        ProblemCode.MULTIPLE_ROOTS: "Another question has no edge that enters it.",
        ProblemCode.UNREACHABLE_NODE: "No path from the root reaches the node.",
        ProblemCode.CYCLE: "Nodes lead back to themselves.",
        ProblemCode.PATH_WITHOUT_SERVICE: "A path from the root to the end meets no service.",
        ProblemCode.PATH_WITH_MULTIPLE_SERVICES: "A path meets several services.",
        ProblemCode.QUESTION_WITHOUT_ANSWERS: "Nobody can answer the question.",
        ProblemCode.UNKNOWN_QUESTION: "The question does not exist.",
        ProblemCode.UNKNOWN_SERVICE: "The service does not exist.",
        ProblemCode.UNKNOWN_CATEGORY: "The answer category does not exist.",
        ProblemCode.SINGLE_ANSWER_QUESTION: "The question leaves nothing to choose.",
        ProblemCode.SERVICE_NOT_SYNCED: "The service is not synced with the vendor.",
        ProblemCode.MORE_PROBLEMS: "Stands for the problems there is no room for.",
    },
)
expose_enum(
    NodeType,
    name="ServiceSelectionNodeType",
    description="What a node of the graph stands for.",
    values={
        NodeType.QUESTION_REFERENCE: "A question; the only kind of node that branches.",
        NodeType.ANSWER_REFERENCE: "An answer to the question before it.",
        NodeType.SERVICE_REFERENCE: "A service, selected by reaching it.",
    },
)
expose_enum(
    Severity,
    name="ProblemSeverity",
    description="Whether a problem keeps content from being used.",
    values={
        Severity.ERROR: "Must be mended first.",
        Severity.WARNING: "Worth a look.",
    },
)
