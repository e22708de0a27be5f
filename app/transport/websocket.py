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
from app.domain.access import Credential
from app.transport.authentication import authenticate
from app.transport.graphql_answers import to_json
from app.transport.graphql_request import GraphQLRequest, HttpProblem, parse_json, to_request
from app.transport.graphql_view import POST_OPERATIONS, GraphQLEndpoint
from app.transport.live_credentials import require_origin, wait_for_end

SUBPROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
MAX_FRAME_BYTES = 64 * 1024
MAX_OPERATIONS = 50
"""Operations under way on one socket."""

MAX_ID_CHARACTERS = 100


class CloseCode(IntEnum):
    """Why a socket is closed; clients come back by themselves after `TRY_AGAIN` only."""

    TOO_LARGE = 1009
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
        with endpoint.live_places.place():
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
        self._watch: asyncio.Task[None] | None = None

    async def hold(self) -> None:
        """Answer messages until the socket closes, then end what is under way."""
        try:
            caller = await self._initialise()
            self._watch = asyncio.create_task(self._close_when_credential_ends(caller))
            while True:
                await self._answer(await self._receive(), caller)
        except _CloseSocket as closing:
            await self._close(closing)
        finally:
            tasks = [*self._operations.values(), *([self._watch] if self._watch else [])]
            for task in tasks:
                task.cancel()
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
                credential, origin=context.origin, server_origin=context.server_origin
            )
        except RequestError as error:
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
                    task.cancel()
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
        last: dict[str, Any] = {"type": "complete", "id": operation_id}
        with contextlib.suppress(WebSocketDisconnect):
            try:
                async with aclosing(self._results(operation, context)) as results:
                    async for result in results:
                        content = self._endpoint.to_content(result, context)
                        if _ends_operation(result):
                            last |= {"type": "error", "payload": content["errors"]}
                            break
                        await self._send({"type": "next", "id": operation_id, "payload": content})
            finally:
                # Once the client ended the operation, it may have begun another of the same id.
                if self._operations.get(operation_id) is asyncio.current_task():
                    del self._operations[operation_id]
            await self._send(last)

    async def _results(
        self, operation: GraphQLRequest, context: RequestContext
    ) -> AsyncGenerator[ExecutionResult, None]:
        try:
            with self._endpoint.capacity.place():
                operation = self._endpoint.documents.find(operation, context.credential)
                result = await self._endpoint.run(
                    operation, context, allowed=POST_OPERATIONS, receive=_never
                )
        except InvalidOperationTypeError:
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
            await self._socket.close(closing.code, closing.reason)


def _as_http(socket: WebSocket, parameters: Mapping[str, Any]) -> HTTPConnection:
    """Return the socket's opening request as one over HTTP.

    Browsers cannot send headers with it, so `Authorization` may come as a connection parameter.
    """
    headers = socket.scope["headers"]
    sent = [value for name, value in parameters.items() if name.lower() == "authorization"]
    if sent and sent[0]:
        authorization = str(sent[0]).encode("latin-1", "replace")
        others = [header for header in headers if header[0] != b"authorization"]
        headers = [*others, (b"authorization", authorization)]
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
