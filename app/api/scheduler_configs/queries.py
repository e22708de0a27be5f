"""Booting a widget."""

from typing import Annotated

import strawberry

from app.api.context import Info
from app.api.permissions import Access, query
from app.api.scheduler_configs.types import Scheduler, to_scheduler
from app.services.scheduler_configs import find_served_config


@strawberry.type
class SchedulerQueries:
    @query(
        description="What a widget shows; null for an unknown key. The page's origin must be "
        "among the config's allowed origins.",
        access=Access.PUBLIC,
    )
    async def scheduler(
        self,
        info: Info,
        publishable_key: Annotated[str, strawberry.argument(description="The widget's key.")],
    ) -> Scheduler | None:
        config = await find_served_config(
            publishable_key,
            origin=info.context.origin,
            server_origin=info.context.server_origin,
        )
        return None if config is None else to_scheduler(config)
