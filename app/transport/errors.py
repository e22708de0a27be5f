"""Turning what went wrong in an operation into errors a client may see."""

import logging
import re
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from app.api.errors import ErrorCode, RequestError, forbidden
from app.documents.driver import UNAVAILABLE_ERRORS
from app.services.booking_sessions.event_log import NotTaken
from app.services.computing import Busy, OutOfTime
from app.services.scheduler_configs import OriginNotAllowed
from app.servicetitan.errors import ServiceTitanError

logger = logging.getLogger(__name__)

# A message may repeat what the client wrote, also these words: no part of it is looked at twice.
_SUGGESTION = re.compile(r" Did you mean (?:(?! Did you mean )[^?])*+\?")


def to_client_error(
    error: GraphQLError, *, request_id: str, executed: bool = True, offers_suggestions: bool = True
) -> dict[str, Any]:
    """Return the error as the response shows it, always with `extensions.code`.

    `executed` is false for a document that was refused before anything ran. Faults of ours become
    INTERNAL with the request id and no detail; the detail is in the log. Without
    `offers_suggestions`, GraphQL's messages do not say which names of the schema are close.
    """
    cause = cause_of(error)
    coded = error.formatted
    match cause:
        case RequestError():
            extensions = dict(cause.extensions or {})
        case OriginNotAllowed():
            refused = forbidden("This key does not work from this page's origin.")
            coded["message"] = refused.message
            extensions = dict(refused.extensions or {})
        case _ if isinstance(cause, UNAVAILABLE_ERRORS):
            kind = type(cause).__name__
            logger.warning("request %s: the database is out of reach: %s", request_id, kind)
            coded["message"] = "The service is out of reach for a moment; try again."
            extensions = {"code": ErrorCode.UNAVAILABLE.value, "retryAfterMs": 1_000}
        case NotTaken():
            coded["message"] = "Too much is being recorded at the moment; try again."
            extensions = {
                "code": ErrorCode.UNAVAILABLE.value,
                "retryAfterMs": cause.retry_after_ms,
            }
        case ServiceTitanError():
            # Its text holds codes and numbers only.
            logger.warning("request %s: the vendor gave no answer: %s", request_id, cause)
            coded["message"] = "The vendor is out of reach for a moment; try again."
            extensions = {"code": ErrorCode.UNAVAILABLE.value, "retryAfterMs": 5_000}
        case Busy():
            coded["message"] = "Too much is being computed at the moment; try again."
            extensions = {"code": ErrorCode.UNAVAILABLE.value, "retryAfterMs": 5_000}
        case OutOfTime():
            coded["message"] = "This takes too long to compute."
            extensions = {"code": ErrorCode.TIMEOUT.value}
        case None:
            if not offers_suggestions:
                coded["message"] = _SUGGESTION.sub("", coded["message"])
            extensions = {"code": _code_of_request_error(error, executed=executed).value}
        case _:
            logger.error("request %s failed", request_id, exc_info=cause)
            coded["message"] = "Something went wrong on our side."
            extensions = {"code": ErrorCode.INTERNAL.value, "requestId": request_id}
    coded["extensions"] = extensions
    return dict(coded)


def cause_of(error: GraphQLError) -> BaseException | None:
    """Return the exception behind a GraphQL error, None for one of GraphQL itself."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError) and not isinstance(cause, RequestError):
        cause = cause.original_error
    return cause


def _code_of_request_error(error: GraphQLError, *, executed: bool) -> ErrorCode:
    if isinstance(error, GraphQLSyntaxError):
        return ErrorCode.GRAPHQL_PARSE_FAILED
    # Once the document is valid, the only errors of GraphQL itself are values it cannot coerce.
    return ErrorCode.BAD_USER_INPUT if executed else ErrorCode.GRAPHQL_VALIDATION_FAILED
