"""The published schema."""

import strawberry

from app.api.booking_flow_routers.mutations import BookingFlowRouterMutations
from app.api.booking_flows.mutations import BookingFlowMutations
from app.api.booking_questions.mutations import BookingQuestionMutations
from app.api.booking_services.mutations import BookingServiceMutations
from app.api.booking_sessions.mutations import BookingSessionMutations
from app.api.booking_sessions.queries import BookingSessionQueries
from app.api.brand_kits.mutations import BrandKitMutations
from app.api.organizations.queries import OrganizationQueries
from app.api.scalars import SCHEMA_CONFIG
from app.api.scheduler_configs.mutations import SchedulerConfigMutations
from app.api.scheduler_configs.queries import SchedulerQueries
from app.api.service_selection.queries import ServiceSelectionQueries
from app.api.timeslots.queries import StepQueries


@strawberry.type(description="What can be read.")
class Query(
    OrganizationQueries,
    SchedulerQueries,
    StepQueries,
    ServiceSelectionQueries,
    BookingSessionQueries,
):
    pass


@strawberry.type(description="What can be changed.")
class Mutation(
    BrandKitMutations,
    BookingServiceMutations,
    BookingQuestionMutations,
    BookingFlowMutations,
    BookingFlowRouterMutations,
    SchedulerConfigMutations,
    BookingSessionMutations,
):
    pass


schema = strawberry.Schema(query=Query, mutation=Mutation, config=SCHEMA_CONFIG)
