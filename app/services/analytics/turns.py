"""Which worker keeps whose rollups: each organization has one at a time, and each has its turn.

Rollups would be right without it. It spares every worker from counting what another one counts.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.documents.analytics_checkpoint import AnalyticsCheckpoint
from app.documents.driver import new_id
from app.domain.values import EntityId
from app.services.analytics.rollups import RollupProgress, refresh_rollups

LEASE = timedelta(minutes=2)
"""How long a worker may be silent before another one takes over; no day takes that long."""


@dataclass(frozen=True, kw_only=True)
class RollupTurns:
    """A worker that takes turns; an organization is due again `interval` after its turn began."""

    clock: Callable[[], datetime]
    interval: timedelta

    async def refresh(self, organization_id: EntityId) -> AsyncGenerator[RollupProgress, None]:
        """Bring an organization's rollups up to date if it is due; yields after each day.

        Ends early when another worker has taken the turn over. A caller may stop as well: the turn
        then goes to whoever asks first.
        """
        began_at, lease_id = self.clock(), new_id()
        if not await AnalyticsCheckpoint.take_turn(
            organization_id, lease_id=lease_id, now=began_at, until=began_at + LEASE
        ):
            return
        next_at = began_at
        try:
            async with aclosing(refresh_rollups(organization_id, now=began_at)) as run:
                async for progress in run:
                    yield progress
                    if not await self._go_on(organization_id, lease_id):
                        return
            next_at = began_at + self.interval
        finally:
            await AnalyticsCheckpoint.prolong_turn(
                organization_id, lease_id=lease_id, until=next_at
            )

    async def _go_on(self, organization_id: EntityId, lease_id: str) -> bool:
        return await AnalyticsCheckpoint.prolong_turn(
            organization_id, lease_id=lease_id, until=self.clock() + LEASE
        )
