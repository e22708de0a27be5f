"""What waits to be told to the vendor and to webhooks, as metrics that are read when asked for."""

from datetime import datetime

from prometheus_client import Gauge

from app.documents.backlogs import Backlog, count_due_bookings, count_due_deliveries
from app.documents.driver import NO_ANSWER_ERRORS, command_deadline

SECONDS_TO_COUNT = 1.0

DUE = Gauge(
    "scheduler_due",
    "Bookings due to the vendor and webhooks due to be sent, of all processes; 10000 at most.",
    ["queue"],
    multiprocess_mode="mostrecent",
)
DUE_AGE = Gauge(
    "scheduler_due_age_seconds",
    "For how long the oldest of them has been due; NaN when the database cannot be reached.",
    ["queue"],
    multiprocess_mode="mostrecent",
)
QUEUES = {"bookings": count_due_bookings, "webhooks": count_due_deliveries}


async def observe_backlogs(*, now: datetime) -> None:
    """Bring the metrics up to date; NaN, which no alert takes for 0, when they cannot be read."""
    for queue, count in QUEUES.items():
        try:
            with command_deadline(SECONDS_TO_COUNT):
                backlog = await count(now)
        except NO_ANSWER_ERRORS:
            DUE.labels(queue).set(float("nan"))
            DUE_AGE.labels(queue).set(float("nan"))
        else:
            DUE.labels(queue).set(backlog.due_count)
            DUE_AGE.labels(queue).set(_age_of(backlog, now))


def _age_of(backlog: Backlog, now: datetime) -> float:
    if backlog.oldest_due_at is None:
        return 0.0
    return (now - backlog.oldest_due_at).total_seconds()
