"""Turning what an operation came to into HTTP responses."""

import math
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from app.api.errors import ErrorCode
from app.transport.errors import cause_of, to_client_error
from app.transport.graphql_request import RESPONSE_JSON, HttpProblem

JSON_OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS

FAILURE_STATUS = {
    ErrorCode.UNAVAILABLE.value: 503,
    ErrorCode.TIMEOUT.value: 504,
    ErrorCode.THROTTLED.value: 429,
}
"""The status when there is no data and an error has the code."""


def answer_problem(problem: HttpProblem, *, media_type: str) -> Response:
    """Return the response to an HTTP request that is no GraphQL request."""
    extensions = {"code": ErrorCode.BAD_USER_INPUT.value}
    return _to_response(
        {"errors": [{"message": problem.message, "extensions": extensions}]},
        status=problem.status,
        media_type=media_type,
        headers=problem.headers,
    )


def answer(content: dict[str, Any], *, media_type: str) -> Response:
    """Return the response to an operation, by the draft of GraphQL over HTTP.

    `content` is what clients read, as of `to_content`.
    """
    is_request_error = "data" not in content
    status = 400 if is_request_error and media_type == RESPONSE_JSON else 200
    headers: dict[str, str] = {}
    for extensions in (error["extensions"] for error in content.get("errors", ())):
        code = extensions["code"]
        if content.get("data") is None and code in FAILURE_STATUS:
            status, headers = FAILURE_STATUS[code], _retry_after(extensions)
        if is_request_error and code == ErrorCode.UNAUTHENTICATED:
            status, headers = 401, {"WWW-Authenticate": "Bearer"}
    return _to_response(content, status=status, media_type=media_type, headers=headers)


def to_content(
    result: ExecutionResult, *, request_id: str, offers_suggestions: bool
) -> dict[str, Any]:
    """Return a result as clients read it; without `data` when nothing was executed."""
    content: dict[str, Any] = {}
    executed = not isinstance(result, PreExecutionError)
    if result.errors:
        content["errors"] = [
            to_client_error(
                error,
                request_id=request_id,
                executed=executed,
                offers_suggestions=offers_suggestions,
            )
            for error in result.errors
        ]
    if executed and not _failed_before_execution(result):
        content["data"] = result.data
    if result.extensions:
        content["extensions"] = result.extensions
    return content


def to_json(content: Any) -> bytes:
    """Return what clients read as JSON."""
    return orjson.dumps(content, option=JSON_OPTIONS, default=str)


def _failed_before_execution(result: ExecutionResult) -> bool:
    """Return whether variables could not be coerced: nothing ran, so there is no `data` at all."""
    return result.data is None and all(
        error.path is None and cause_of(error) is None for error in result.errors or ()
    )


def _retry_after(extensions: Mapping[str, Any]) -> dict[str, str]:
    if "retryAfterMs" not in extensions:
        return {}
    return {"Retry-After": str(math.ceil(extensions["retryAfterMs"] / 1_000))}


def _to_response(
    content: dict[str, Any], *, status: int, media_type: str, headers: dict[str, str]
) -> Response:
    return Response(
        to_json(content),
        status_code=status,
        headers={"Content-Type": f"{media_type}; charset=utf-8", **headers},
    )
