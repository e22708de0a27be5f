"""The id by which a request is found in the log: the caller's own if harmless, else one of ours."""

import random
import re

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_HEADER = "X-Request-Id"

_HARMLESS = re.compile(r"[0-9a-fA-F-]{20,64}|[0-9A-HJKMNP-TV-Z]{26}")
"""UUIDs, hexadecimal numbers and ULIDs. Free text could be anything, even a customer's name, and a
telephone or card number is shorter."""

_SCOPE_KEY = "scheduler.request_id"


class RequestIds:
    """Gives each HTTP request its id, answers with it, and makes every log record of it say so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = choose_request_id(Headers(scope=scope).get(REQUEST_ID_HEADER))
        scope[_SCOPE_KEY] = request_id
        # A request has a task of its own, so nothing needs to be taken back.
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        await self._app(scope, receive, send_marked)


def choose_request_id(claimed: str | None) -> str:
    """Return the caller's id when it is of a harmless form, else a fresh one."""
    if claimed is not None and _HARMLESS.fullmatch(claimed):
        return claimed
    return _fresh_id()


def request_id_of(connection: HTTPConnection) -> str:
    """Return the id of an HTTP request; one of its own for each operation on a socket."""
    request_id: str | None = connection.scope.get(_SCOPE_KEY)
    return request_id or _fresh_id()


def _fresh_id() -> str:
    # It has to be one of its own, not one that nobody guesses: asking the system takes far longer.
    return f"{random.getrandbits(128):032x}"
