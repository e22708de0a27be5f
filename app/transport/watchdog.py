"""Noticing that the event loop is blocked, from a thread of its own, and saying where."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator

from prometheus_client import Counter, Gauge

TICK_SECONDS = 0.25
BLOCKED_SECONDS = 1.0
"""After which a loop that does not turn is spoken of, and again each time it is twice as long."""

MAX_FRAMES = 15

BLOCKED_LOOPS = Counter(
    "scheduler_event_loop_blocked", "Times the event loop did not turn for a second."
)
LOOP_LAG = Gauge(
    "scheduler_event_loop_lag_seconds",
    "How late the event loop was the last time it was to do something.",
    multiprocess_mode="livemax",
)

logger = logging.getLogger(__name__)


class Watchdog:
    """Watches one loop. The time is counted in its own ticks, so a paused process is not blamed."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, killed_after_seconds: float | None = None
    ) -> None:
        """With `killed_after_seconds`, a process blocked for so long is ended, to be replaced."""
        self._loop = loop
        self._loop_thread = threading.get_ident()
        self._killed_after_seconds = killed_after_seconds
        self._turns = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the loop that runs this block."""
        turning = self._loop.create_task(self._turn())
        self._thread.start()
        try:
            yield
        finally:
            self._ended.set()
            turning.cancel()

    async def _turn(self) -> None:
        while True:
            expected = self._loop.time() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            LOOP_LAG.set(max(0.0, self._loop.time() - expected))
            self._turns += 1

    def _watch(self) -> None:
        seen, blocked_seconds, next_report = self._turns, 0.0, BLOCKED_SECONDS
        while not self._ended.wait(TICK_SECONDS):
            if self._turns != seen:
                if next_report > BLOCKED_SECONDS:
                    logger.warning("the event loop turns again")
                seen, blocked_seconds, next_report = self._turns, 0.0, BLOCKED_SECONDS
                continue
            blocked_seconds += TICK_SECONDS
            if blocked_seconds >= next_report:
                self._report(blocked_seconds)
                next_report *= 2
            self._kill_if_hopeless(blocked_seconds)

    def _report(self, blocked_seconds: float) -> None:
        if blocked_seconds < 2 * BLOCKED_SECONDS:
            BLOCKED_LOOPS.inc()
        frame = sys._current_frames().get(self._loop_thread)
        stack = traceback.extract_stack(frame)[-MAX_FRAMES:] if frame else []
        places = [f"{each.filename}:{each.lineno} {each.name}" for each in stack]
        logger.error(
            "the event loop has been blocked for %g seconds", blocked_seconds, extra={"at": places}
        )

    def _kill_if_hopeless(self, blocked_seconds: float) -> None:
        if self._killed_after_seconds is not None and blocked_seconds >= self._killed_after_seconds:
            logger.critical("the process ends, for its event loop is blocked")
            os.kill(os.getpid(), signal.SIGKILL)
