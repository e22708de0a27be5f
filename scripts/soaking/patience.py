"""Sending a request, unchanged, until some server answers it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.soaking.ledger import Ledger
from tests.contract.journey import load_operations

OPERATIONS = load_operations("widget.graphql", "admin.graphql")
REQUEST_TIMEOUT_SECONDS = 6.0
"""Less than pauses last: a request that times out is then answered by two servers."""

LONGEST_SECONDS = 150.0
PASSING = frozenset({"UNAVAILABLE", "TIMEOUT"})
MAX_PAUSE_SECONDS = 0.5


class NeverAnswered(Exception):
    """No server answered for far longer than anything is away."""


@dataclass(frozen=True)
class Answer:
    """The data of a root field, and whether an earlier attempt may have been carried out."""

    data: Any
    is_in_doubt: bool

    @property
    def codes(self) -> list[str]:
        """The codes of the user errors."""
        return [error["code"] for error in self.data["userErrors"]]


class Patience:
    """The clients' common way to the servers."""

    def __init__(
        self, servers: Sequence[httpx.AsyncClient], *, ledger: Ledger, chance: random.Random
    ) -> None:
        self._servers = servers
        self._ledger = ledger
        self._chance = chance

    async def ask(
        self, operation: str, variables: Mapping[str, Any], *, token: str | None = None
    ) -> Answer:
        """Return the answer's only root field; raises NeverAnswered.

        `operation` is the name of one of the contract's, or a document.
        """
        query = OPERATIONS.get(operation, operation)
        is_in_doubt = False
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            self._ledger.counts["requests"] += 1
            try:
                content = await self._post(query, variables, token)
            except (httpx.TransportError, ValueError) as error:
                self._ledger.counts["unanswered"] += 1
                self._ledger.counts[f"  {type(error).__name__}"] += 1
                is_in_doubt = True
                await asyncio.sleep(self._chance.uniform(0.05, 0.3))
                continue
            if "errors" not in content:
                (data,) = content["data"].values()
                return Answer(data, is_in_doubt)
            is_in_doubt = await self._bear(operation, content["errors"]) or is_in_doubt
        raise NeverAnswered(operation[:60])

    async def _post(self, query: str, variables: Mapping[str, Any], token: str | None) -> Any:
        response = await self._chance.choice(self._servers).post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        return response.json()

    async def _bear(self, operation: str, errors: Sequence[Mapping[str, Any]]) -> bool:
        """Wait as long as the server asks for; return whether it may have done what was asked."""
        codes = {error["extensions"]["code"] for error in errors}
        for code in codes:
            self._ledger.counts[code] += 1
        if not codes <= PASSING:
            self._ledger.note("error", operation[:60], errors)
        wait_ms = max(error["extensions"].get("retryAfterMs", 250) for error in errors)
        await asyncio.sleep(min(wait_ms / 1_000, MAX_PAUSE_SECONDS) * self._chance.uniform(0.5, 1))
        return True


@asynccontextmanager
async def opened_patience(
    urls: Sequence[str], *, ledger: Ledger, chance: random.Random
) -> AsyncIterator[Patience]:
    """Yield the way to the servers at `urls`."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    servers = [
        httpx.AsyncClient(base_url=url, timeout=REQUEST_TIMEOUT_SECONDS, limits=limits)
        for url in urls
    ]
    try:
        yield Patience(servers, ledger=ledger, chance=chance)
    finally:
        for server in servers:
            await server.aclose()
