"""Whether the server lives, and whether it can serve."""

import asyncio
import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.documents.driver import NO_ANSWER_ERRORS, command_deadline, is_reachable
from app.documents.indexes import find_index_differences
from app.transport.draining import Draining

PATIENCE_SECONDS = 1.0
SECONDS_BETWEEN_INDEX_CHECKS = 60.0

NO_ANSWER: tuple[type[Exception], ...] = (TimeoutError, *NO_ANSWER_ERRORS)
DRAINING = "the server is about to stop"
OUT_OF_REACH = "the database cannot be reached"
INDEXES_MISSING = "the database lacks indexes"


async def livez(_: Request) -> Response:
    """Answer as long as the event loop turns."""
    return JSONResponse({"status": "alive"})


@dataclass
class Readiness:
    """Whether a process can serve; requests that ask at the same time share one look."""

    draining: Draining
    _indexes_seen_at: float | None = None
    _looking: asyncio.Task[str | None] | None = field(default=None, init=False)

    async def readyz(self, _: Request) -> Response:
        """Answer 200 when the process can serve, else 503 with the reason, within a second."""
        reason = DRAINING if self.draining.is_begun else await self._find_reason_once()
        if reason is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": reason}, status_code=503)

    async def _find_reason_once(self) -> str | None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find_reason())
        return await asyncio.shield(self._looking)

    async def _find_reason(self) -> str | None:
        try:
            # Both, because a thread that waits for a dead database serves nobody else.
            async with asyncio.timeout(PATIENCE_SECONDS):
                with command_deadline(PATIENCE_SECONDS):
                    return await self._look()
        except NO_ANSWER:
            return OUT_OF_REACH

    async def _look(self) -> str | None:
        if not await is_reachable(timeout_seconds=PATIENCE_SECONDS):
            return OUT_OF_REACH
        return None if await self._has_indexes() else INDEXES_MISSING

    async def _has_indexes(self) -> bool:
        """Return whether no index is missing; looked up again after a minute, or if one was."""
        now = time.monotonic()
        seen_at = self._indexes_seen_at
        if seen_at is not None and now - seen_at < SECONDS_BETWEEN_INDEX_CHECKS:
            return True
        differences = await find_index_differences()
        is_missing = any(each.difference == "missing" for each in differences)
        self._indexes_seen_at = None if is_missing else now
        return not is_missing
