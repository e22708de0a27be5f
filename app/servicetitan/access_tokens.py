"""The access token of a tenant: fetched once for all who wait for it, and renewed in time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from app.servicetitan.environment import require_visible_ascii
from app.servicetitan.payloads.base import Payload

RENEWAL_MARGIN_SECONDS = 60.0
RENEWAL_MARGIN_SHARE = 0.2
"""A token that lives shorter than five minutes is renewed when a fifth of its life is left."""


class TokenAnswer(Payload):
    """The authentication host's answer (RFC 6749, section 5.1)."""

    access_token: Annotated[
        SecretStr,
        Field(alias="access_token", min_length=1),
        AfterValidator(require_visible_ascii),
    ]
    expires_in: Annotated[float, Field(alias="expires_in", gt=0)]


@dataclass(frozen=True)
class AccessToken:
    """A token, and the moment of the clock from which it is no longer used."""

    value: str = field(repr=False)
    renew_at: float


class AccessTokens:
    """Gives the tenant's current token; concurrent callers share one request for a new one.

    `fetch` returns a new token or raises; its error reaches everyone who waits for that request,
    and the next caller tries again.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[TokenAnswer]], *, clock: Callable[[], float]
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._current: AccessToken | None = None
        self._flight: asyncio.Task[AccessToken] | None = None

    async def get(self) -> AccessToken:
        """Return a token that is good for a while yet."""
        if self._current is not None and self._clock() < self._current.renew_at:
            return self._current
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew())
            self._flight.add_done_callback(self._land)
        # A caller that gives up must not take the token from the others.
        return await asyncio.shield(self._flight)

    def discard(self, token: AccessToken) -> None:
        """Forget a token the vendor no longer accepts; a newer one stays."""
        if self._current is token:
            self._current = None

    async def _renew(self) -> AccessToken:
        asked_at = self._clock()
        answer = await self._fetch()
        margin = min(RENEWAL_MARGIN_SECONDS, answer.expires_in * RENEWAL_MARGIN_SHARE)
        self._current = AccessToken(
            value=answer.access_token.get_secret_value(),
            renew_at=asked_at + answer.expires_in - margin,
        )
        return self._current

    def _land(self, flight: asyncio.Task[AccessToken]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # Seen, even when everyone who waited has given up.
