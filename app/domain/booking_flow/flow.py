"""A booking flow as a customer meets it: one published, immutable revision."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.domain.booking_flow.steps import BookingFlowStep, BookingFlowStepContent
from app.domain.content import ContentConfig
from app.domain.values import EntityId, Value


class BookingFlowStatus(StrEnum):
    """Where a flow stands: editable draft, offered to customers, or gone."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DELETED = "deleted"


MAX_STEPS = 50


class BookingFlowContent(Value):
    """What an editor writes of a flow: its content and its steps in order."""

    content: ContentConfig
    steps: Annotated[tuple[BookingFlowStepContent, ...], Field(max_length=MAX_STEPS)] = ()


class FlowDefinition(Value):
    """The frozen content of a flow: its steps in order, each with its whole configuration."""

    booking_flow_id: EntityId
    revision: int
    content: ContentConfig
    steps: tuple[BookingFlowStep, ...]

    def index_of(self, step_id: EntityId) -> int | None:
        """Return the position of a step from 0, or None when it is not part of the flow."""
        for index, step in enumerate(self.steps):
            if step.id == step_id:
                return index
        return None
