from datetime import UTC, datetime, timedelta

import pytest

from app.domain.analytics.step_times import StepMoment, StepTimes, percentile
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
    return {step: found for step in "abc" if (found := list(times.sorted_of(step)))}


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


def test_times_of_all_sessions_are_sorted() -> None:
    moments = [
        moment
        for session, seconds in (("s", 3), ("t", 1), ("u", 2))
        for moment in (
            at(0, Kind.SESSION_STARTED, "a", session=session),
            at(seconds, Kind.STEP_COMPLETED, "a", session=session),
        )
    ]

    assert times_of(*moments) == {"a": [1_000, 2_000, 3_000]}


def test_stream_whose_beginning_has_expired_tells_nothing() -> None:
    moments = [
        at(0, Kind.SESSION_STARTED, "a", session="whole"),
        at(1, Kind.STEP_ENTERED, "b", session="expired"),
        at(5, Kind.STEP_COMPLETED, "b", session="expired"),
    ]

    assert times_of(*moments) == {}


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([], None, None),
        ([7], 7.0, 7.0),
        ([10, 20], 15.0, 19.0),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5.0, 9.0),
        ([5, 5, 5, 100], 5.0, 71.5),
    ],
)
def test_percentiles_are_interpolated_between_the_values_around_them(
    values: list[int], median: float | None, p90: float | None
) -> None:
    assert (percentile(values, 50), percentile(values, 90)) == (median, p90)
