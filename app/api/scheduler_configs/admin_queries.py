"""Reading scheduler configs."""

from typing import Annotated, Any

import strawberry

from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.ordering import NamedOrder
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.api.scheduler_configs.types import SchedulerConfig
from app.api.searching import text_query
from app.documents import scheduler_config as documents
from app.loaders.base import owned


@strawberry.input(description="Which scheduler configs to list; conditions left out hold for all.")
class SchedulerConfigFilter:
    search: str | None = strawberry.field(
        default=None, description="Those whose name contains this text, whatever the case."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for an impossible search."""
        return text_query(self.search, "name")


@strawberry.type
class SchedulerConfigQueries:
    @query(description="A scheduler config; null when there is none.", access=Access.ANALYST)
    async def scheduler_config(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The scheduler config.")],
    ) -> SchedulerConfig | None:
        scheduler_config_id = decode_id(EntityType.SCHEDULER_CONFIG, id)
        key = owned(info.context.organization_id, scheduler_config_id)
        found = None if key is None else await info.context.loaders.scheduler_configs.load(key)
        return None if found is None else SchedulerConfig.from_document(found)

    @query(description="The scheduler configs of the organization.", access=Access.ANALYST)
    async def scheduler_configs(
        self,
        info: Info,
        *,
        filter: Annotated[
            SchedulerConfigFilter | None,
            strawberry.argument(description="Which scheduler configs to list."),
        ] = None,
        order_by: Annotated[
            NamedOrder, strawberry.argument(description="How to sort them.")
        ] = NamedOrder.CREATED_AT_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[SchedulerConfig]:
        return await paginate(
            info,
            documents.SchedulerConfig,
            {
                "organization_id": info.context.organization_id,
                **(filter or SchedulerConfigFilter()).to_query(),
            },
            order=order_by.value,
            to_node=SchedulerConfig.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )
