"""Top-level errors: what is wrong with a request itself, each with a code."""

from enum import StrEnum
from typing import Any

from graphql import GraphQLError


class ErrorCode(StrEnum):
    """The values of `extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    THROTTLED = "THROTTLED"
    INVALID_CURSOR = "INVALID_CURSOR"
    EXPIRED = "EXPIRED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    TIMEOUT = "TIMEOUT"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class RequestError(GraphQLError):
    """An error the client can act on; its message is meant for the client."""

    def __init__(self, code: ErrorCode, message: str, **details: Any) -> None:
        super().__init__(message, extensions={"code": code.value, **details})


def unauthenticated() -> RequestError:
    """Return the error for a request whose credential is missing or not known."""
    return RequestError(
        ErrorCode.UNAUTHENTICATED, "Send a valid key or token as `Authorization: Bearer …`."
    )


def forbidden(message: str) -> RequestError:
    """Return the error for a known credential that does not suffice."""
    return RequestError(ErrorCode.FORBIDDEN, message)


def bad_user_input(message: str, **details: Any) -> RequestError:
    """Return the error for an argument of a query that makes no sense."""
    return RequestError(ErrorCode.BAD_USER_INPUT, message, **details)
