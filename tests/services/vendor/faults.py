"""A vendor that fails one call in five, in every way it can."""

from typing import Any

from tests.servicetitan.running_stand_in import RunningStandIn

WAYS_TO_FAIL: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 500, "commits": True},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"kind": "drop", "commits": True},
    {"kind": "drop"},
    {"kind": "html", "commits": True},
    {"kind": "half_body", "commits": True},
    {"kind": "empty", "commits": True},
    # The client waits for one second: the first was in time and slow to say so, the second late.
    {"kind": "latency", "seconds": 1.6, "commits": True},
    {"kind": "latency", "seconds": 1.6},
)
PATIENCE: dict[str, Any] = {
    "call_timeout_seconds": 1.0,
    "calls_per_second": 60,
    "failures_to_open": 5,
    "rest_seconds": 0.5,
}
"""Of the client, in proportion to those faults."""
SETTLE_SECONDS = 1.0
ONE_IN = 5


def fail_one_call_in_five(stand_in: RunningStandIn) -> None:
    """Let each way befall every fiftieth call, whatever it is for; tokens expire all the time."""
    every = ONE_IN * len(WAYS_TO_FAIL)
    faults = [
        {**way, "every": every, "offset": ONE_IN * position}
        for position, way in enumerate(WAYS_TO_FAIL)
    ]
    stand_in.turn(faults=faults, token_lifetime_seconds=1.5, calls_per_second=None)
