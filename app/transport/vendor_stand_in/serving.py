"""Serving the stand-in so that it can drop connections."""

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.transport.vendor_stand_in.application import create_stand_in
from app.transport.vendor_stand_in.faults import DROP_CONNECTION


class _DroppableConnection(H11Protocol):
    """Hands the application what drops its connection; ASGI itself knows no such thing."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, DROP_CONNECTION: transport.abort}


def stand_in_server(app: Starlette, *, host: str, port: int) -> uvicorn.Server:
    """Return a server of the stand-in that is ready to run; port 0 takes a free one."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=_DroppableConnection,
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
        )
    )


def serve_stand_in(listening: socket.socket) -> None:
    """Serve the demonstration company's stand-in on a bound socket until a signal ends it."""
    host, port = listening.getsockname()[:2]
    stand_in_server(create_stand_in(), host=host, port=port).run(sockets=[listening])
