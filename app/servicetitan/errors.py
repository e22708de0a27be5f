"""Every way a call to the vendor can fail.

Messages carry codes and numbers only, so they may be logged. What the vendor wrote about single
fields can repeat a customer's data: it is in `field_errors`, never in the message.
"""

from collections.abc import Mapping


class ServiceTitanError(Exception):
    """A call to the vendor failed."""


class NotSentError(ServiceTitanError):
    """The call did not reach the vendor, so nothing happened there."""


class UnreachableError(NotSentError):
    """No connection to the vendor could be made."""


class AddressRefusedError(NotSentError):
    """A configured host resolved to an address that is not public."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} resolves to an address that is not public")
        self.host = host


class CircuitOpenError(NotSentError):
    """The tenant's calls failed so often that none is made for a while."""

    def __init__(self, *, retry_after_seconds: float) -> None:
        super().__init__(f"calls rest for another {retry_after_seconds:.1f} s after many failures")
        self.retry_after_seconds = retry_after_seconds


class BudgetPausedError(NotSentError):
    """The vendor asked the tenant to wait, longer than a call may."""

    def __init__(self, *, retry_after_seconds: float) -> None:
        super().__init__(f"the vendor asked to wait for {retry_after_seconds:.1f} s")
        self.retry_after_seconds = retry_after_seconds


class TokenUnavailableError(NotSentError):
    """No access token could be had, for a reason that may pass; the cause is chained."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class TokenRefusedError(NotSentError):
    """The vendor does not accept the client id and secret; `code` is OAuth's, if it gave one."""

    def __init__(self, *, status: int, code: str | None) -> None:
        super().__init__(f"the vendor refused the credentials: {status} {code or ''}".rstrip())
        self.status = status
        self.code = code


class NoAnswerError(ServiceTitanError):
    """The call was sent and no whole answer came: a timeout, or the connection dropped."""


class UnreadableResponseError(ServiceTitanError):
    """A successful status, and a body that is not what the vendor's documents promise."""


class ResponseError(ServiceTitanError):
    """The vendor answered with an error; what RFC 7807 gives is kept."""

    def __init__(
        self,
        *,
        status: int,
        title: str | None = None,
        trace_id: str | None = None,
        field_errors: Mapping[str, tuple[str, ...]] | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        self.status = status
        self.title = title
        self.trace_id = trace_id
        self.field_errors = dict(field_errors or {})
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self._describe())

    def _describe(self) -> str:
        parts = [f"the vendor answered {self.status}"]
        if self.field_errors:
            parts.append(f"fields {', '.join(sorted(self.field_errors))}")
        if self.trace_id:
            parts.append(f"trace {self.trace_id}")
        return "; ".join(parts)


class InvalidRequestError(ResponseError):
    """400: the vendor does not accept the values; `field_errors` says which."""


class UnauthorizedError(ResponseError):
    """401: the token or the application key is not accepted."""


class ForbiddenError(ResponseError):
    """403: the application lacks a scope, or the tenant did not connect it."""


class NotFoundError(ResponseError):
    """404: an unknown path, a foreign tenant, or a row that does not exist."""


class RateLimitedError(ResponseError):
    """429: too many calls; `retry_after_seconds` is the vendor's own word."""


class VendorFaultError(ResponseError):
    """5xx, or 408: the vendor failed, and may or may not have done what was asked."""


class AmbiguousOutcomeError(ServiceTitanError):
    """A create that may or may not have happened; look it up before it is tried again.

    The cause is chained as `__cause__` and kept in `cause`.
    """

    def __init__(self, cause: ServiceTitanError) -> None:
        super().__init__(f"the outcome is not known: {cause}")
        self.cause = cause


TROUBLE = (
    UnreachableError,
    TokenUnavailableError,
    NoAnswerError,
    UnreadableResponseError,
    VendorFaultError,
)
"""Failures that say the vendor is unwell, in contrast to a refusal it is entitled to."""
