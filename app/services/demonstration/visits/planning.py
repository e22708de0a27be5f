"""What the customers of the last weeks did, decided without a database.

Everything follows from the time and one seed, so the same visits come out each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from app.domain.booking_session.context import DeviceType
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.booking_session.flow_index import FlowIndex
from app.services.demonstration.flows import FlowKey
from app.services.demonstration.visits.appointments import AppointmentBook
from app.services.demonstration.visits.arrivals import (
    make_arrival,
    pick_page,
    pick_past_times,
    pick_present_times,
)
from app.services.demonstration.visits.journey import go_through
from app.services.demonstration.visits.people import make_person
from app.services.demonstration.visits.visit import Ending, Visit
from app.services.demonstration.visits.visitor import Visitor

_SEED = 20_240_615
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
    return [
        *(planner.plan(at) for at in past),
        *(_cut_at(now, planner.plan(at)) for at in present),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planner:
    flows: Mapping[FlowKey, FlowIndex]
    appointments: AppointmentBook
    rng: Random

    def plan(self, at: datetime) -> Visit:
        page = pick_page(self.rng)
        arrival = make_arrival(page, at=at, rng=self.rng)
        visitor = Visitor(
            flow=self.flows[page.flow],
            person=make_person(self.rng),
            appointments=self.appointments,
            arrived_at=at,
            rng=self.rng,
        )
        leaving_factor = _LEAVING_BY_DEVICE[arrival.reported.device.type]
        if page.flow is FlowKey.EMERGENCY:
            leaving_factor *= _LEAVING_IN_EMERGENCY
        visit = Visit(
            arrival=arrival,
            batches=(),
            ending=Ending.BOOKED
            if go_through(visitor, leaving_factor=leaving_factor)
            else Ending.LEFT,
            ended_at=at,
        )
        return _end(visit, visitor)


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
