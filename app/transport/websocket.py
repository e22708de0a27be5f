"""GraphQL over WebSocket: the sub-protocol `graphql-transport-ws`.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import structlog
from graphql import GraphQLError
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from app.api.context import RequestContext
from app.api.errors import ErrorCode, RequestError, bad_user_input
from app.documents.driver import UNAVAILABLE_ERRORS
from app.documents.ending import end_tasks
from app.domain.access import Credential
from app.transport.authentication import ORGANIZATION_HEADER, authenticate
from app.transport.connection_metrics import OPEN_SOCKETS, SOCKET_CLOSES
from app.transport.graphql_answers import to_json
from app.transport.graphql_request import GraphQLRequest, HttpProblem, parse_json, to_request
from app.transport.graphql_view import POST_OPERATIONS, GraphQLEndpoint
from app.transport.live_credentials import require_origin, wait_for_end
from app.transport.operation_log import Observation

SUBPROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
MAX_FRAME_BYTES = 64 * 1024
MAX_OPERATIONS = 50
"""Operations under way on one socket."""

MAX_ID_CHARACTERS = 100
SECONDS_TO_ANSWER = 15.0
"""For what is under way when the server is told to stop; less than it waits for connections."""


class CloseCode(IntEnum):
    """Why a socket is closed; clients come back by themselves after the two that tell them to."""

    TOO_LARGE = 1009
    SERVER_RESTARTS = 1012
    TRY_AGAIN = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    WRONG_SUBPROTOCOL = 4406
    NOT_INITIALISED = 4408
    ID_TAKEN = 4409
    INITIALISED_TWICE = 4429


class _CloseSocket(Exception):
    """Ends the socket; the reason is a literal, since one of more than 123 bytes cannot be sent."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def serve_socket(socket: WebSocket, endpoint: GraphQLEndpoint) -> None:
    """Serve the operations of one socket until either side closes it."""
    try:
        with endpoint.live_places.place(), OPEN_SOCKETS.track_inprogress():
            if SUBPROTOCOL not in socket.scope["subprotocols"]:
                await socket.accept()
                await socket.close(CloseCode.WRONG_SUBPROTOCOL, "Subprotocol not acceptable")
                return
            await socket.accept(subprotocol=SUBPROTOCOL)
            await _Conversation(socket, endpoint).hold()
    except WebSocketDisconnect:
        return
    except RequestError:
        await socket.send_denial_response(Response(status_code=503, headers={"Retry-After": "1"}))


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who opened the socket, and the connection that says so."""

    connection: HTTPConnection
    credential: Credential


class _Conversation:
    """What is said on one socket."""

    def __init__(self, socket: WebSocket, endpoint: GraphQLEndpoint) -> None:
        self._socket = socket
        self._endpoint = endpoint
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._streams: set[asyncio.Task[Any]] = set()
        self._watches: list[asyncio.Task[None]] = []

    async def hold(self) -> None:
        """Answer messages until the socket closes, then end what is under way."""
        try:
            self._watches.append(asyncio.create_task(self._close_when_server_ends()))
            caller = await self._initialise()
            self._watches.append(asyncio.create_task(self._close_when_credential_ends(caller)))
            while True:
                await self._answer(await self._receive(), caller)
        except _CloseSocket as closing:
            await self._close(closing)
        finally:
            tasks = [*self._operations.values(), *self._watches]
            await end_tasks(*tasks)
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _initialise(self) -> _Caller:
        try:
            async with asyncio.timeout(INIT_SECONDS):
                while True:
                    match await self._receive():
                        case {"type": "connection_init"} as message:
                            caller = await self._read_caller(message.get("payload"))
                            break
                        case {"type": "subscribe"}:
                            raise _CloseSocket(CloseCode.UNAUTHORIZED, "Unauthorized")
                        case message:
                            await self._answer_ping(message)
        except TimeoutError:
            raise _CloseSocket(
                CloseCode.NOT_INITIALISED, "Connection initialisation timeout"
            ) from None
        await self._send({"type": "connection_ack"})
        return caller

    async def _read_caller(self, payload: Any) -> _Caller:
        if payload is not None and not isinstance(payload, dict):
            raise _CloseSocket(CloseCode.BAD_REQUEST, "The payload must be an object")
        connection = _as_http(self._socket, payload or {})
        try:
            credential = await authenticate(connection, self._endpoint.authenticator())
            context = self._endpoint.context_of(connection, credential)
            await require_origin(
                credential,
                origin=context.origin,
                server_origin=context.server_origin,
                allowed=self._endpoint.origins,
            )
        except RequestError as error:
            if (error.extensions or {}).get("code") == ErrorCode.UNAVAILABLE:
                raise _CloseSocket(CloseCode.TRY_AGAIN, "Try again later") from error
            raise _CloseSocket(CloseCode.FORBIDDEN, "Forbidden") from error
        except UNAVAILABLE_ERRORS as error:
            raise _CloseSocket(CloseCode.TRY_AGAIN, "Try again later") from error
        return _Caller(connection, credential)

    async def _answer(self, message: Mapping[str, Any], caller: _Caller) -> None:
        match message:
            case {"type": "subscribe", "id": str(operation_id), "payload": dict(payload)}:
                await self._begin(operation_id, payload, caller)
            case {"type": "complete", "id": str(operation_id)}:
                if task := self._operations.pop(operation_id, None):
                    await end_tasks(task)
            case {"type": "connection_init"}:
                raise _CloseSocket(CloseCode.INITIALISED_TWICE, "Too many initialisation requests")
            case _:
                await self._answer_ping(message)

    async def _answer_ping(self, message: Mapping[str, Any]) -> None:
        match message:
            case {"type": "ping"}:
                await self._send({"type": "pong"})
            case {"type": "pong"}:
                return
            case _:
                raise _CloseSocket(CloseCode.BAD_REQUEST, "Invalid message")

    async def _begin(self, operation_id: str, payload: dict[str, Any], caller: _Caller) -> None:
        if not 0 < len(operation_id) <= MAX_ID_CHARACTERS:
            raise _CloseSocket(CloseCode.BAD_REQUEST, "Invalid operation id")
        if operation_id in self._operations:
            raise _CloseSocket(CloseCode.ID_TAKEN, "Subscriber already exists")
        try:
            operation = to_request(payload)
        except HttpProblem as problem:
            raise _CloseSocket(CloseCode.BAD_REQUEST, "Invalid payload") from problem
        if len(self._operations) >= MAX_OPERATIONS:
            error = RequestError(
                ErrorCode.THROTTLED, f"A socket carries at most {MAX_OPERATIONS} operations."
            )
            await self._send({"type": "error", "id": operation_id, "payload": [error.formatted]})
            return
        self._operations[operation_id] = asyncio.create_task(
            self._run(operation_id, operation, caller)
        )

    async def _run(self, operation_id: str, operation: GraphQLRequest, caller: _Caller) -> None:
        context = self._endpoint.context_of(caller.connection, caller.credential)
        structlog.contextvars.bind_contextvars(request_id=context.request_id)
        last: dict[str, Any] = {"type": "complete", "id": operation_id}
        with contextlib.suppress(WebSocketDisconnect), self._endpoint.log.operation() as seen:
            seen.context = context
            try:
                async with aclosing(self._results(operation, context, seen)) as results:
                    async for result in results:
                        content = seen.note(self._endpoint.to_content(result, context))
                        if _ends_operation(result):
                            last |= {"type": "error", "payload": content["errors"]}
                            break
                        await self._send({"type": "next", "id": operation_id, "payload": content})
            finally:
                # Once the client ended the operation, it may have begun another of the same id.
                if self._operations.get(operation_id) is asyncio.current_task():
                    del self._operations[operation_id]
                self._streams -= {task for task in [asyncio.current_task()] if task}
            # Once the server closes, a client shall come back, and not take it for the end.
            if not (seen.is_stream and self._endpoint.draining.is_closing):
                await self._send(last)

    async def _results(
        self, operation: GraphQLRequest, context: RequestContext, seen: Observation
    ) -> AsyncGenerator[ExecutionResult, None]:
        try:
            with self._endpoint.capacity.place():
                operation = self._endpoint.documents.find(operation, context.credential)
                result = await self._endpoint.run(
                    operation, context, allowed=POST_OPERATIONS, receive=_never
                )
            seen.name = self._endpoint.name_of(operation)
        except InvalidOperationTypeError:
            seen.name, seen.is_stream = self._endpoint.name_of(operation), True
            self._streams |= {task for task in [asyncio.current_task()] if task}
            async with aclosing(self._endpoint.follow(operation, context)) as results:
                async for result in results:
                    yield result
            return
        except CannotGetOperationTypeError as error:
            result = _refused(bad_user_input(error.as_http_error_reason()))
        except RequestError as error:
            result = _refused(error)
        except UNAVAILABLE_ERRORS as error:
            result = _refused(GraphQLError("", original_error=error))
        yield result

    async def _close_when_server_ends(self) -> None:
        """Close with a code after which clients come back, once queries and mutations are answered.

        Subscriptions have no end to wait for; they go on where the client comes back to.
        """
        await self._endpoint.draining.wait_for_closing()
        answering = set(self._operations.values()) - self._streams
        if answering:
            await asyncio.wait(answering, timeout=SECONDS_TO_ANSWER)
        await self._close(_CloseSocket(CloseCode.SERVER_RESTARTS, "Server restarts"))

    async def _close_when_credential_ends(self, caller: _Caller) -> None:
        await wait_for_end(caller.credential, caller.connection, self._endpoint.authenticator())
        await self._close(_CloseSocket(CloseCode.FORBIDDEN, "Forbidden"))

    async def _receive(self) -> dict[str, Any]:
        """Return the next message; whatever is none closes the socket."""
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        text = event.get("text")
        if text is None:
            raise _CloseSocket(CloseCode.BAD_REQUEST, "Messages must be text")
        if len(text) > MAX_FRAME_BYTES:
            raise _CloseSocket(CloseCode.TOO_LARGE, "Message too large")
        try:
            message = parse_json(text)
        except HttpProblem as problem:
            raise _CloseSocket(CloseCode.BAD_REQUEST, "Messages must be JSON") from problem
        if not isinstance(message, dict):
            raise _CloseSocket(CloseCode.BAD_REQUEST, "Messages must be objects")
        return message

    async def _send(self, message: dict[str, Any]) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.send_text(to_json(message).decode())

    async def _close(self, closing: _CloseSocket) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            SOCKET_CLOSES.labels(str(closing.code.value)).inc()
            await self._socket.close(closing.code, closing.reason)


def _as_http(socket: WebSocket, parameters: Mapping[str, Any]) -> HTTPConnection:
    """Return the socket's opening request as one over HTTP.

    Browsers cannot send headers with it, so those that say who asks may come as connection
    parameters.
    """
    headers = socket.scope["headers"]
    for name, value in parameters.items():
        if name.lower() in {"authorization", ORGANIZATION_HEADER} and value:
            key = name.lower().encode()
            others = [header for header in headers if header[0] != key]
            headers = [*others, (key, str(value).encode("latin-1", "replace"))]
    scheme = {"ws": "http", "wss": "https"}[socket.scope["scheme"]]
    return HTTPConnection({**socket.scope, "type": "http", "scheme": scheme, "headers": headers})


def _ends_operation(result: ExecutionResult) -> bool:
    """Return whether the errors are the operation's own, and not those of its fields."""
    if isinstance(result, PreExecutionError):
        return True
    return result.data is None and all(error.path is None for error in result.errors or ())


def _refused(error: GraphQLError) -> ExecutionResult:
    return PreExecutionError(data=None, errors=[error])


async def _never() -> Any:
    """Stand in for news of an HTTP client's leaving; a socket's operations are ended otherwise."""
    await asyncio.Event().wait()
