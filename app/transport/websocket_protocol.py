"""uvicorn's WebSocket protocol with bounds: on frames, and on how long clients may not read."""

import logging
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.transport.http_protocol import ON_SHUTDOWN
from app.transport.stalls import StallWatch

NOT_UTF_8 = 1007

# uvicorn logs each connection with its query string, which may hold anything. Not below uvicorn's
# own name, for uvicorn sets the levels there.
logger = logging.getLogger(__name__)
logger.setLevel(logging.WARNING)


class BoundedWebSocketProtocol(WebSocketsSansIOProtocol):
    """Cuts off clients that neither read nor answer pings; ends text that is not UTF-8 quietly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = self.conn.logger = logger
        self._stall_watch = StallWatch(self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stall_watch.end()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        # The application closes the socket, when it has answered what is under way on it.
        if ON_SHUTDOWN in self.app_state and self.handshake_complete and not self.close_sent:
            self.app_state[ON_SHUTDOWN]()
            return
        super().shutdown()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall_watch.begin(self.transport)

    def resume_writing(self) -> None:
        self._stall_watch.end()
        super().resume_writing()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        # A client that is gone reads nothing, so waiting until all is sent could take for ever.
        self.transport.abort()

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_utf_8(b"".join(self.frames)):
            self.frames = []
            self.conn.send_close(NOT_UTF_8)
            self.handle_parser_exception()
            return
        super().send_receive_event_to_app()


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
