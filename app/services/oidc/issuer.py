"""Whose tokens are taken, as an operator sets it up."""

from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator

from app.domain.values import Value

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

Algorithm: TypeAlias = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
]
"""Signatures by private keys only: what verifies them cannot make them."""


def may_be_asked(url: str, *, is_local_allowed: bool = True) -> bool:
    """Return whether keys may be fetched from an address: by TLS, or from this very machine."""
    try:
        parts = urlsplit(url)
        is_plain = parts.port != 0 and not parts.username and not parts.password
    except ValueError:
        return False
    if not is_plain or not parts.hostname:
        return False
    is_local = is_local_allowed and is_on_this_machine(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_local)


def is_on_this_machine(url: str) -> bool:
    """Return whether an address names this machine itself."""
    return urlsplit(url).hostname in LOCAL_HOSTS


def _require_safe_url(url: str) -> str:
    if not may_be_asked(url) or urlsplit(url).fragment:
        raise ValueError("must begin with https://, or with http:// on this machine itself")
    return url


IssuerUrl = Annotated[str, AfterValidator(_require_safe_url)]


class Issuer(Value):
    """An OpenID Connect issuer whose tokens are taken: for our audience, by these algorithms.

    `url` is compared with the `iss` of tokens letter by letter. `jwks_url` is where the keys are;
    None asks the issuer's discovery document.
    """

    url: IssuerUrl
    audience: str
    algorithms: tuple[Algorithm, ...]
    jwks_url: IssuerUrl | None = None
