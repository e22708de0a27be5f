"""Editing scheduler configs."""

import strawberry

from app.api.context import Info
from app.api.inputs import read_given
from app.api.patches import read_deletion, read_patch
from app.api.permissions import Access, mutation
from app.api.scheduler_configs.inputs import (
    CreateSchedulerConfigInput,
    DeleteSchedulerConfigInput,
    UpdateSchedulerConfigInput,
)
from app.api.scheduler_configs.types import SchedulerConfig
from app.api.user_errors import MutationPayload
from app.domain.scheduler_config import SchedulerConfigContent
from app.services import scheduler_configs


@strawberry.type(description="The outcome of `createSchedulerConfig`.")
class CreateSchedulerConfigPayload(MutationPayload):
    scheduler_config: SchedulerConfig | None = strawberry.field(
        default=None, description="The new config; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateSchedulerConfig`.")
class UpdateSchedulerConfigPayload(MutationPayload):
    scheduler_config: SchedulerConfig | None = strawberry.field(
        default=None, description="The config as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `deleteSchedulerConfig`.")
class DeleteSchedulerConfigPayload(MutationPayload):
    scheduler_config: SchedulerConfig | None = strawberry.field(
        default=None, description="The config as it was; null when it was refused."
    )


@strawberry.type
class SchedulerConfigMutations:
    @mutation(description="Set up a widget; it gets its publishable key.", access=Access.EDITOR)
    async def create_scheduler_config(
        self, info: Info, input: CreateSchedulerConfigInput
    ) -> CreateSchedulerConfigPayload:
        given = read_given(input, SchedulerConfigContent)
        config = await scheduler_configs.create_scheduler_config(given, author=info.context.author)
        return CreateSchedulerConfigPayload(scheduler_config=SchedulerConfig.from_document(config))

    @mutation(description="Change a widget's config.", access=Access.EDITOR)
    async def update_scheduler_config(
        self, info: Info, input: UpdateSchedulerConfigInput
    ) -> UpdateSchedulerConfigPayload:
        scheduler_config = await scheduler_configs.update_scheduler_config(
            read_patch(input), author=info.context.author
        )
        return UpdateSchedulerConfigPayload(
            scheduler_config=SchedulerConfig.from_document(scheduler_config)
        )

    @mutation(
        description="Delete a widget's config; its publishable key opens nothing from then on.",
        access=Access.EDITOR,
    )
    async def delete_scheduler_config(
        self, info: Info, input: DeleteSchedulerConfigInput
    ) -> DeleteSchedulerConfigPayload:
        scheduler_config = await scheduler_configs.delete_scheduler_config(
            read_deletion(input), author=info.context.author
        )
        return DeleteSchedulerConfigPayload(
            scheduler_config=SchedulerConfig.from_document(scheduler_config)
        )
