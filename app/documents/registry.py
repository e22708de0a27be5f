"""All documents of the database, their indexes, and connecting to it."""

from collections.abc import Sequence
from typing import Any

from app.documents.analytics_checkpoint import AnalyticsCheckpoint
from app.documents.analytics_rollup import AnalyticsRollup
from app.documents.analytics_times import AnalyticsTimes
from app.documents.api_key import ApiKey
from app.documents.audit_record import AuditRecord
from app.documents.base import StoredDocument
from app.documents.booking import Booking
from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.booking_service import BookingService
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.brand_kit import BrandKit
from app.documents.command_times import CommandTimes
from app.documents.driver import Database, connect, disconnect
from app.documents.erasure_request import ErasureRequest
from app.documents.index_creation import create_declared_indexes
from app.documents.lookup_allowance import LookupAllowance
from app.documents.member import Member
from app.documents.migration_record import MigrationRecord
from app.documents.migrations.pending import is_new, note_new_database
from app.documents.organization import Organization
from app.documents.restoration import Restoration
from app.documents.scheduler_config import SchedulerConfig
from app.documents.signing_key import SigningKey
from app.documents.stored_file import StoredFile
from app.documents.timeslot_reservation import TimeslotReservation
from app.documents.vendor_account import VendorAccount
from app.documents.vendor_event import VendorEvent
from app.documents.vendor_status_poll import VendorStatusPoll
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint

DOCUMENTS: tuple[type[StoredDocument], ...] = (
    AnalyticsCheckpoint,
    AnalyticsRollup,
    AnalyticsTimes,
    ApiKey,
    AuditRecord,
    Booking,
    BookingAnswerCategory,
    BookingFlow,
    BookingFlowRevision,
    BookingFlowRouter,
    BookingFlowStepDocument,
    BookingQuestion,
    BookingQuestionAnswer,
    BookingService,
    BookingSession,
    BookingSessionEventDocument,
    BrandKit,
    ErasureRequest,
    LookupAllowance,
    Member,
    MigrationRecord,
    Organization,
    Restoration,
    SchedulerConfig,
    SigningKey,
    StoredFile,
    TimeslotReservation,
    VendorAccount,
    VendorEvent,
    VendorStatusPoll,
    WebhookDelivery,
    WebhookEndpoint,
)


async def connect_documents(
    uri: str,
    *,
    database_name: str,
    listeners: Sequence[Any] = (),
    create_indexes: bool = True,
) -> Database:
    """Connect to the database with every document bound to it, and return the database.

    Indexes are created where they are missing and may be made now; raises IndexesNotMadeError, and
    one of `UNAVAILABLE_ERRORS` when no server answers within two seconds.
    """
    database = await connect(
        uri,
        database_name=database_name,
        documents=DOCUMENTS,
        listeners=[CommandTimes(), *listeners],
    )
    if create_indexes:
        try:
            await _make_ready(database)
        except BaseException:
            await disconnect()
            raise
    return database


async def _make_ready(database: Database) -> None:
    has_nothing = await is_new(database)
    await create_declared_indexes(DOCUMENTS)
    if has_nothing:
        await note_new_database()
