"""The times customers can choose."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

from app.documents.booking_service import BookingService
from app.documents.booking_session import BookingSession
from app.documents.ranges import ONE_MILLISECOND
from app.documents.timeslot_reservation import TakenPlace, TimeslotReservation
from app.documents.vendor_account import VendorAccount
from app.domain.access import OrganizationCredential, SessionCredential
from app.domain.booking_flow.steps import TimeslotSelectionStep
from app.domain.problems import Problem
from app.domain.timeslots import Timeslot, offered_timeslots
from app.domain.values import EntityId, Value
from app.domain.vendor_account import CapacityOutagePolicy
from app.domain.vendor_capacity import UnavailabilityReason
from app.services.timeslots.doubts import settle_doubts
from app.services.timeslots.places import count_taken
from app.services.timeslots.vendor_capacity import CapacityQuestion, capacity_desk
from app.services.vendor.access import VendorAccess

A_DAY = timedelta(days=1)


class AvailableTimeslot(Value):
    """A slot with room; `remaining_capacity` is None when there is no limit."""

    start_time: datetime
    end_time: datetime
    remaining_capacity: int | None


class Availability(Value):
    """The slots with room, or why none are offered although there may be some."""

    timeslots: tuple[AvailableTimeslot, ...] = ()
    unavailable_because: UnavailabilityReason | None = None


class AvailabilityQuestion(Value):
    """Which times a step offers on local dates, both included, and to whom.

    Places that the asking session itself has do not count as taken. `service_id` is the service the
    visit is for, None for the one the session has selected.
    """

    step: TimeslotSelectionStep
    credential: SessionCredential | OrganizationCredential
    start_date: date
    end_date: date
    now: datetime
    service_id: EntityId | None = None


async def find_availability(
    question: AvailabilityQuestion, *, vendor: VendorAccess
) -> Availability | Problem:
    """Return the slots that have room here and at the vendor, or what is wrong with the range."""
    offered = offered_timeslots(
        question.step.type_config,
        start_date=question.start_date,
        end_date=question.end_date,
        now=question.now,
    )
    if isinstance(offered, Problem):
        return offered
    if not offered:
        return Availability()
    account = await VendorAccount.find_of(question.credential.organization_id)
    if account is not None and account.capacity_enabled:
        room = await capacity_desk(vendor).ask(await _to_vendor_question(question, offered))
        if room is not None:
            offered = room.keep_covered(offered)
        elif account.capacity_outage_policy is CapacityOutagePolicy.SHOW_FALLBACK_PHONE:
            return Availability(unavailable_because=UnavailabilityReason.VENDOR_UNREACHABLE)
    return Availability(timeslots=await _with_room(offered, question))


async def _with_room(
    offered: tuple[Timeslot, ...], question: AvailabilityQuestion
) -> tuple[AvailableTimeslot, ...]:
    if not any(slot.capacity is not None for slot in offered):
        taken: dict[datetime, int] = {}
    else:
        places = await _find_places(offered, question)
        taken = count_taken(places, now=question.now, but_for=_session_of(question))
    return tuple(
        AvailableTimeslot(
            start_time=slot.start_time,
            end_time=slot.end_time,
            remaining_capacity=None
            if slot.capacity is None
            else slot.capacity - taken.get(slot.start_time, 0),
        )
        for slot in offered
        if slot.has_room(taken)
    )


async def _find_places(
    offered: tuple[Timeslot, ...], question: AvailabilityQuestion
) -> list[TakenPlace]:
    find = partial(
        TimeslotReservation.find_starting_between,
        question.credential.organization_id,
        step_id=question.step.id,
        starts_from=offered[0].start_time,
        starts_before=offered[-1].start_time + ONE_MILLISECOND,
    )
    places = await find()
    return await find() if await settle_doubts(places, now=question.now) else places


def _session_of(question: AvailabilityQuestion) -> EntityId | None:
    match question.credential:
        case SessionCredential(booking_session_id=session_id):
            return session_id
        case OrganizationCredential():
            return None


async def _to_vendor_question(
    question: AvailabilityQuestion, offered: tuple[Timeslot, ...]
) -> CapacityQuestion:
    organization_id = question.credential.organization_id
    service_id = question.service_id or await _find_selected_service(question)
    service = service_id and await BookingService.get_owned(organization_id, service_id)
    job_type = service.vendor_data.job_type_id if service and service.vendor_data else ""
    first, last = offered[0].start_time, max(slot.end_time for slot in offered)
    return CapacityQuestion(
        organization_id=organization_id,
        # The vendor answers with windows that lie wholly inside the range, and those around a slot
        # are wanted. Whole days also make the same question of all who look at the same week.
        starts_from=_midnight(first) - A_DAY,
        ends_by=_midnight(last) + 2 * A_DAY,
        job_type_id=int(job_type) if job_type.isdecimal() else None,
    )


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def _find_selected_service(question: AvailabilityQuestion) -> EntityId | None:
    session_id = _session_of(question)
    if session_id is None:
        return None
    session = await BookingSession.get_owned(question.credential.organization_id, session_id)
    selections = session.current_state.temp_selections if session else None
    return selections.service_id if selections else None
