"""What the customers of the last weeks did, decided without a database.

Everything follows from the time and one seed, so the same visits come out each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from app.domain.booking_session.context import DeviceType
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.instants import to_instant
from app.domain.vendor import VendorBookingStatus
from app.services.demonstration.flows import FlowKey
from app.services.demonstration.visits.appointments import AppointmentBook
from app.services.demonstration.visits.arrivals import (
    make_arrival,
    pick_page,
    pick_past_times,
    pick_present_times,
)
from app.services.demonstration.visits.journey import go_through
from app.services.demonstration.visits.people import Person, make_person
from app.services.demonstration.visits.visit import Ending, Fate, Visit
from app.services.demonstration.visits.visitor import Visitor

_SEED = 20_240_621
_VISITS_PER_PRESENT_ONE = 100
_REASONS = (
    AbandonmentReason.CUSTOMER,
    AbandonmentReason.PAGE_CLOSED,
    AbandonmentReason.TIMEOUT,
)
_TIMEOUT = timedelta(minutes=30)
_LEAVING_BY_DEVICE = {
    DeviceType.MOBILE: 1.15,
    DeviceType.TABLET: 1.0,
    DeviceType.DESKTOP: 0.8,
    DeviceType.BOT: 10.0,
}
_LEAVING_IN_EMERGENCY = 0.6
_RETURNING = 0.06
"""The share of the visits that go on with one that was left, if there is one to go on with."""
_SOONEST_RETURN, _LATEST_RETURN = timedelta(minutes=20), timedelta(days=3)
_VISITS_LOOKED_AT = 200
_LEAVING_AGAIN = 0.4
_FATES = {
    VendorBookingStatus.CONVERTED: 78,
    VendorBookingStatus.ACCEPTED: 12,
    VendorBookingStatus.DISMISSED: 8,
    None: 2,
}


def plan_visits(count: int, *, flows: Mapping[FlowKey, FlowIndex], now: datetime) -> list[Visit]:
    """Return `count` visits in the order of their start, the last of them still going on."""
    planner = _Planner(
        flows=flows,
        appointments=AppointmentBook(),
        rng=Random(_SEED),  # noqa: S311 - Nothing secret, and it must come out the same again.
    )
    present_count = max(count // _VISITS_PER_PRESENT_ONE, 1)
    past = pick_past_times(count - present_count, now=now, rng=planner.rng)
    present = pick_present_times(present_count, now=now, rng=planner.rng)
    for at in past:
        planner.add(_decide_fate(planner.plan(at), now=now, rng=planner.rng))
    for at in present:
        planner.add(_cut_at(now, planner.plan(at)))
    return planner.visits


class _Customer(NamedTuple):
    flow: FlowKey
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planner:
    flows: Mapping[FlowKey, FlowIndex]
    appointments: AppointmentBook
    rng: Random
    visits: list[Visit] = field(default_factory=list)
    customers: list[_Customer] = field(default_factory=list)
    """Who makes each visit, or the next one."""

    def add(self, visit: Visit) -> None:
        self.visits.append(visit)

    def plan(self, at: datetime) -> Visit:
        resumes = self._find_return(at)
        if resumes is None:
            page = pick_page(self.rng)
            arrival = make_arrival(page, at=at, rng=self.rng)
            customer = _Customer(page.flow, make_person(self.rng))
        else:
            customer = self.customers[resumes]
            arrival = replace(self.visits[resumes].arrival, at=at)
        self.customers.append(customer)
        visitor = Visitor(
            flow=self.flows[customer.flow],
            person=customer.person,
            appointments=self.appointments,
            arrived_at=at,
            rng=self.rng,
        )
        leaving_factor = _LEAVING_BY_DEVICE[arrival.reported.device.type]
        if customer.flow is FlowKey.EMERGENCY:
            leaving_factor *= _LEAVING_IN_EMERGENCY
        if resumes is not None:
            leaving_factor *= _LEAVING_AGAIN
        visit = Visit(
            arrival=arrival,
            batches=(),
            ending=Ending.BOOKED
            if go_through(visitor, leaving_factor=leaving_factor)
            else Ending.LEFT,
            ended_at=at,
            resumes=resumes,
        )
        return _end(visit, visitor)

    def _find_return(self, at: datetime) -> int | None:
        """Return the visit that somebody goes on with, None when somebody new comes."""
        if self.rng.random() >= _RETURNING:
            return None
        recent = list(enumerate(self.visits))[-_VISITS_LOOKED_AT:]
        resumed = {visit.resumes for _, visit in recent}
        left = [
            position
            for position, visit in recent
            if visit.ending is Ending.LEFT
            and visit.arrival.reported.device.type is not DeviceType.BOT
            and position not in resumed
            and _SOONEST_RETURN <= at - visit.ended_at <= _LATEST_RETURN
        ]
        return self.rng.choice(left) if left else None


def _decide_fate(visit: Visit, *, now: datetime, rng: Random) -> Visit:
    """Return the visit with what became of its booking at the vendor."""
    if visit.ending is not Ending.BOOKED:
        return visit
    status = rng.choices(list(_FATES), list(_FATES.values()))[0]
    decided_at = to_instant(visit.ended_at + timedelta(minutes=rng.uniform(10, 900)))
    if status is not None and decided_at > now:
        status, decided_at = VendorBookingStatus.NEW, visit.ended_at
    return replace(visit, fate=Fate(status=status, decided_at=decided_at))


def _end(visit: Visit, visitor: Visitor) -> Visit:
    reason = AbandonmentReason.CUSTOMER
    if visit.ending is Ending.BOOKED:
        visitor.spend(1, 6)
    else:
        reason = visitor.rng.choices(_REASONS, (20, 35, 45))[0]
        visitor.spend(2, 40)
    ended_at = visitor.now + (_TIMEOUT if reason is AbandonmentReason.TIMEOUT else timedelta())
    return replace(visit, batches=tuple(visitor.batches), ended_at=ended_at, reason=reason)


def _cut_at(now: datetime, visit: Visit) -> Visit:
    batches = tuple(batch for batch in visit.batches if batch.sent_at <= now)
    return replace(visit, batches=batches, ending=Ending.STILL_THERE, ended_at=now)
