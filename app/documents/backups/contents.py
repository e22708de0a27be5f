"""Which documents a backup holds, in which order, and whose they are."""

from collections.abc import Mapping
from typing import Any

from app.documents.analytics_checkpoint import AnalyticsCheckpoint
from app.documents.analytics_rollup import AnalyticsRollup
from app.documents.analytics_times import AnalyticsTimes
from app.documents.api_key import ApiKey
from app.documents.base import StoredDocument
from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.member import Member
from app.documents.migration_record import MigrationRecord
from app.documents.organization import Organization
from app.documents.registry import DOCUMENTS
from app.documents.restoration import Restoration
from app.documents.scheduler_config import SchedulerConfig
from app.documents.stored_file import StoredFile
from app.documents.timeslot_reservation import TimeslotReservation
from app.documents.vendor_account import VendorAccount
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.values import EntityId

FILE_CHUNKS = "files.chunks"
"""Where GridFS keeps the bytes of files; they name the file they belong to."""

_FIRST: tuple[type[StoredDocument], ...] = (Booking, BookingSession, TimeslotReservation)
"""Read in this order while servers go on, so that the rest can be mended from what was read later.

A booking is stored after the completion in its session's events, and its place is taken before: so
every booking read has both. The events of a session are read right after it.
"""

_LAST: tuple[type[StoredDocument], ...] = (
    VendorAccount,
    WebhookEndpoint,
    SchedulerConfig,
    Member,
    ApiKey,
    Organization,
)
"""Restored last: without them nobody reaches what is restored, and no worker acts on it."""

_LEFT_OUT: tuple[type[StoredDocument], ...] = (
    MigrationRecord,
    Restoration,
    AnalyticsCheckpoint,
    AnalyticsRollup,
    AnalyticsTimes,
)
"""They tell of the database rather than of what is in it, or the worker makes them of the rest."""

_OWN_PLACE = (*_FIRST, *_LAST, *_LEFT_OUT, BookingSessionEventDocument)


def collection_of(document: type[StoredDocument]) -> str:
    """Return the name of a document's collection."""
    return str(document.get_motor_collection().name)


def documents_in_order() -> tuple[type[StoredDocument], ...]:
    """Return the documents of a backup in its order; events come with their sessions."""
    others = (document for document in DOCUMENTS if document not in _OWN_PLACE)
    return (*_FIRST, *others, *_LAST)


def owner_field(collection: str) -> str | None:
    """Return where a collection names the organization; None when its documents belong to none.

    Chunks of files name theirs by the file.
    """
    if collection == collection_of(Organization):
        return "_id"
    if collection == collection_of(StoredFile):
        return "metadata.organization_id"
    document = known_collections()[collection]
    return "organization_id" if document and "organization_id" in document.model_fields else None


def known_collections() -> Mapping[str, type[StoredDocument] | None]:
    """Return the documents of the collections a backup may name."""
    stored = (*documents_in_order(), BookingSessionEventDocument)
    return {**{collection_of(each): each for each in stored}, FILE_CHUNKS: None}


def owner_of(record: Mapping[str, Any], field: str) -> EntityId | None:
    """Return which organization a record names in a field, whose name may have a dot."""
    value: Any = record
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else None
