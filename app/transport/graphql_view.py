"""The GraphQL endpoint for HTTP and for browsers."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry import Schema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from app.api.context import RequestContext
from app.api.errors import ErrorCode, RequestError
from app.documents.driver import UNAVAILABLE_ERRORS
from app.services.credentials import Authenticator
from app.transport.authentication import authenticate
from app.transport.errors import cause_of, to_client_error
from app.transport.graphql_request import (
    RESPONSE_JSON,
    GraphQLRequest,
    HttpProblem,
    choose_media_type,
    read_request,
)

POST_OPERATIONS = frozenset({OperationType.QUERY, OperationType.MUTATION})
GET_OPERATIONS = frozenset({OperationType.QUERY})
JSON_OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS


@dataclass(frozen=True, kw_only=True)
class GraphQLEndpoint:
    """Serves operations by GET and POST, and the page `render_page` makes to browsers."""

    schema: Schema
    authenticator: Callable[[], Authenticator]
    public_url: str | None
    render_page: Callable[[Request], Response] | None

    async def serve(self, request: Request) -> Response:
        """Return the answer to one request."""
        if self.render_page is not None and _wants_page(request):
            return self.render_page(request)
        request_id = uuid.uuid4().hex
        media_type = "application/json"
        try:
            media_type = choose_media_type(request.headers.get("accept"))
            operation = await read_request(request)
            result = await self._execute(request, operation, request_id)
        except HttpProblem as problem:
            return _to_response(
                {"errors": [{"message": problem.message, "extensions": _bad_request()}]},
                status=problem.status,
                media_type=media_type,
                headers=problem.headers,
            )
        return _answer(result, media_type=media_type, request_id=request_id)

    async def _execute(
        self, request: Request, operation: GraphQLRequest, request_id: str
    ) -> ExecutionResult:
        try:
            context = await self._context(request, request_id)
        except RequestError as error:
            return PreExecutionError(data=None, errors=[error])
        except UNAVAILABLE_ERRORS as error:
            unavailable = GraphQLError("", original_error=error)
            return PreExecutionError(data=None, errors=[unavailable])
        allowed = GET_OPERATIONS if request.method == "GET" else POST_OPERATIONS
        try:
            return await self.schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                allowed_operation_types=allowed,
            )
        except CannotGetOperationTypeError as error:
            raise HttpProblem(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            headers = {"Allow": "POST"} if request.method == "GET" else {}
            raise HttpProblem(
                405 if request.method == "GET" else 400,
                error.as_http_error_reason(request.method),
                headers=headers,
            ) from error

    async def _context(self, request: Request, request_id: str) -> RequestContext:
        authenticator = self.authenticator()
        return RequestContext(
            credential=await authenticate(request, authenticator),
            now=datetime.now(UTC),
            request_id=request_id,
            public_url=self.public_url or str(request.base_url).rstrip("/"),
            origin=request.headers.get("origin"),
            authenticator=authenticator,
        )


def _wants_page(request: Request) -> bool:
    is_query = "query" in request.query_params
    return (
        request.method == "GET"
        and not is_query
        and "text/html" in request.headers.get("accept", "")
    )


def _bad_request() -> dict[str, str]:
    return {"code": ErrorCode.BAD_USER_INPUT.value}


def _answer(result: ExecutionResult, *, media_type: str, request_id: str) -> Response:
    content: dict[str, Any] = {}
    executed = not isinstance(result, PreExecutionError)
    if result.errors:
        content["errors"] = [
            to_client_error(error, request_id=request_id, executed=executed)
            for error in result.errors
        ]
    is_request_error = not executed or _failed_before_execution(result)
    if not is_request_error:
        content["data"] = result.data
    status = 200
    if is_request_error and media_type == RESPONSE_JSON:
        status = 400
    codes = {error["extensions"]["code"] for error in content.get("errors", ())}
    headers: dict[str, str] = {}
    if result.data is None and ErrorCode.UNAVAILABLE.value in codes:
        status, headers = 503, {"Retry-After": "1"}
    if is_request_error and ErrorCode.UNAUTHENTICATED.value in codes:
        status, headers = 401, {"WWW-Authenticate": "Bearer"}
    return _to_response(content, status=status, media_type=media_type, headers=headers)


def _failed_before_execution(result: ExecutionResult) -> bool:
    """Return whether variables could not be coerced: nothing ran, so there is no `data` at all."""
    return result.data is None and all(
        error.path is None and cause_of(error) is None for error in result.errors or ()
    )


def _to_response(
    content: dict[str, Any], *, status: int, media_type: str, headers: dict[str, str]
) -> Response:
    return Response(
        orjson.dumps(content, option=JSON_OPTIONS, default=str),
        status_code=status,
        headers={"Content-Type": f"{media_type}; charset=utf-8", **headers},
    )
