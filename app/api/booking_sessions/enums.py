"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.booking_session.context import DeviceType
from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.booking_session.state import BookingSessionStatus
from app.services.booking_sessions.record import EventStatus

__all__ = [
    "AbandonmentReason",
    "BookingSessionEventType",
    "BookingSessionStatus",
    "DeviceType",
    "EventStatus",
]

expose_enum(
    DeviceType,
    description="The kind of device a customer uses.",
    values={
        DeviceType.MOBILE: "A telephone.",
        DeviceType.TABLET: "A tablet.",
        DeviceType.DESKTOP: "A desktop or laptop computer.",
        DeviceType.BOT: "A program.",
        DeviceType.UNKNOWN: "Not reported.",
    },
)
expose_enum(
    BookingSessionEventType,
    description="What happened.",
    values={
        BookingSessionEventType.SESSION_STARTED: "The session started.",
        BookingSessionEventType.STEP_ENTERED: "The customer came to a step.",
        BookingSessionEventType.STEP_COMPLETED: "The customer was done with a step.",
        BookingSessionEventType.FIELD_UPDATED: "A form field was changed.",
        BookingSessionEventType.VALIDATION_ERROR: "The customer was shown an error.",
        BookingSessionEventType.QUESTION_ANSWERED: "An answer was chosen.",
        BookingSessionEventType.SERVICE_SELECTED: "A service was chosen directly.",
        BookingSessionEventType.NAVIGATION_BACK: "The customer went back.",
        BookingSessionEventType.TIMESLOT_SELECTED: "A time was chosen.",
        BookingSessionEventType.SESSION_ABANDONED: "The session ended without a booking.",
        BookingSessionEventType.SESSION_COMPLETED: "The session led to a booking.",
    },
)
expose_enum(
    EventStatus,
    name="BookingSessionEventStatus",
    description="What became of an event that was sent.",
    values={
        EventStatus.ACCEPTED: "It is stored.",
        EventStatus.DUPLICATE: "It was stored before; that event is returned.",
    },
)
expose_enum(
    BookingSessionStatus,
    description="How a session stands.",
    values={
        BookingSessionStatus.ACTIVE: "Going on.",
        BookingSessionStatus.COMPLETED: "It led to a booking.",
        BookingSessionStatus.ABANDONED: "It ended without a booking.",
    },
)
expose_enum(
    AbandonmentReason,
    description="Why a session ended without a booking.",
    values={
        AbandonmentReason.CUSTOMER: "The customer said so.",
        AbandonmentReason.PAGE_CLOSED: "The page was closed.",
        AbandonmentReason.TIMEOUT: "Nothing happened for too long.",
        AbandonmentReason.ERASURE: "The customer's personal data were erased.",
    },
)
