"""Holding the slots customers choose, for some minutes, where a calendar says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from app.documents.timeslot_reservation import (
    TakenPlace,
    Terms,
    TimeslotReservation,
    WantedPlace,
)
from app.domain.booking_flow.steps import TimeslotSelectionStep
from app.domain.booking_session.commands import GoBack, SelectTimeslot
from app.domain.booking_session.duplicates import NumberedCommand
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.timeslots import find_offered_timeslot
from app.domain.values import EntityId
from app.services.timeslots.doubts import settle_doubts
from app.services.timeslots.places import count_taken, take_place

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class ChosenSlots:
    """The slots a batch of commands chooses, and who has places of them now.

    `last` is the choice that holds after the batch, with its place in the request; None when it
    chooses none, or goes back behind it. `places` were read for `session_id`.
    """

    step: TimeslotSelectionStep | None
    organization_id: EntityId
    session_id: EntityId
    last: tuple[int, SelectTimeslot] | None = None
    goes_back: bool = False
    places: Sequence[TakenPlace] = ()

    @property
    def hold_minutes(self) -> int:
        """How long a chosen slot is held; 0 = it is not."""
        return 0 if self.step is None else self.step.type_config.hold_minutes

    def count_taken(self, now: datetime) -> dict[datetime, int]:
        """Return how many places others have, by start time."""
        return count_taken(self.places, now=now, but_for=self.session_id)


async def find_chosen_slots(
    commands: Sequence[NumberedCommand],
    flow: FlowIndex,
    session_id: EntityId,
    *,
    organization_id: EntityId,
    now: datetime,
) -> ChosenSlots:
    """Return what the commands choose; asks the database only when they choose something."""
    step = flow.timeslot_step
    if step is None:
        return ChosenSlots(None, organization_id, session_id)
    last: tuple[int, SelectTimeslot] | None = None
    goes_back = False
    for item in commands:
        match item.command.data:
            case SelectTimeslot() as choice:
                last, goes_back = (item.index, choice), False
            case GoBack(to_step_id=to_step_id) if _is_before(to_step_id, step.id, flow):
                last, goes_back = None, True
    starts = [choice.start_time for choice in _of_type(commands, SelectTimeslot)]
    places = await _find_places(organization_id, step.id, starts, now)
    return ChosenSlots(step, organization_id, session_id, last, goes_back, places)


async def _find_places(
    organization_id: EntityId, step_id: EntityId, starts: Sequence[datetime], now: datetime
) -> Sequence[TakenPlace]:
    if not starts:
        return ()
    find = partial(
        TimeslotReservation.find_starting_at, organization_id, step_id=step_id, start_times=starts
    )
    places = await find()
    return await find() if await settle_doubts(places, now=now) else places


async def hold_chosen_slot(chosen: ChosenSlots, *, now: datetime) -> None:
    """Hold a place of the slot chosen last; raises Refused with TIMESLOT_UNAVAILABLE.

    A slot without a limit needs no place. One command where nobody interferes.
    """
    if chosen.step is None or chosen.last is None or not chosen.hold_minutes:
        return
    index, choice = chosen.last
    slot = find_offered_timeslot(
        chosen.step.type_config, start_time=choice.start_time, end_time=choice.end_time, now=now
    )
    if slot is None or slot.capacity is None:
        return
    wanted = WantedPlace(
        organization_id=chosen.organization_id,
        step_id=chosen.step.id,
        booking_session_id=chosen.session_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
    )
    terms = Terms(held_until=now + timedelta(minutes=chosen.hold_minutes))
    seen = [place for place in chosen.places if place.start_time == slot.start_time]
    if not await take_place(wanted, terms=terms, now=now, seen=seen):
        kind = choice.event_type.value
        raise refuse(
            ProblemCode.TIMESLOT_UNAVAILABLE,
            "This time is booked out.",
            *("events", index, "data", kind, "start_time"),
        )


async def release_former_holds(chosen: ChosenSlots, *, former_start: datetime | None) -> None:
    """Give back the hold of the slot chosen before a stored batch, if the batch left it."""
    if former_start is None or not chosen.hold_minutes:
        return
    owner = (chosen.organization_id, chosen.session_id)
    if chosen.last is not None and chosen.last[1].start_time != former_start:
        await TimeslotReservation.release_holds(*owner, but_at=chosen.last[1].start_time)
    elif chosen.goes_back:
        await TimeslotReservation.release_holds(*owner)


def _is_before(step_id: EntityId, other_id: EntityId, flow: FlowIndex) -> bool:
    step = flow.steps.get(step_id)
    return step is not None and step.position < flow.steps[other_id].position


def _of_type(commands: Sequence[NumberedCommand], kind: type[C]) -> list[C]:
    return [item.command.data for item in commands if isinstance(item.command.data, kind)]
