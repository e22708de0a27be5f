"""Connections that stay open, as metrics."""

from prometheus_client import Counter, Gauge

OPEN_SOCKETS = Gauge("scheduler_open_sockets", "Open WebSockets.", multiprocess_mode="livesum")
OPEN_EVENT_STREAMS = Gauge(
    "scheduler_open_event_streams",
    "Subscriptions served as Server-Sent Events.",
    multiprocess_mode="livesum",
)
SOCKET_CLOSES = Counter(
    "scheduler_socket_closes", "Sockets the server closed, by its code.", ["code"]
)
