"""What uses an entity, as clients read it."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import strawberry

from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.domain.usage import AnyUsage, ConfigUsage, FlowUsage, QuestionUsage, UsedKind
from app.loaders.base import OwnedId
from app.services.editing import InUse

if TYPE_CHECKING:
    from app.api.booking_flows.types import BookingFlow
    from app.api.booking_questions.types import BookingQuestion
    from app.api.scheduler_configs.types import SchedulerConfig

T = TypeVar("T")


@strawberry.interface(description="Something that uses an entity and keeps it from being deleted.")
class EntityUserBase:
    id: strawberry.ID = strawberry.field(description="The user's global id.")
    title: str = strawberry.field(description="The title or name its editors know it by.")
    owned_id: strawberry.Private[OwnedId]


@strawberry.type(description="A flow whose graph refers to the entity.")
class BookingFlowUser(EntityUserBase):
    in_draft: bool = strawberry.field(description="Whether its draft does.")
    in_published_revision: bool = strawberry.field(
        description="Whether the revision customers get does."
    )

    @strawberry.field(description="The flow; null when it was deleted meanwhile.")
    async def booking_flow(
        self, info: Info
    ) -> Annotated["BookingFlow", strawberry.lazy("app.api.booking_flows.types")] | None:
        from app.api.booking_flows.types import BookingFlow  # noqa: PLC0415 - a cycle.

        flow = await info.context.loaders.flows.load(self.owned_id)
        return None if flow is None else BookingFlow.from_document(flow)


@strawberry.type(description="A question one of whose answers refers to the entity.")
class BookingQuestionUser(EntityUserBase):
    @strawberry.field(description="The question; null when it was deleted meanwhile.")
    async def booking_question(
        self, info: Info
    ) -> Annotated["BookingQuestion", strawberry.lazy("app.api.booking_questions.types")] | None:
        from app.api.booking_questions.types import BookingQuestion  # noqa: PLC0415 - a cycle.

        question = await info.context.loaders.questions.load(self.owned_id)
        return None if question is None else BookingQuestion.from_document(question)


@strawberry.type(description="A scheduler config that names the entity.")
class SchedulerConfigUser(EntityUserBase):
    @strawberry.field(description="The config; null when it was deleted meanwhile.")
    async def scheduler_config(
        self, info: Info
    ) -> Annotated["SchedulerConfig", strawberry.lazy("app.api.scheduler_configs.types")] | None:
        from app.api.scheduler_configs.types import SchedulerConfig  # noqa: PLC0415 - a cycle.

        config = await info.context.loaders.scheduler_configs.load(self.owned_id)
        return None if config is None else SchedulerConfig.from_document(config)


EntityUser: TypeAlias = Annotated[
    BookingFlowUser | BookingQuestionUser | SchedulerConfigUser,
    strawberry.union(
        "EntityUser", description="Something that uses an entity and keeps it from being deleted."
    ),
]


async def load_users(
    info: Info, kind: UsedKind, owned_id: OwnedId
) -> list[BookingFlowUser | BookingQuestionUser | SchedulerConfigUser]:
    """Return what uses an entity, through the request's loader."""
    usages = await info.context.loaders.usages[kind].load(owned_id)
    return [_to_user(usage) for usage in usages]


async def naming_users(deletion: Awaitable[T]) -> T:
    """Return what was deleted; raises Refused whose IN_USE names the users by their global ids."""
    try:
        return await deletion
    except InUse as refused:
        raise refused.naming(_describe) from refused


def _describe(usage: AnyUsage) -> str:
    kinds = {FlowUsage: "the flow", QuestionUsage: "the question", ConfigUsage: "the config"}
    return f"{kinds[type(usage)]} “{usage.title}” ({_to_user(usage).id})"


def _to_user(usage: AnyUsage) -> BookingFlowUser | BookingQuestionUser | SchedulerConfigUser:
    owned_id = OwnedId(usage.organization_id, usage.id)
    match usage:
        case FlowUsage():
            return BookingFlowUser(
                id=encode_id(EntityType.BOOKING_FLOW, usage.id),
                title=usage.title,
                owned_id=owned_id,
                in_draft=usage.in_draft,
                in_published_revision=usage.in_published_revision,
            )
        case QuestionUsage():
            return BookingQuestionUser(
                id=encode_id(EntityType.BOOKING_QUESTION, usage.id),
                title=usage.title,
                owned_id=owned_id,
            )
        case ConfigUsage():
            return SchedulerConfigUser(
                id=encode_id(EntityType.SCHEDULER_CONFIG, usage.id),
                title=usage.title,
                owned_id=owned_id,
            )
