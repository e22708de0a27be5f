"""Opaque global ids: what the API shows of a stored entity's id.

A global id is the base64 form of `EntityType:id`, so that an id of one kind never passes for one
of another. Nothing else in the program knows this form.
"""

import base64
import binascii
import re
from enum import StrEnum

from strawberry import ID

from app.domain.values import EntityId


class EntityType(StrEnum):
    """The kinds of stored entity a global id can name."""

    API_KEY = "ApiKey"
    AUDIT_RECORD = "AuditRecord"
    BOOKING = "Booking"
    BOOKING_ANSWER_CATEGORY = "BookingAnswerCategory"
    BOOKING_FLOW = "BookingFlow"
    BOOKING_FLOW_REVISION = "BookingFlowRevision"
    BOOKING_FLOW_ROUTER = "BookingFlowRouter"
    BOOKING_FLOW_STEP = "BookingFlowStep"
    BOOKING_QUESTION = "BookingQuestion"
    BOOKING_QUESTION_ANSWER = "BookingQuestionAnswer"
    BOOKING_SERVICE = "BookingService"
    BOOKING_SESSION = "BookingSession"
    BOOKING_SESSION_EVENT = "BookingSessionEvent"
    BRAND_KIT = "BrandKit"
    FILE = "File"
    MEMBER = "Member"
    ORGANIZATION = "Organization"
    SCHEDULER_CONFIG = "SchedulerConfig"
    VENDOR_ACCOUNT = "VendorAccount"
    WEBHOOK_DELIVERY = "WebhookDelivery"
    WEBHOOK_ENDPOINT = "WebhookEndpoint"


_GLOBAL_ID = re.compile(r"([A-Za-z]{1,40}):([0-9a-f]{24})")
_MAX_GLOBAL_ID_LENGTH = 100
_TYPE_NAMES = frozenset(entity_type.value for entity_type in EntityType)


def encode_id(entity_type: EntityType, entity_id: EntityId) -> ID:
    """Return the global id of an entity."""
    # Not base64.urlsafe_b64encode: a dashboard shows thousands of ids, and it takes twice as long.
    text = binascii.b2a_base64(f"{entity_type}:{entity_id}".encode(), newline=False).decode()
    return ID(text.replace("+", "-").replace("/", "_"))


def encode_optional_id(entity_type: EntityType, entity_id: EntityId | None) -> ID | None:
    """Return the global id, or None where there is no entity."""
    return None if entity_id is None else encode_id(entity_type, entity_id)


def parse_id(global_id: str) -> tuple[EntityType, EntityId] | None:
    """Return what a global id names, or None when it is malformed."""
    if len(global_id) > _MAX_GLOBAL_ID_LENGTH:
        return None
    try:
        text = base64.b64decode(global_id.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        return None
    match = _GLOBAL_ID.fullmatch(text)
    if match is None or match[1] not in _TYPE_NAMES:
        return None
    return EntityType(match[1]), match[2]


def decode_id(entity_type: EntityType, global_id: str) -> EntityId | None:
    """Return the entity id, or None when `global_id` is malformed or of another kind.

    Callers treat None like the id of an entity that does not exist: a client learns nothing from
    the difference.
    """
    parsed = parse_id(global_id)
    return parsed[1] if parsed is not None and parsed[0] is entity_type else None
