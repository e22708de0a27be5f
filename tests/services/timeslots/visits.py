"""Slots of the builders' calendar, and what is stored of their places."""

from datetime import datetime, timedelta
from typing import Any

from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.booking_session.commands import SessionCommand
from app.domain.refusal import Refused
from tests.domain.booking_session.builders import (
    CUSTOMER,
    ROSA,
    SLOT,
    SUMMARY,
    THROUGH_DETAILS,
    TIME,
    chose_time,
    completed,
    entered,
)
from tests.services.booking_sessions.builders import Customer, Place, a_customer

Slot = tuple[datetime, datetime]

MORNING = SLOT
AFTERNOON = (SLOT[0] + timedelta(hours=5), SLOT[1] + timedelta(hours=5))
NEXT_MORNING = (SLOT[0] + timedelta(days=1), SLOT[1] + timedelta(days=1))

UP_TO_TIME = (*THROUGH_DETAILS, entered(TIME))
AFTER_TIME = (
    completed(TIME),
    entered(CUSTOMER),
    completed(CUSTOMER, **ROSA),
    entered(SUMMARY),
    completed(SUMMARY, consent=True),
)


def through_summary(slot: Slot = MORNING) -> tuple[SessionCommand, ...]:
    return (*UP_TO_TIME, chose_time(*slot), *AFTER_TIME)


async def a_booked_customer(place: Place, slot: Slot = MORNING) -> tuple[Customer, Any]:
    """Return a customer with the booking made."""
    customer = await a_customer(*through_summary(slot), place=place)
    _, booking = await customer.complete()
    return customer, booking


async def stored_places(place: Place) -> list[TimeslotReservation]:
    query = {"organization_id": place.organization_id}
    return await TimeslotReservation.find(query).to_list()


async def stored_starts(place: Place) -> list[datetime]:
    """Return the starts of all places stored, each of them a booking's and in no doubt."""
    places = await stored_places(place)
    assert [p for p in places if p.held_until or p.change_id or not p.booking_id] == []
    return sorted(each.start_time for each in places)


def code_of(answer: Any) -> str:
    """Return the code of a refusal, "" for success; anything else is raised."""
    if isinstance(answer, Refused):
        return answer.problems[0].code.value
    if isinstance(answer, BaseException):
        raise answer
    return ""
