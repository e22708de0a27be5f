"""Storing the bookings that a crash kept from being stored.

The event that completes a session names its booking, and the booking follows from the two. When a
process dies in between, the customer's next attempt stores it; for a customer who does not come
back the worker does.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.documents.driver import UNAVAILABLE_ERRORS
from app.documents.missing_bookings import Completion, stream_completions_without_booking
from app.domain.booking_session.state import is_completed
from app.services.booking_sessions.complete import restore_booking
from app.services.booking_sessions.history import load_history

FIRST_LOOK_BACK = timedelta(days=7)
"""What was left behind longer ago is found by `scheduler sessions verify` only."""
LOOK_BACK = timedelta(minutes=5)
"""Events are not stored in the order of their times; no request takes as long as this."""
GRACE = timedelta(seconds=10)
"""A completion under way stores its booking by itself."""

logger = logging.getLogger(__name__)


@dataclass
class BookingRecovery:
    """Remembers how far a worker has looked already."""

    looked_until: datetime | None = None

    async def restore_missing(self, *, now: datetime) -> dict[str, int]:
        """Store what is missing; return how many bookings were, and how many cannot be, restored.

        Raises one of UNAVAILABLE_ERRORS when the database cannot be reached.
        """
        until = now - GRACE
        since = self.looked_until - LOOK_BACK if self.looked_until else now - FIRST_LOOK_BACK
        restored = failed = 0
        missing = stream_completions_without_booking(since=since, until=until)
        async for completion in missing:
            if await _restore(completion):
                restored += 1
            else:
                failed += 1
        self.looked_until = until
        return {"restored_count": restored, "failed_count": failed}


async def _restore(completion: Completion) -> bool:
    try:
        history = await load_history(completion.organization_id, completion.booking_session_id)
        if history is None or not is_completed(history.state):
            raise LookupError(completion.booking_session_id)
        await restore_booking(history.session, history.state)
    except UNAVAILABLE_ERRORS:
        raise
    except Exception as error:
        # Only the kind of error: its text may repeat what the customer entered.
        kind = type(error).__name__
        logger.error("booking %s cannot be restored: %s", completion.booking_id, kind)
        return False
    return True
