"""Fetching the issuer's keys.

https://openid.net/specs/openid-connect-discovery-1_0.html. Only addresses of the settings are
asked, and the one the issuer's own discovery document names; redirects are not followed.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from app.outbound.public_addresses import AddressNotPublicError, PublicAddressTransport
from app.services.oidc.identity import IssuerUnavailable
from app.services.oidc.issuer import Issuer, is_on_this_machine, may_be_asked
from app.services.oidc.keys import IssuerKey

DISCOVERY_PATH = "/.well-known/openid-configuration"
TIMEOUT_SECONDS = 5.0
MAX_ANSWER_BYTES = 256 * 1024
MAX_KEYS = 100
MIN_RSA_BITS = 2_048


class KeyFetcher:
    """Fetches the public keys of an issuer that suit the algorithms, anew each time."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        named = {urlsplit(url).hostname for url in (issuer.url, issuer.jwks_url) if url}
        # The operator may name an issuer of a private network; its documents may not lead there.
        self._may_be_private = named.__contains__

    async def fetch(self) -> Sequence[IssuerKey]:
        """Return the keys; raises IssuerUnavailable when there are none to be had."""
        transport = PublicAddressTransport(may_be_private=self._may_be_private)
        try:
            async with (
                asyncio.timeout(TIMEOUT_SECONDS),
                httpx.AsyncClient(transport=transport, follow_redirects=False) as client,
            ):
                url = self._issuer.jwks_url or await self._discover(client)
                found = (await _fetch_object(client, url)).get("keys")
        except TimeoutError as error:
            raise IssuerUnavailable("the issuer does not answer in time") from error
        listed = found[:MAX_KEYS] if isinstance(found, list) else []
        keys = [key for each in listed if (key := self._read_key(each)) is not None]
        if not keys:
            raise IssuerUnavailable(f"{url} names no key that can be used")
        return keys

    async def _discover(self, client: httpx.AsyncClient) -> str:
        document = await _fetch_object(client, self._issuer.url.rstrip("/") + DISCOVERY_PATH)
        if document.get("issuer") != self._issuer.url:
            raise IssuerUnavailable("the discovery document is another issuer's")
        url = document.get("jwks_uri")
        is_local = is_on_this_machine(self._issuer.url)
        if not isinstance(url, str) or not may_be_asked(url, is_local_allowed=is_local):
            raise IssuerUnavailable("the discovery document names no address that may be asked")
        return url

    def _read_key(self, described: Any) -> IssuerKey | None:
        """Return a key for signatures by our algorithms; anything else is passed over."""
        if not isinstance(described, dict) or described.get("use", "sig") != "sig":
            return None
        # A key published with its secret half lets everyone sign.
        if "d" in described or not isinstance(described.get("kid"), str | None):
            return None
        algorithms = _algorithms_of(described) & set(self._issuer.algorithms)
        if described.get("alg") is not None:
            algorithms &= {str(described["alg"])}
        if not algorithms:
            return None
        try:
            key = PyJWK(described, algorithm=min(algorithms)).key
        except (PyJWTError, ValueError, TypeError):
            return None
        is_short = isinstance(key, RSAPublicKey) and key.key_size < MIN_RSA_BITS
        return None if is_short else IssuerKey(described.get("kid"), algorithms, key)


def _algorithms_of(described: dict[str, Any]) -> frozenset[str]:
    """Return what a key of this kind can verify; nothing for a symmetric one."""
    match described:
        case {"kty": "RSA"}:
            return frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
        case {"kty": "EC", "crv": "P-256"}:
            return frozenset({"ES256"})
        case {"kty": "EC", "crv": "P-384"}:
            return frozenset({"ES384"})
        case {"kty": "EC", "crv": "P-521"}:
            return frozenset({"ES512"})
        case {"kty": "OKP", "crv": "Ed25519"}:
            return frozenset({"EdDSA"})
        case _:
            return frozenset()


async def _fetch_object(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """Return the JSON object at an address; raises IssuerUnavailable."""
    content = b""
    try:
        async with client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
            if answer.status_code != httpx.codes.OK:
                raise IssuerUnavailable(f"{url} answers with status {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > MAX_ANSWER_BYTES:
                    raise IssuerUnavailable(f"{url} answers with too much")
        document = orjson.loads(content)
    except (httpx.HTTPError, httpx.InvalidURL, AddressNotPublicError, ValueError) as error:
        raise IssuerUnavailable(f"{url}: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise IssuerUnavailable(f"{url} answers with no object")
    return document
