"""Reading the vendor's error answers: RFC 7807, OAuth, or anything else that comes."""

import contextlib
from email.utils import parsedate_to_datetime

import httpx
from pydantic import JsonValue, ValidationError

from app.servicetitan.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    ResponseError,
    TokenRefusedError,
    UnauthorizedError,
    VendorFaultError,
)
from app.servicetitan.payloads.base import Payload

ERROR_BY_STATUS: dict[int, type[ResponseError]] = {
    400: InvalidRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    408: VendorFaultError,
    429: RateLimitedError,
}
FIRST_FAULT_STATUS = 500


class ProblemDetails(Payload):
    """The vendor's error body (RFC 7807); every part of it may be missing."""

    title: str | None = None
    trace_id: str | None = None
    errors: JsonValue = None


class TokenProblem(Payload):
    """OAuth's error body (RFC 6749, section 5.2)."""

    error: str | None = None


def read_error(status: int, headers: httpx.Headers, body: bytes) -> ResponseError:
    """Return the error that an unsuccessful response stands for, whatever its body is."""
    details = ProblemDetails()
    with contextlib.suppress(ValidationError):
        details = ProblemDetails.model_validate_json(body)
    fault = VendorFaultError if status >= FIRST_FAULT_STATUS else ResponseError
    return ERROR_BY_STATUS.get(status, fault)(
        status=status,
        title=details.title,
        trace_id=details.trace_id,
        field_errors=_messages_by_field(details.errors),
        retry_after_seconds=read_retry_after(headers),
    )


def read_token_error(
    status: int, headers: httpx.Headers, body: bytes
) -> ResponseError | TokenRefusedError:
    """Return the error of a refused token; 400, 401 and 403 say that the credentials are wrong."""
    if status not in {400, 401, 403}:
        return read_error(status, headers, body)
    problem = TokenProblem()
    with contextlib.suppress(ValidationError):
        problem = TokenProblem.model_validate_json(body)
    return TokenRefusedError(status=status, code=problem.error)


def read_retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds to wait; the header is a number of seconds or a date (RFC 9110, 10.2.3).

    A date is measured from the answer's own `Date`, so that our clock need not agree with theirs.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):  # No date, or only one of them says its offset.
        return None
    return max(0.0, wait.total_seconds())


def _messages_by_field(errors: JsonValue) -> dict[str, tuple[str, ...]]:
    if not isinstance(errors, dict):
        return {}
    return {
        field: tuple(map(str, messages)) if isinstance(messages, list) else (str(messages),)
        for field, messages in errors.items()
    }
