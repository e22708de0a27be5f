"""What uses an entity, so that it cannot be deleted."""

from enum import StrEnum
from typing import TypeAlias

from app.domain.values import EntityId, Value


class Usage(Value):
    """A user: its id, and the title or name its editors know it by."""

    id: EntityId
    organization_id: EntityId
    title: str


class FlowUsage(Usage):
    """A flow whose graph refers to the entity, in its draft or in the revision customers get."""

    in_draft: bool
    in_published_revision: bool


class QuestionUsage(Usage):
    """A question one of whose answers refers to the entity."""


class ConfigUsage(Usage):
    """A scheduler config that names the entity."""


AnyUsage: TypeAlias = FlowUsage | QuestionUsage | ConfigUsage


class UsedKind(StrEnum):
    """The kinds of entity that others refer to by id."""

    BOOKING_ANSWER_CATEGORY = "booking_answer_category"
    BOOKING_FLOW_ROUTER = "booking_flow_router"
    BOOKING_QUESTION = "booking_question"
    BOOKING_SERVICE = "booking_service"
    BRAND_KIT = "brand_kit"
