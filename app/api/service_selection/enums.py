"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.service_selection.graph import NodeType
from app.domain.severity import Severity

__all__ = [
    "NodeType",
    "Severity",
]

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
