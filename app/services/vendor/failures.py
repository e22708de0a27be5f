"""What a failed call to the vendor means for the booking it was about."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import JsonValue

from app.domain.redaction import redact
from app.domain.vendor_push import PushOutcome
from app.services.vendor.access import VendorAccessError
from app.servicetitan.errors import (
    AddressRefusedError,
    AmbiguousOutcomeError,
    BudgetPausedError,
    CircuitOpenError,
    ForbiddenError,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    ResponseError,
    ServiceTitanError,
    TokenRefusedError,
    TokenUnavailableError,
    UnauthorizedError,
)

LONGEST_DETAIL = 500
FIRST_REFUSAL_STATUS = 400
SOMEBODY_MUST_MEND = (
    AddressRefusedError,
    ForbiddenError,
    NotFoundError,
    TokenRefusedError,
    UnauthorizedError,
    VendorAccessError,
)
"""Nothing is wrong with the booking: the credentials, a scope or the provider's id are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a call failed; `is_silent` when none was made, so that there is nothing to tell of it."""

    outcome: PushOutcome
    detail: str
    retry_after_seconds: float | None = None
    is_silent: bool = False


def judge(error: ServiceTitanError, *, personal: Iterable[JsonValue]) -> Failure:
    """Return what a failure means; nothing of `personal` is repeated in its detail."""
    detail = _describe(error, personal)[:LONGEST_DETAIL]
    match error:
        case CircuitOpenError() | BudgetPausedError():
            return Failure(
                outcome=PushOutcome.RATE_LIMITED,
                detail=detail,
                retry_after_seconds=error.retry_after_seconds,
                is_silent=True,
            )
        case RateLimitedError() | TokenUnavailableError(retry_after_seconds=float()):
            wait = error.retry_after_seconds
            outcome = PushOutcome.RATE_LIMITED
            return Failure(outcome=outcome, detail=detail, retry_after_seconds=wait)
        case _ if isinstance(error, SOMEBODY_MUST_MEND):
            return Failure(outcome=PushOutcome.ACCESS_DENIED, detail=detail)
        case NotSentError():
            return Failure(outcome=PushOutcome.NOT_SENT, detail=detail)
        case AmbiguousOutcomeError():
            return Failure(outcome=PushOutcome.UNCERTAIN, detail=detail)
        case ResponseError() if _is_refusal(error):
            return Failure(outcome=PushOutcome.REFUSED, detail=detail)
        case _:
            return Failure(outcome=PushOutcome.UNCERTAIN, detail=detail)


def _is_refusal(error: ResponseError) -> bool:
    # A 408 says that the vendor waited in vain; it is no judgement.
    return FIRST_REFUSAL_STATUS <= error.status < 500 and error.status != 408  # noqa: PLR2004


def _describe(error: ServiceTitanError, personal: Iterable[JsonValue]) -> str:
    """Return the error in words, with what the vendor says of single fields."""
    if not isinstance(error, ResponseError):
        return str(error)
    said = [
        f"{field}: {'; '.join(messages)}" for field, messages in sorted(error.field_errors.items())
    ]
    return redact(". ".join([str(error), *said]), personal)
