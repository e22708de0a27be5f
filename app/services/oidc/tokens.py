"""Judging the tokens an issuer made for people (RFC 7519, RFC 8725)."""

from datetime import datetime
from typing import Any, TypeGuard

import jwt
from jwt.exceptions import PyJWTError

from app.services.oidc.fetching import KeyFetcher
from app.services.oidc.identity import Identity
from app.services.oidc.issuer import Issuer
from app.services.oidc.keys import IssuerKeys

LEEWAY_SECONDS = 30
"""How far the issuer's clock and ours may differ."""

MAX_SUBJECT_LENGTH = 255
MAX_EMAIL_LENGTH = 254
_PARTS = 3
LATEST_TIME = 1e12
"""Seconds since 1970; a number beyond, or none at all such as NaN, is no time."""


class IssuerTokens:
    """Reads the tokens of one issuer."""

    def __init__(self, issuer: Issuer, *, keys: IssuerKeys | None = None) -> None:
        self._issuer = issuer
        self._keys = keys or IssuerKeys(KeyFetcher(issuer).fetch)

    @property
    def issuer(self) -> str:
        """Whose tokens they are."""
        return self._issuer.url

    async def read(self, token: str, *, now: datetime) -> Identity | None:
        """Return whose the token is, None for a bad one.

        Only a token that is signed, ours, within its time and names its subject is good. Raises
        IssuerUnavailable when the keys to judge it by cannot be had.
        """
        header = self._read_header(token)
        if header is None:
            return None
        key = await self._keys.find(header.get("kid"))
        if key is None or header["alg"] not in key.algorithms:
            return None
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[header["alg"]],
                audience=self._issuer.audience,
                issuer=self._issuer.url,
                options={
                    "require": ["exp", "iss", "aud", "sub"],
                    # Times are judged below, by the request's own clock.
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            return _to_identity(claims) if _is_in_time(claims, now) else None
        except (PyJWTError, ValueError, TypeError):
            return None

    def _read_header(self, token: str) -> dict[str, Any] | None:
        """Return the header of a token that is worth looking up its key; None for any other."""
        if token.count(".") != _PARTS - 1:
            return None
        try:
            header = jwt.get_unverified_header(token)
        except (PyJWTError, ValueError, RecursionError):
            return None
        # We know no critical extension; and a nested token is none of a person.
        is_plain = "crit" not in header and "b64" not in header and "enc" not in header
        has_id = header.get("kid") is None or isinstance(header["kid"], str)
        is_allowed = header.get("alg") in self._issuer.algorithms
        is_nested = str(header.get("cty", "")).lower() == "jwt"
        return header if is_plain and has_id and is_allowed and not is_nested else None


def _is_in_time(claims: dict[str, Any], now: datetime) -> bool:
    expires, begins, made = (claims.get(name) for name in ("exp", "nbf", "iat"))
    at = now.timestamp()
    return (
        _is_time(expires)
        and at < expires + LEEWAY_SECONDS
        and all(
            time is None or (_is_time(time) and time <= at + LEEWAY_SECONDS)
            for time in (begins, made)
        )
    )


def _is_time(value: Any) -> TypeGuard[int | float]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < LATEST_TIME


def _to_identity(claims: dict[str, Any]) -> Identity | None:
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH:
        return None
    # Only the value `true`: what an issuer has not verified anybody can claim.
    is_verified = claims.get("email_verified") is True
    is_address = isinstance(email, str) and 0 < len(email) <= MAX_EMAIL_LENGTH
    return Identity(
        issuer=claims["iss"],
        subject=subject,
        verified_email=str(email).strip().lower() if is_verified and is_address else None,
    )
