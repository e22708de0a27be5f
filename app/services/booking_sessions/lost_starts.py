"""Removing what is left of sessions whose start a fault cut short."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.documents.lost_starts import remove_lost_start, stream_lost_starts
from app.documents.organization import Organization
from app.services.booking_sessions.event_log import SECONDS_TO_START_A_SESSION

FIRST_LOOK_BACK = timedelta(days=1)
"""What was left behind longer ago is removed by `scheduler sessions rebuild` only."""

LOOK_BACK = timedelta(minutes=5)
"""Events are not stored in the order of their times; no request takes as long as this."""

GRACE = timedelta(seconds=SECONDS_TO_START_A_SESSION)


@dataclass
class LostStarts:
    """Remembers how far a worker has looked already."""

    looked_until: datetime | None = None

    async def remove(self, *, now: datetime) -> dict[str, int]:
        """Remove first events that are older than a minute and have no session; return how many.

        Raises one of UNAVAILABLE_ERRORS when the database cannot be reached.
        """
        until = now - GRACE
        since = self.looked_until - LOOK_BACK if self.looked_until else now - FIRST_LOOK_BACK
        removed = 0
        for organization_id in await Organization.all_ids():
            async for session_id in stream_lost_starts(organization_id, since=since, until=until):
                removed += await remove_lost_start(session_id)
        self.looked_until = until
        return {"removed_count": removed}
