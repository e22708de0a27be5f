"""What editors ask to be done with flows."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.domain.booking_flow.flow import MAX_STEPS
from app.domain.booking_flow.portable import PortableFlow
from app.domain.booking_flow.steps import BookingFlowStepContent, StepTypeConfig
from app.domain.content import ContentConfig
from app.domain.service_selection.graph import (
    MAX_STORED_EDGES,
    MAX_STORED_NODES,
    ServiceGraph,
    ServiceSelectionEdge,
    ServiceSelectionNode,
)
from app.domain.service_selection.growing import MAX_NODE_ID_LENGTH
from app.domain.values import EntityId, Title, Value


def _require_value(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("REQUIRED", "cannot be null")
    return value


NotNull = BeforeValidator(_require_value)
"""For fields that may be left out, which differs from being null."""


class FlowReference(Value):
    """A flow and the version its editor has seen."""

    id: EntityId
    expected_version: int


class FlowDeletion(Value):
    """A flow and, where it matters, the version its editor has seen."""

    id: EntityId
    expected_version: int | None = None


class RevisionReference(FlowReference):
    """A revision of a flow by its number."""

    revision: int


class BookingFlowPatch(FlowReference):
    """What changes of a flow; what is left out stays as it is."""

    content: Annotated[ContentConfig | None, NotNull] = None
    steps: Annotated[
        tuple[BookingFlowStepContent, ...] | None, Field(max_length=MAX_STEPS), NotNull
    ] = None


class NewStep(Value):
    """A step to add to a flow; without a `position` it becomes the last."""

    booking_flow_id: EntityId
    expected_version: int
    step: BookingFlowStepContent
    position: Annotated[int, Field(ge=0)] | None = None


class StepReference(Value):
    """A step and the version of its flow its editor has seen."""

    step_id: EntityId
    expected_version: int


class StepPatch(Value):
    """What changes of a step; what is left out stays as it is.

    `expected_version` is the version of its flow.
    """

    id: EntityId
    expected_version: int
    step_config: Annotated[ContentConfig | None, NotNull] = None
    type_config: Annotated[StepTypeConfig | None, NotNull] = None


class StepOrder(FlowReference):
    """Every step of a flow, in its new order."""

    step_ids: tuple[EntityId, ...]


class QuestionAddition(StepReference):
    """A stored question to ask in a graph, after a node of it or as its first."""

    question_id: EntityId
    node_id: (
        Annotated[str, StringConstraints(min_length=1, max_length=MAX_NODE_ID_LENGTH)] | None
    ) = None
    parent_node_id: str | None = None


class FlowCopy(Value):
    """A flow to copy, and the title of the copy where it shall have one of its own."""

    id: EntityId
    title: Title | None = None


class FlowImport(Value):
    """A flow's document, and a title of its own for the flow."""

    document: PortableFlow
    title: Title | None = None


class GraphReplacement(StepReference, ServiceGraph):
    """A whole graph for a service selection step."""

    nodes: Annotated[tuple[ServiceSelectionNode, ...], Field(max_length=MAX_STORED_NODES)] = ()
    edges: Annotated[tuple[ServiceSelectionEdge, ...], Field(max_length=MAX_STORED_EDGES)] = ()
