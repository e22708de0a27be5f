"""uvicorn's HTTP protocol with bounds: on a request's head, and on the time clients may take.

uvicorn itself accepts a head of any size, and waits for ever for the rest of a request and for an
answer to be read. The times to send are as in Apache's mod_reqtimeout: so many seconds, and one
more for each `MIN_BYTES_PER_SECOND`.
"""

import asyncio
from enum import Enum, auto
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.transport.stalls import StallWatch

MAX_HEAD_BYTES = 32 * 1024
PHASE_SECONDS = 10.0
"""For the head of a request, from the moment of connecting, and again for its body."""

MIN_BYTES_PER_SECOND = 8 * 1024
CHECK_SECONDS = 1.0
ON_SHUTDOWN = "on_shutdown"
"""What the application's lifespan may give: a function to call before waiting for answers."""


class _Phase(Enum):
    """What the client is to send next."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class _HeadTooLarge(Exception):
    """Ends the parsing of a request from within the parser."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Answers 431 to a head too large and 408 to a request too slow, and closes the connection.

    Sending is only timed while the server reads: a client is not blamed for a server that is busy.
    The pause between two requests is uvicorn's to bound.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._phase = _Phase.NOTHING
        self._began_at = 0.0
        self._received = 0
        self._timer: asyncio.TimerHandle | None = None
        self._stall_watch = StallWatch(self.loop)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin(_Phase.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        self._stall_watch.end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._phase is _Phase.NOTHING:
            self._begin(_Phase.HEAD)
        self._received += len(data)
        super().data_received(data)
        if self._phase is _Phase.HEAD and self._received > MAX_HEAD_BYTES:
            self._refuse(431)

    def on_message_begin(self) -> None:
        if self._phase is _Phase.NOTHING:
            self._begin(_Phase.HEAD)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > MAX_HEAD_BYTES:
            raise _HeadTooLarge
        self._begin(_Phase.BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._phase = _Phase.NOTHING
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._end()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._phase is _Phase.HEAD and self._received > MAX_HEAD_BYTES:
            self._refuse(431)
            return
        self._end()
        super().send_400_response(msg)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall_watch.begin(self.transport)

    def resume_writing(self) -> None:
        self._stall_watch.end()
        super().resume_writing()

    def shutdown(self) -> None:
        # Answers without an end must be ended, or the server would wait for them.
        if ON_SHUTDOWN in self.app_state:
            self.app_state[ON_SHUTDOWN]()
        super().shutdown()

    def _begin(self, phase: _Phase) -> None:
        self._phase = phase
        self._received = 0
        self._began_at = self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_later(CHECK_SECONDS, self._check)

    def _end(self) -> None:
        self._phase = _Phase.NOTHING
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        """Refuse a client that is late; runs every second while something is to be sent."""
        self._timer = None
        if self._phase is _Phase.NOTHING or self.transport.is_closing():
            return
        if self.flow.read_paused:
            self._began_at += CHECK_SECONDS
        allowed = PHASE_SECONDS + self._received / MIN_BYTES_PER_SECOND
        if self.loop.time() - self._began_at > allowed:
            self._refuse(408)
            return
        self._timer = self.loop.call_later(CHECK_SECONDS, self._check)

    def _refuse(self, status: int) -> None:
        is_silent = self._phase is _Phase.HEAD and not self._received
        is_answering = self.cycle is not None and self.cycle.response_started
        self._end()
        if not is_silent and not (is_answering and not self.cycle.response_complete):
            self.transport.write(
                STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n"
            )
        self.transport.close()
