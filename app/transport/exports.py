"""`GET /exports/{name}.csv` and `.jsonl`: rows of analytics, made while they are sent.

Whoever has a link of `exportAnalytics` gets its file. With a key or token the arguments stand in
the address instead, and are read by the very same field.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from graphql import GraphQLError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.api.errors import ErrorCode, RequestError, unauthenticated
from app.api.exports.arguments import FIELD, export_document, read_arguments
from app.api.exports.queries import CONTENT_TYPES
from app.api.operation_limits import throttled
from app.api.scalars import serialize_datetime
from app.domain.access import Anonymous
from app.domain.analytics.exports import (
    AnalyticsExportFormat,
    AnalyticsExportKind,
    ExportLink,
    ExportRequest,
)
from app.services.exports.holders import may_still_read
from app.services.exports.links import (
    LINK_PARAMETER,
    PATH,
    InvalidLink,
    LinkExpired,
    file_name,
    open_link,
)
from app.transport.authentication import authenticate
from app.transport.capacity import Capacity
from app.transport.cors import note_credential
from app.transport.deadlines import ClientGone
from app.transport.errors import to_client_error
from app.transport.export_stream import ExportStream, write_export
from app.transport.graphql_request import GraphQLRequest
from app.transport.graphql_view import CLIENT_CLOSED_REQUEST, GET_OPERATIONS, GraphQLEndpoint
from app.transport.operation_log import CLIENT_GONE, Observation
from app.transport.request_ids import request_id_of

MAX_EXPORTS = 4
"""Exports a process makes at the same time."""

EXPORT_PRICE = 10_000
"""Points of the caller for each file."""

RECHECK_SECONDS = 5.0
"""So long a download goes on after its key was revoked."""

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
AS_OF_HEADER = "X-As-Of"
"""When the file was asked for; it says so as well when there are no rows."""
STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.EXPIRED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.THROTTLED: 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.TIMEOUT: 504,
}
FILES = {
    f"{kind.file_stem}.{format_}": (kind, format_)
    for kind in AnalyticsExportKind
    for format_ in AnalyticsExportFormat
}


class _Answered(Exception):
    """The operation behind an export was answered with errors, as clients read them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__()
        # Places in a document that the client does not know say nothing to it.
        shown = ("message", "extensions")
        self.errors = [{name: error[name] for name in shown} for error in errors]


def export_routes(
    endpoint: GraphQLEndpoint,
    *,
    places: Capacity | None = None,
    middleware: Sequence[Middleware] = (),
) -> list[Route]:
    """Return the route; `places` bounds how many exports are made at the same time."""
    exports = _Exports(endpoint, places or Capacity(MAX_EXPORTS))
    path = PATH + "/{name}"
    return [Route(path, exports.serve, methods=["GET", "OPTIONS"], middleware=middleware)]


class _Exports:
    def __init__(self, endpoint: GraphQLEndpoint, places: Capacity) -> None:
        self._endpoint = endpoint
        self._places = places

    async def serve(self, request: Request) -> Response:
        """Answer with the file, by HEAD with its headers alone."""
        name = request.path_params["name"]
        if name not in FILES:
            extensions = {"code": "NOT_FOUND"}
            return _refuse([{"message": "There is no such export.", "extensions": extensions}])
        with ExitStack() as recording:
            seen = recording.enter_context(self._endpoint.log.stream(None))
            # As `exportAnalytics`, which made the link, but told apart by its file.
            seen.name = f"{FIELD} {name}"
            try:
                response = await self._answer(request, name, seen)
            except ClientGone:
                seen.outcome = CLIENT_GONE
                return Response(status_code=CLIENT_CLOSED_REQUEST)
            except Exception as error:  # Whatever it is, the client reads a code.
                errors = _describe(error, request)
                seen.note({"errors": errors})
                return _refuse(errors)
            except asyncio.CancelledError:
                seen.outcome = CLIENT_GONE
                raise
            if isinstance(response, ExportStream):
                response.recording = recording.pop_all()
            return response

    async def _find_link(self, request: Request, name: str) -> ExportLink:
        token = request.query_params.get(LINK_PARAMETER)
        if token is None:
            return self._open(await self._ask_for_token(request, name), name)
        link = self._open(token, name)
        await _require_holder(link)
        note_credential(request, link.credential)
        return link

    def _open(self, token: str, name: str) -> ExportLink:
        codec = self._endpoint.authenticator().cursors
        try:
            return open_link(token, name=name, codec=codec, now=datetime.now(UTC))
        except LinkExpired as expired:
            message = "The link is no longer valid; ask for another one."
            raise RequestError(ErrorCode.EXPIRED, message) from expired
        except InvalidLink as invalid:
            message = "This is no link of ours to this file."
            raise RequestError(ErrorCode.UNAUTHENTICATED, message) from invalid

    async def _ask_for_token(self, request: Request, name: str) -> str:
        """Return the token of a new link for the caller and the arguments in the address.

        Raises _Answered and RequestError with whatever the field says against them.
        """
        endpoint = self._endpoint
        credential = await authenticate(request, endpoint.authenticator())
        if isinstance(credential, Anonymous):
            raise unauthenticated()
        kind, format_ = FILES[name]
        variables = read_arguments(
            endpoint.schema._schema, request.query_params.multi_items(), kind=kind.name
        )
        context = endpoint.context_of(request, credential)
        document = export_document(endpoint.schema._schema, variables)
        operation = GraphQLRequest(document, variables, None, None)
        result = await endpoint.run(
            operation, context, allowed=GET_OPERATIONS, receive=request.receive
        )
        if result.errors or result.data is None:
            raise _Answered(endpoint.to_content(result, context)["errors"])
        files: list[dict[str, str]] = result.data[FIELD]["files"]
        [url] = [file["url"] for file in files if file["format"] == format_.name]
        return parse_qs(urlsplit(url).query)[LINK_PARAMETER][0]

    async def _answer(self, request: Request, name: str, seen: Observation) -> Response:
        link, format_ = await self._find_link(request, name), FILES[name][1]
        context = seen.context = self._endpoint.context_of(request, link.credential)
        headers = {
            **HEADERS,
            "Content-Disposition": _disposition(link.request, format_),
            AS_OF_HEADER: serialize_datetime(context.now),
        }
        media_type = CONTENT_TYPES[format_]
        if request.method == "HEAD":
            head = Response(headers=headers, media_type=media_type)
            del head.headers["Content-Length"]  # How long the file would be is not known.
            return head
        balance = context.account.take(EXPORT_PRICE)
        if not balance.is_enough:
            raise throttled(balance)
        seen.cost = EXPORT_PRICE
        chunks = self._write(link, format_, now=context.now)
        # Before the answer begins, what goes wrong can still be told with a status.
        first = await anext(chunks)
        return ExportStream(first, chunks, seen=seen, headers=headers, media_type=media_type)

    async def _write(
        self, link: ExportLink, format_: AnalyticsExportFormat, *, now: datetime
    ) -> AsyncGenerator[bytes, None]:
        seconds = self._endpoint.runner.deadline_seconds
        looked_at = time.monotonic()
        with self._places.place():
            async for chunk in write_export(
                link.request, format_, now=now, seconds_per_page=seconds
            ):
                if time.monotonic() - looked_at >= RECHECK_SECONDS:
                    await _require_holder(link)
                    looked_at = time.monotonic()
                yield chunk


async def _require_holder(link: ExportLink) -> None:
    """Raise RequestError UNAUTHENTICATED when who made the link has been shut out since."""
    if not await may_still_read(link, now=datetime.now(UTC)):
        message = "Who made this link may no longer read what it opens."
        raise RequestError(ErrorCode.UNAUTHENTICATED, message)


def _disposition(request: ExportRequest, format_: AnalyticsExportFormat) -> str:
    first = request.scope.created_from.date()
    last = request.scope.created_to.date()
    stem, end = file_name(request, format_).rsplit(".", 1)
    return f'attachment; filename="{stem}-{first}-{last}.{end}"'


def _describe(error: Exception, request: Request) -> list[dict[str, Any]]:
    """Return what the client reads of an export that did not begin."""
    if isinstance(error, _Answered):
        return error.errors
    if isinstance(error, TimeoutError):
        late = RequestError(ErrorCode.TIMEOUT, "The export took too long to begin.")
        return [dict(late.formatted)]
    cause = error if isinstance(error, GraphQLError) else GraphQLError("", original_error=error)
    return [to_client_error(cause, request_id=request_id_of(request))]


def _refuse(errors: Sequence[dict[str, Any]]) -> Response:
    extensions = errors[0]["extensions"]
    code = extensions["code"]
    headers = {**HEADERS}
    if code == ErrorCode.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if "retryAfterMs" in extensions:
        headers["Retry-After"] = str(-(-extensions["retryAfterMs"] // 1_000))
    status = 404 if code == "NOT_FOUND" else STATUS.get(code, 400)
    return JSONResponse({"errors": list(errors)}, status_code=status, headers=headers)
