"""The number of calls a tenant may make in a second."""

import asyncio
from collections.abc import Callable

from aiolimiter import AsyncLimiter

from app.servicetitan.errors import BudgetPausedError

BURST_SHARE = 6


class CallBudget:
    """Lets at most `calls_per_second` calls start within any second, and none during a pause.

    A leaky bucket lets a burst of its size pass besides its rate, so a bucket of the whole budget
    would let twice that many pass in its first second: the burst is taken off the rate.
    """

    def __init__(
        self, *, calls_per_second: int, max_wait_seconds: float, clock: Callable[[], float]
    ) -> None:
        burst = max(1, calls_per_second // BURST_SHARE)
        self._bucket = AsyncLimiter(burst, burst / (calls_per_second - burst))
        self._max_wait_seconds = max_wait_seconds
        self._clock = clock
        self._paused_until = clock()

    def pause(self, seconds: float) -> None:
        """Let no call start for so many seconds; a shorter pause does not end a longer one."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def acquire(self) -> None:
        """Return when a call may start.

        Raises `BudgetPausedError` when that takes longer than a call may wait.
        """
        await self._wait_out_pause()
        await self._bucket.acquire()
        while self._remaining_pause() > 0:  # It began while this call stood in line.
            await self._wait_out_pause()
            await self._bucket.acquire()

    async def _wait_out_pause(self) -> None:
        while (remaining := self._remaining_pause()) > 0:
            if remaining > self._max_wait_seconds:
                raise BudgetPausedError(retry_after_seconds=remaining)
            await asyncio.sleep(remaining)

    def _remaining_pause(self) -> float:
        return self._paused_until - self._clock()
