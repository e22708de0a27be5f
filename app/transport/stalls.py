"""Noticing clients that do not read what they asked for."""

import asyncio

STALL_SECONDS = 30.0
"""After which a client that has read nothing more of its answer is cut off."""


class StallWatch:
    """Aborts a connection whose full buffer does not shrink for `STALL_SECONDS`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, transport: asyncio.Transport) -> None:
        """Watch from now on, since the transport asked to pause writing."""
        unread = transport.get_write_buffer_size()
        self._timer = self._loop.call_later(STALL_SECONDS, self._cut_if_stalled, transport, unread)

    def end(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut_if_stalled(self, transport: asyncio.Transport, unread: int) -> None:
        if transport.get_write_buffer_size() >= unread:
            transport.abort()
        else:
            self.begin(transport)
