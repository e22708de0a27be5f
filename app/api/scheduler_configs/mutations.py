"""Editing scheduler configs."""

import strawberry

from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.scheduler_configs.inputs import CreateSchedulerConfigInput
from app.api.scheduler_configs.types import SchedulerConfig
from app.api.user_errors import UserError
from app.domain.scheduler_config import SchedulerConfigContent
from app.services import scheduler_configs


@strawberry.type(description="The outcome of `createSchedulerConfig`.")
class CreateSchedulerConfigPayload:
    scheduler_config: SchedulerConfig | None = strawberry.field(
        default=None, description="The new config; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type
class SchedulerConfigMutations:
    @mutation(description="Set up a widget; it gets its publishable key.", access=Access.EDITOR)
    async def create_scheduler_config(
        self, info: Info, input: CreateSchedulerConfigInput
    ) -> CreateSchedulerConfigPayload:
        content = read_input(input, SchedulerConfigContent)
        config = await scheduler_configs.create_scheduler_config(
            content, author=info.context.author
        )
        return CreateSchedulerConfigPayload(scheduler_config=SchedulerConfig.from_document(config))
