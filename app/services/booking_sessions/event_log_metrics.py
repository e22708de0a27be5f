"""The queue of events that wait to be stored, as metrics."""

from prometheus_client import Counter, Gauge, Histogram

QUEUED_EVENTS = Gauge(
    "scheduler_queued_events",
    "Events that wait to be stored.",
    multiprocess_mode="livesum",
)
GROUP_EVENTS = Histogram(
    "scheduler_event_group_events",
    "Events stored together in one group.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000),
)
GROUP_BATCHES = Histogram(
    "scheduler_event_group_batches",
    "Batches, of different requests, stored together in one group.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000),
)
RECORDED_EVENTS = Counter("scheduler_recorded_events", "Events stored, all of them acknowledged.")
QUEUE_REFUSALS = Counter(
    "scheduler_event_queue_refusals", "Batches refused because too many events waited."
)
