from datetime import UTC, datetime, timedelta

import pytest

from app.domain.analytics.step_times import StepMoment, StepTimes
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.booking_session.event_types import BookingSessionEventType as Kind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(
    seconds: float,
    kind: Kind,
    step_id: str,
    reason: AbandonmentReason | None = None,
    *,
    session: str = "s",
) -> StepMoment:
    return StepMoment(session, kind, step_id, NOON + timedelta(seconds=seconds), reason)


def times_of(*moments: StepMoment) -> dict[str, list[int]]:
    times = StepTimes()
    for moment in moments:
        times.follow(moment)
    return {step: list(found) for step, found in times.all()}


def test_time_runs_from_the_first_entry_to_completing_or_leaving_whichever_is_first() -> None:
    moments = [
        at(0, Kind.SESSION_STARTED, "a"),
        at(1.5, Kind.STEP_COMPLETED, "a"),
        at(3, Kind.STEP_ENTERED, "b"),
        at(4, Kind.STEP_ENTERED, "b"),
        at(5, Kind.STEP_COMPLETED, "a"),
        at(7, Kind.NAVIGATION_BACK, "a"),
        at(20, Kind.STEP_ENTERED, "b"),
        at(30, Kind.STEP_COMPLETED, "b"),
        at(31, Kind.STEP_ENTERED, "c"),
        at(31.25, Kind.SESSION_COMPLETED, "c"),
    ]

    assert times_of(*moments) == {"a": [1_500], "b": [4_000], "c": [250]}


@pytest.mark.parametrize(
    ("reason", "times"),
    [
        (AbandonmentReason.CUSTOMER, {"a": [60_000]}),
        (AbandonmentReason.PAGE_CLOSED, {"a": [60_000]}),
        (AbandonmentReason.TIMEOUT, {}),
    ],
)
def test_abandoning_ends_the_time_unless_nobody_knows_when_it_happened(
    reason: AbandonmentReason, times: dict[str, list[int]]
) -> None:
    moments = [at(0, Kind.SESSION_STARTED, "a"), at(60, Kind.SESSION_ABANDONED, "a", reason)]

    assert times_of(*moments) == times


def test_session_going_on_tells_no_time_of_the_step_it_is_on() -> None:
    moments = [at(0, Kind.SESSION_STARTED, "a"), at(1, Kind.STEP_ENTERED, "b")]

    assert times_of(*moments) == {"a": [1_000]}


def test_stream_whose_beginning_has_expired_tells_nothing() -> None:
    moments = [
        at(0, Kind.SESSION_STARTED, "a", session="whole"),
        at(1, Kind.STEP_ENTERED, "b", session="expired"),
        at(5, Kind.STEP_COMPLETED, "b", session="expired"),
    ]

    assert times_of(*moments) == {}


def test_no_time_is_negative_though_the_clocks_of_servers_disagree() -> None:
    moments = [at(5, Kind.SESSION_STARTED, "a"), at(4, Kind.STEP_COMPLETED, "a")]

    assert times_of(*moments) == {"a": [0]}
