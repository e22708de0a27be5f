"""How late this process learns of what is written, as a metric."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prometheus_client import Histogram

CHANGE_STREAM_LAG = Histogram(
    "scheduler_change_stream_lag_seconds",
    "From a write in the database until its change stream brought it here.",
    ["stream"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


def observe_lag(stream: str, change: Mapping[str, Any], *, now: datetime) -> None:
    """Count the age of a change; MongoDB before 6.0 does not say when it was made."""
    written_at = change.get("wallTime")
    if written_at is not None:
        CHANGE_STREAM_LAG.labels(stream).observe(max(0.0, (now - written_at).total_seconds()))
