"""The issuer's public keys: kept, refreshed, and good for a while when the issuer is away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from app.services.oidc.identity import IssuerUnavailable

FRESH_SECONDS = 600
"""Older keys are fetched again in the background: a withdrawn key counts no longer than this."""

KEPT_SECONDS = 24 * 3_600
"""For so long the keys last fetched count while the issuer is out of reach."""

BETWEEN_FETCHES_SECONDS = 30
"""Tokens of unknown keys cannot make us ask the issuer more often."""

RETRY_SECONDS = 5
"""How soon after a failure the issuer is asked again, when there are no keys at all."""


class IssuerKey(NamedTuple):
    """A public key, and the only algorithms it verifies, whatever a token claims."""

    key_id: str | None
    algorithms: frozenset[str]
    key: Any


FetchKeys: TypeAlias = Callable[[], Awaitable[Sequence[IssuerKey]]]

logger = logging.getLogger(__name__)


class IssuerKeys:
    """Keys by id. Whoever needs a fetch while one is under way waits for the same one."""

    def __init__(self, fetch: FetchKeys, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: tuple[IssuerKey, ...] = ()
        self._fetched_at = -float("inf")
        self._tried_at = -float("inf")
        self._failed = False
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> IssuerKey | None:
        """Return the key of an id, or the only key there is for None; None when there is none.

        Raises IssuerUnavailable when that cannot be said, because the keys cannot be fetched.
        """
        if self._age > KEPT_SECONDS:
            await self._refresh(at_most_every=RETRY_SECONDS)
            if self._age > KEPT_SECONDS:
                raise IssuerUnavailable
        key = self._select(key_id)
        if key is not None:
            if self._age > FRESH_SECONDS and self._is_due(BETWEEN_FETCHES_SECONDS):
                self._begin_fetch()
            return key
        await self._refresh(at_most_every=BETWEEN_FETCHES_SECONDS)
        key = self._select(key_id)
        if key is None and self._failed:
            raise IssuerUnavailable
        return key

    @property
    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _select(self, key_id: str | None) -> IssuerKey | None:
        if key_id is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.key_id == key_id), None)

    def _is_due(self, seconds: float) -> bool:
        return self._clock() - self._tried_at >= seconds

    async def _refresh(self, *, at_most_every: float) -> None:
        if self._fetching is not None:
            await asyncio.shield(self._fetching)
        elif self._is_due(at_most_every):
            # A caller who leaves does not end the fetch that others wait for.
            await asyncio.shield(self._begin_fetch())

    def _begin_fetch(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._tried_at = self._clock()
            self._fetching = asyncio.create_task(self._load())
        return self._fetching

    async def _load(self) -> None:
        try:
            self._keys = tuple(await self._fetch())
            self._fetched_at = self._clock()
            self._failed = False
        except IssuerUnavailable as error:
            self._failed = True
            logger.warning("the keys of the OpenID Connect issuer cannot be fetched: %s", error)
        finally:
            self._fetching = None
