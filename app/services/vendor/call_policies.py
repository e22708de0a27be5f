"""Sharing the vendor's 60 calls a second per tenant between the processes that call it."""

from app.servicetitan.call_policy import CallPolicy

WORKER_POLICY = CallPolicy(calls_per_second=30)
"""One worker; several of them share the work, and the vendor's 429 corrects the rest."""

SERVER_CALLS_PER_SECOND = 24
MIN_CALLS_PER_SECOND = 2


def server_policy(server_processes: int) -> CallPolicy:
    """Return the limits of one server process, where somebody waits for the answer."""
    return CallPolicy(
        calls_per_second=max(MIN_CALLS_PER_SECOND, SERVER_CALLS_PER_SECOND // server_processes),
        call_timeout_seconds=8,
        attempts=2,
        max_wait_seconds=5,
    )
