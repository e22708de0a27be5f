"""What leads customers to a flow, as clients read it."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from app.documents import booking_flow_router, scheduler_config

if TYPE_CHECKING:
    from app.api.booking_flow_routers.types import BookingFlowRouter
    from app.api.scheduler_configs.types import SchedulerConfig


@strawberry.type(description="What leads customers to a flow.")
class BookingFlowUsage:
    routers: strawberry.Private[tuple[booking_flow_router.BookingFlowRouter, ...]]
    configs: strawberry.Private[tuple[scheduler_config.SchedulerConfig, ...]]

    @strawberry.field(description="The routers with a rule that may choose the flow.")
    def booking_flow_routers(
        self,
    ) -> list[
        Annotated["BookingFlowRouter", strawberry.lazy("app.api.booking_flow_routers.types")]
    ]:
        from app.api.booking_flow_routers.types import BookingFlowRouter  # noqa: PLC0415 - a cycle.

        return [BookingFlowRouter.from_document(router) for router in self.routers]

    @strawberry.field(description="The configs whose default flow it is.")
    def scheduler_configs(
        self,
    ) -> list[Annotated["SchedulerConfig", strawberry.lazy("app.api.scheduler_configs.types")]]:
        from app.api.scheduler_configs.types import SchedulerConfig  # noqa: PLC0415 - a cycle.

        return [SchedulerConfig.from_document(config) for config in self.configs]
