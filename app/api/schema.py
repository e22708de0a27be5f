"""The published schema."""

import strawberry
from graphql import GraphQLError
from strawberry.types import ExecutionContext

from app.api.analytics.queries import AnalyticsQueries
from app.api.api_keys.mutations import ApiKeyMutations
from app.api.api_keys.queries import ApiKeyQueries
from app.api.audit.queries import AuditQueries
from app.api.booking_flow_routers.mutations import BookingFlowRouterMutations
from app.api.booking_flow_routers.queries import BookingFlowRouterQueries
from app.api.booking_flow_routers.reordering import RoutingRuleOrderMutations
from app.api.booking_flow_routers.trial_queries import RoutingTrialQueries
from app.api.booking_flows.mutations import BookingFlowMutations
from app.api.booking_flows.portability import PortabilityMutations, PortabilityQueries
from app.api.booking_flows.publication_mutations import PublicationMutations
from app.api.booking_flows.queries import BookingFlowQueries
from app.api.booking_flows.step_mutations import BookingFlowStepMutations
from app.api.booking_questions.mutations import BookingQuestionMutations
from app.api.booking_questions.queries import BookingAnswerCategoryQueries, BookingQuestionQueries
from app.api.booking_services.mutations import BookingServiceMutations
from app.api.booking_services.queries import BookingServiceQueries
from app.api.booking_sessions.mutations import BookingSessionMutations
from app.api.booking_sessions.queries import BookingSessionQueries
from app.api.booking_sessions.subscriptions import BookingSessionSubscriptions
from app.api.bookings.mutations import BookingMutations
from app.api.bookings.queries import BookingQueries
from app.api.bookings.vendor_mutations import VendorBookingMutations
from app.api.brand_kits.mutations import BrandKitMutations
from app.api.brand_kits.queries import BrandKitQueries
from app.api.exports.queries import ExportQueries
from app.api.input_building import build_quickly
from app.api.members.mutations import MemberMutations
from app.api.members.queries import MemberQueries
from app.api.node_queries import NodeQueries
from app.api.operation_limits import OperationLimits
from app.api.organizations.mutations import OrganizationMutations
from app.api.organizations.queries import OrganizationQueries
from app.api.personal_data.mutations import PersonalDataMutations
from app.api.returning_customers.queries import ReturningCustomerQueries
from app.api.scalars import SCHEMA_CONFIG
from app.api.scheduler_configs.admin_queries import SchedulerConfigQueries
from app.api.scheduler_configs.mutations import SchedulerConfigMutations
from app.api.scheduler_configs.queries import SchedulerQueries
from app.api.service_selection.queries import ServiceSelectionQueries
from app.api.timeslots.queries import StepQueries
from app.api.vendor_accounts.mutations import VendorAccountMutations
from app.api.vendor_accounts.sync_mutations import VendorSyncMutations
from app.api.vendor_webhooks.queries import VendorWebhookQueries
from app.api.webhook_endpoints.mutations import WebhookEndpointMutations
from app.api.webhook_endpoints.queries import WebhookEndpointQueries


@strawberry.type(description="What can be read.")
class Query(
    NodeQueries,
    OrganizationQueries,
    SchedulerQueries,
    StepQueries,
    ServiceSelectionQueries,
    BookingFlowQueries,
    PortabilityQueries,
    BookingSessionQueries,
    BookingQueries,
    VendorWebhookQueries,
    ReturningCustomerQueries,
    AnalyticsQueries,
    ExportQueries,
    ApiKeyQueries,
    MemberQueries,
    BookingFlowRouterQueries,
    RoutingTrialQueries,
    BookingAnswerCategoryQueries,
    BookingQuestionQueries,
    BookingServiceQueries,
    BrandKitQueries,
    SchedulerConfigQueries,
    AuditQueries,
    WebhookEndpointQueries,
):
    pass


@strawberry.type(description="What can be changed.")
class Mutation(
    BrandKitMutations,
    BookingServiceMutations,
    BookingQuestionMutations,
    BookingFlowMutations,
    BookingFlowStepMutations,
    PublicationMutations,
    PortabilityMutations,
    BookingFlowRouterMutations,
    RoutingRuleOrderMutations,
    SchedulerConfigMutations,
    BookingSessionMutations,
    BookingMutations,
    VendorBookingMutations,
    ApiKeyMutations,
    OrganizationMutations,
    PersonalDataMutations,
    MemberMutations,
    VendorAccountMutations,
    VendorSyncMutations,
    WebhookEndpointMutations,
):
    pass


@strawberry.type(description="What can be followed as it happens.")
class Subscription(BookingSessionSubscriptions):
    pass


class PublishedSchema(strawberry.Schema):
    """The schema; errors are logged where they are answered, without the text of the query."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing: Strawberry's own log shows query text, which may hold personal data."""


schema = PublishedSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=SCHEMA_CONFIG,
    extensions=[OperationLimits],
)
build_quickly(schema)
