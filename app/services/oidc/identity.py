"""Who a person's token stands for."""

from app.domain.values import Value


class IssuerUnavailable(Exception):
    """A token cannot be judged now, because the issuer's keys cannot be had."""


class Identity(Value):
    """A person at an issuer; `verified_email` is in lower case, None where nobody verified it."""

    issuer: str
    subject: str
    verified_email: str | None = None
