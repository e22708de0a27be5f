"""The loaders of one request."""

from collections.abc import Mapping
from functools import cached_property

from app.documents.api_key import ApiKey
from app.documents.audit_record import AuditRecord
from app.documents.booking import Booking
from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.booking_service import BookingService
from app.documents.booking_session import BookingSession
from app.documents.brand_kit import BrandKit
from app.documents.member import Member
from app.documents.scheduler_config import SchedulerConfig
from app.documents.vendor_account import VendorAccount
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.usage import UsedKind
from app.loaders.base import OwnedByIdLoader
from app.loaders.booking_flows import RevisionHeadersByIdLoader, StepsByDocumentIdLoader
from app.loaders.booking_questions import AnswersByQuestionIdLoader
from app.loaders.booking_session_events import EventsByIdLoader
from app.loaders.files import FileInfosByIdLoader
from app.loaders.flow_usage import UsageByFlowIdLoader
from app.loaders.lists import ListsByFieldLoader
from app.loaders.resumptions import ResumingSessionIdsLoader
from app.loaders.revisions import RevisionsByIdLoader
from app.loaders.usage import UsagesByIdLoader


class Loaders:
    """Made per request, so that nothing loaded for one caller is seen by another."""

    @cached_property
    def questions(self) -> OwnedByIdLoader[BookingQuestion]:
        """Questions by id."""
        return OwnedByIdLoader(BookingQuestion)

    @cached_property
    def answers_by_question_id(self) -> AnswersByQuestionIdLoader:
        """The answers of questions."""
        return AnswersByQuestionIdLoader()

    @cached_property
    def categories(self) -> OwnedByIdLoader[BookingAnswerCategory]:
        """Answer categories by id."""
        return OwnedByIdLoader(BookingAnswerCategory)

    @cached_property
    def services(self) -> OwnedByIdLoader[BookingService]:
        """Services by id."""
        return OwnedByIdLoader(BookingService)

    @cached_property
    def flows(self) -> OwnedByIdLoader[BookingFlow]:
        """Flows by id."""
        return OwnedByIdLoader(BookingFlow)

    @cached_property
    def revisions(self) -> RevisionsByIdLoader:
        """Published revisions by id."""
        return RevisionsByIdLoader()

    @cached_property
    def revision_headers(self) -> RevisionHeadersByIdLoader:
        """Published revisions without their steps, by id."""
        return RevisionHeadersByIdLoader()

    @cached_property
    def usage_by_flow_id(self) -> UsageByFlowIdLoader:
        """The routers and configs that use flows."""
        return UsageByFlowIdLoader()

    @cached_property
    def draft_steps(self) -> StepsByDocumentIdLoader:
        """The steps of drafts by the document ids their flows name."""
        return StepsByDocumentIdLoader()

    @cached_property
    def brand_kits(self) -> OwnedByIdLoader[BrandKit]:
        """Brand kits by id."""
        return OwnedByIdLoader(BrandKit)

    @cached_property
    def routers(self) -> OwnedByIdLoader[BookingFlowRouter]:
        """Routers by id."""
        return OwnedByIdLoader(BookingFlowRouter)

    @cached_property
    def files(self) -> FileInfosByIdLoader:
        """What is known of uploaded files."""
        return FileInfosByIdLoader()

    @cached_property
    def sessions(self) -> OwnedByIdLoader[BookingSession]:
        """Booking sessions by id."""
        return OwnedByIdLoader(BookingSession)

    @cached_property
    def resuming_session_ids(self) -> ResumingSessionIdsLoader:
        """Which sessions went on where abandoned ones ended."""
        return ResumingSessionIdsLoader()

    @cached_property
    def answers_by_answer_id(self) -> ListsByFieldLoader[BookingQuestionAnswer]:
        """The stored states of answers, of which the question names one."""
        return ListsByFieldLoader(BookingQuestionAnswer, "answer_id")

    @cached_property
    def steps_by_step_id(self) -> ListsByFieldLoader[BookingFlowStepDocument]:
        """The stored states of steps, of which the flow's draft names one."""
        return ListsByFieldLoader(BookingFlowStepDocument, "step_id")

    @cached_property
    def scheduler_configs(self) -> OwnedByIdLoader[SchedulerConfig]:
        """Scheduler configs by id."""
        return OwnedByIdLoader(SchedulerConfig)

    @cached_property
    def bookings(self) -> OwnedByIdLoader[Booking]:
        """Bookings by id."""
        return OwnedByIdLoader(Booking)

    @cached_property
    def vendor_accounts(self) -> OwnedByIdLoader[VendorAccount]:
        """Vendor accounts by id."""
        return OwnedByIdLoader(VendorAccount)

    @cached_property
    def vendor_accounts_of_organizations(self) -> ListsByFieldLoader[VendorAccount]:
        """The vendor accounts of organizations, one each at most."""
        return ListsByFieldLoader(VendorAccount, "organization_id")

    @cached_property
    def audit_records(self) -> OwnedByIdLoader[AuditRecord]:
        """Audit records by id."""
        return OwnedByIdLoader(AuditRecord)

    @cached_property
    def webhook_endpoints(self) -> OwnedByIdLoader[WebhookEndpoint]:
        """Webhook endpoints by id."""
        return OwnedByIdLoader(WebhookEndpoint)

    @cached_property
    def webhook_deliveries(self) -> OwnedByIdLoader[WebhookDelivery]:
        """Deliveries of webhooks by id."""
        return OwnedByIdLoader(WebhookDelivery)

    @cached_property
    def usages(self) -> Mapping[UsedKind, UsagesByIdLoader]:
        """What uses the entities of each kind."""
        return {kind: UsagesByIdLoader(kind) for kind in UsedKind}

    @cached_property
    def events(self) -> EventsByIdLoader:
        """Events of sessions by id."""
        return EventsByIdLoader()

    @cached_property
    def members(self) -> OwnedByIdLoader[Member]:
        """Members by id."""
        return OwnedByIdLoader(Member)

    @cached_property
    def api_keys(self) -> OwnedByIdLoader[ApiKey]:
        """API keys by id."""
        return OwnedByIdLoader(ApiKey)
