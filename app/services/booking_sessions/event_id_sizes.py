"""How many event ids session documents hold, as a metric."""

from collections.abc import Iterable, Sized

from prometheus_client import Histogram

EVENT_ID_SIZES = Histogram(
    "scheduler_booking_session_event_ids",
    "Event ids in a session document, each time its snapshot is saved.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000),
)


def observe_event_ids(lists: Iterable[Sized]) -> None:
    """Count the sizes of lists of event ids that were just saved."""
    for event_ids in lists:
        EVENT_ID_SIZES.observe(len(event_ids))
