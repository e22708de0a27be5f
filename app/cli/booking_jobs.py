"""What a worker does for bookings: restoring what was lost, telling the vendor, hearing from it."""

from datetime import UTC, datetime

from app.cli.jobs import Job
from app.domain.vendor_push import PushPolicy
from app.services.booking_sessions.lost_starts import LostStarts
from app.services.booking_sessions.recovery import BookingRecovery
from app.services.vendor.access import VendorAccess
from app.services.vendor.outbox import Outbox
from app.services.vendor.polling import StatusPolling
from app.settings import Settings

SECONDS_BETWEEN_RECOVERIES = 15.0
SECONDS_BETWEEN_LOOKS_FOR_STARTS = 60.0
SECONDS_BETWEEN_PUSHES = 1.0
SECONDS_BETWEEN_POLLS = 30.0


def booking_jobs(settings: Settings, vendor: VendorAccess) -> tuple[Job, ...]:
    """Return the jobs."""
    recovery = BookingRecovery()
    starts = LostStarts()
    policy = PushPolicy(settle_seconds=settings.vendor_settle_seconds)
    outbox = Outbox(access=vendor, policy=policy, clock=_now)
    polling = StatusPolling(access=vendor, clock=_now)
    return (
        Job(
            name="recovery",
            interval_seconds=SECONDS_BETWEEN_RECOVERIES,
            run=lambda _: recovery.restore_missing(now=_now()),
        ),
        Job(
            name="starts",
            interval_seconds=SECONDS_BETWEEN_LOOKS_FOR_STARTS,
            run=lambda _: starts.remove(now=_now()),
        ),
        Job(
            name="push",
            interval_seconds=SECONDS_BETWEEN_PUSHES,
            run=lambda stopped: outbox.push_due(stopped=stopped),
        ),
        Job(
            name="statuses",
            interval_seconds=SECONDS_BETWEEN_POLLS,
            run=lambda stopped: polling.poll_due(now=_now(), stopped=stopped),
        ),
    )


def _now() -> datetime:
    return datetime.now(UTC)
