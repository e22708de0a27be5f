from datetime import UTC, datetime, timedelta

import pytest

from app.domain.booking_session.clocks import correct_client_times
from app.domain.booking_session.decision import Decision
from tests.domain.booking_session.builders import (
    NOW,
    ZIP,
    a_command,
    given,
    record,
    start,
    try_recording,
)

STARTED = 0
ARRIVED = 100


def corrected(*client_times: int | None) -> list[int]:
    """Return the corrected times, in seconds like those given; the session started at 0."""
    times = correct_client_times(
        [None if each is None else NOW + timedelta(seconds=each) for each in client_times],
        earliest=NOW + timedelta(seconds=STARTED),
        arrived_at=NOW + timedelta(seconds=ARRIVED),
    )
    return [(each - NOW) // timedelta(seconds=1) for each in times]


@pytest.mark.parametrize(
    ("client_times", "expected"),
    [
        ((10, 20, 30), [10, 20, 30]),
        ((130, 150, 160), [70, 90, 100]),
        ((-5_030, -5_010, -5_000), [70, 90, 100]),
        ((-50, 50), [0, 50]),
        ((50, 40, 60), [50, 50, 60]),
        ((None, None), [100, 100]),
        ((30, None, 40), [30, 100, 100]),
        ((), []),
    ],
    ids=[
        "believable",
        "fast clock",
        "slow clock",
        "before the start",
        "out of order",
        "no client times",
        "some without",
        "empty",
    ],
)
def test_client_times_are_corrected(
    client_times: tuple[int | None, ...], expected: list[int]
) -> None:
    assert corrected(*client_times) == expected


def test_the_ends_of_time_are_clamped() -> None:
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
    now = NOW + timedelta(seconds=1)

    assert correct_client_times(ends, earliest=NOW, arrived_at=now) == (NOW, now)


def test_a_server_clock_set_back_does_not_set_a_session_back() -> None:
    state = record(start().state, a_command("step_entered", ZIP), now=NOW).state

    decided = try_recording(
        state, a_command("step_entered", ZIP), given=given(now=NOW - timedelta(hours=1))
    )

    assert isinstance(decided, Decision)
    assert decided.events[0].timestamp == NOW
    assert decided.state.metrics.duration_ms == 0
