"""The reports in the most naive way: over the whole stream of every session."""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.booking_session.context import DeviceType
from app.domain.booking_session.derive import derive
from app.domain.booking_session.event_types import (
    AbandonmentReason,
    SessionAbandonmentEventData,
    StepNavigationEventData,
)
from app.domain.booking_session.event_types import BookingSessionEventType as Kind
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.state import SessionState
from tests.services.booking_sessions.builders import Customer

MILLISECOND = timedelta(milliseconds=1)
MOVES = {Kind.STEP_ENTERED, Kind.NAVIGATION_BACK}
ENDS = {Kind.SESSION_ABANDONED, Kind.SESSION_COMPLETED}


@dataclass
class Told:
    """A session as its events tell it."""

    organization_id: str
    revision_id: str
    created_at: datetime
    events: Sequence[BookingSessionEvent]
    state: SessionState
    has_expired: bool = False

    @property
    def status(self) -> str:
        return self.state.booking_outcome.status.value

    def is_in(self, scope: ReportScope) -> bool:
        context = self.state.session_context
        asked = [
            (scope.booking_flow_id, self.state.booking_flow_id),
            (scope.revision, self.state.revision),
            (scope.routing_rule_id, _rule_of(self)),
            (scope.utm_source, context.utm.source),
            (scope.utm_medium, context.utm.medium),
            (scope.utm_campaign, context.utm.campaign),
            (scope.device_type, context.device.type),
        ]
        is_bot = context.device.type is DeviceType.BOT
        return (
            self.organization_id == scope.organization_id
            and scope.created_from <= self.created_at < scope.created_to
            and all(wanted in (None, value) for wanted, value in asked)
            and (not is_bot or scope.includes_bots or scope.device_type is DeviceType.BOT)
        )

    def enters(self, event: BookingSessionEvent) -> str | None:
        if event.event_type is Kind.SESSION_STARTED:
            return event.step_id
        if event.event_type in MOVES:
            assert isinstance(event.data, StepNavigationEventData)
            return event.data.to_step_id
        return None

    def time_on(self, step_id: str) -> int | None:
        began = next((e for e in self.events if self.enters(e) == step_id), None)
        if began is None or self.has_expired:
            return None
        for event in self.events:
            if event.sequence <= began.sequence:
                continue
            is_left = event.event_type in MOVES and self.enters(event) != step_id
            is_completed = event.event_type is Kind.STEP_COMPLETED and event.step_id == step_id
            if event.event_type in ENDS or is_left or is_completed:
                return None if _is_timeout(event) else _ms_between(began, event)
        return None


async def tell(customer: Customer) -> Told:
    events = await customer.events()
    return Told(
        organization_id=customer.place.organization_id,
        revision_id=customer.place.revision_id,
        created_at=(await customer.stored()).created_at,
        events=events,
        state=derive(events),
    )


def _is_timeout(event: BookingSessionEvent) -> bool:
    data = event.data
    return isinstance(data, SessionAbandonmentEventData) and data.reason in {
        AbandonmentReason.TIMEOUT,
        AbandonmentReason.ERASURE,
    }


def _ms_between(first: BookingSessionEvent, second: BookingSessionEvent) -> int:
    return (second.occurred_at - first.occurred_at) // MILLISECOND


def naive_step(step_id: str, sessions: Sequence[Told]) -> dict[str, float | None]:
    """Return the numbers of a step's row in the funnel."""
    standing = [told for told in sessions if told.state.current_state.step_id == step_id]
    times = sorted(t for told in sessions if (t := told.time_on(step_id)) is not None)
    return {
        "entered_count": sum(
            any(told.enters(event) == step_id for event in told.events) for told in sessions
        ),
        "completed_count": sum(
            step_id in told.state.step_progression.completed_step_ids for told in sessions
        ),
        "dropped_count": sum(told.status == "abandoned" for told in standing),
        "active_count": sum(told.status == "active" for told in standing),
        "timed_count": len(times),
        "median_time_ms": statistics.median(times) if times else None,
        "p90_time_ms": _p90(times),
    }


def _p90(times: Sequence[int]) -> float | None:
    if len(times) < 2:
        return times[0] if times else None
    return statistics.quantiles(times, n=10, method="inclusive")[-1]


def naive_progression(sessions: Sequence[Told]) -> Counter[tuple[str, int, int]]:
    return Counter(
        (
            told.status,
            len(told.state.step_progression.completed_step_ids),
            told.state.step_progression.total_in_flow,
        )
        for told in sessions
    )


def naive_breakdown(
    sessions: Sequence[Told], dimension: BreakdownDimension, zone: ZoneInfo
) -> dict[str | None, Counter[str]]:
    """Return the number of sessions by status for each key."""
    counts: dict[str | None, Counter[str]] = {}
    for told in sessions:
        key = KEYS[dimension](told, zone)
        counts.setdefault(key, Counter())[told.status] += 1
    return counts


def _rule_of(told: Told) -> str | None:
    route = told.state.session_context.route
    return None if route is None else route.rule_id


def _service_of(told: Told) -> str | None:
    outcome = told.state.booking_outcome
    selections = told.state.current_state.temp_selections
    if selections is not None:
        return selections.service_id
    return getattr(outcome, "selected_service_id", None)


KEYS: dict[BreakdownDimension, Callable[[Told, ZoneInfo], str | None]] = {
    BreakdownDimension.UTM_SOURCE: lambda t, _: t.state.session_context.utm.source,
    BreakdownDimension.UTM_MEDIUM: lambda t, _: t.state.session_context.utm.medium,
    BreakdownDimension.UTM_CAMPAIGN: lambda t, _: t.state.session_context.utm.campaign,
    BreakdownDimension.ROUTING_RULE: lambda t, _: _rule_of(t),
    BreakdownDimension.SERVICE: lambda t, _: _service_of(t),
    BreakdownDimension.DEVICE: lambda t, _: t.state.session_context.device.type.value,
    BreakdownDimension.DAY: lambda t, zone: str(t.created_at.astimezone(zone).date()),
}
