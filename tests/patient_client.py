"""Customers who send again, unchanged, whatever a server did not acknowledge."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

RECORD = """mutation ($input: RecordBookingSessionEventsInput!) {
  recordBookingSessionEvents(input: $input) {
    results { clientEventId status event { id sequence } }
    userErrors { code message path }
  }
}"""
START = """mutation ($input: StartBookingSessionInput!) {
  startBookingSession(input: $input) { sessionToken bookingSession { ...Id } }
}
fragment Id on BookingSessionBase { id }"""
MAX_BATCH_SIZE = 8
MAX_PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class SessionAccess:
    """A started session and the token that opens it; several clients may share one."""

    id: str
    token: str


@dataclass
class PatientClient:
    """Records single events and batches, one request at a time.

    `acknowledged` holds the stored id and the sequence of every event by its client id. `pending`
    is the batch that was sent and not acknowledged, which is sent again before any other.
    """

    name: str
    session: SessionAccess
    step_id: str
    chance: random.Random
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    pending: list[dict[str, Any]] | None = None
    sent_count: int = 0
    unavailable_count: int = 0

    async def record_until_gone(self, url: str) -> None:
        """Record batch after batch until the server does not answer any more."""
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            while True:
                try:
                    await self.record(http)
                except httpx.TransportError:
                    return

    async def record_while(self, url: str, goes_on: Callable[[], bool]) -> None:
        """Record batch after batch; then until the last one is acknowledged."""
        async with httpx.AsyncClient(base_url=url, timeout=10) as http:
            while goes_on() or self.pending:
                await self.record(http)

    async def record(self, http: httpx.AsyncClient) -> None:
        """Send the pending batch, or a new one; `pending` is None once it is acknowledged."""
        batch = self.pending = self.pending or self._new_batch()
        answer = await send(
            http,
            RECORD,
            {"bookingSessionId": self.session.id, "events": batch},
            token=self.session.token,
        )
        if "errors" in answer:
            await self._wait(answer["errors"])
            return
        recorded = answer["data"]["recordBookingSessionEvents"]
        assert recorded["userErrors"] == []
        self._acknowledge(batch, recorded["results"])
        self.pending = None

    async def _wait(self, errors: list[dict[str, Any]]) -> None:
        assert [error["extensions"]["code"] for error in errors] == ["UNAVAILABLE"], errors
        self.unavailable_count += 1
        seconds = errors[0]["extensions"]["retryAfterMs"] / 1_000
        await asyncio.sleep(min(seconds, MAX_PAUSE_SECONDS))

    def _acknowledge(self, batch: list[dict[str, Any]], results: list[dict[str, Any]]) -> None:
        client_event_ids = [event["clientEventId"] for event in batch]
        assert [result["clientEventId"] for result in results] == client_event_ids
        # A batch is atomic: it was stored as a whole now, or as a whole by an earlier attempt.
        assert len({result["status"] for result in results}) == 1
        sequences = [result["event"]["sequence"] for result in results]
        assert sequences == list(range(sequences[0], sequences[0] + len(batch)))
        for result in results:
            event = result["event"]
            self.acknowledged[result["clientEventId"]] = (event["id"], event["sequence"])

    def _new_batch(self) -> list[dict[str, Any]]:
        size = self.chance.choice([1, self.chance.randint(2, MAX_BATCH_SIZE)])
        return [self._new_event() for _ in range(size)]

    def _new_event(self) -> dict[str, Any]:
        self.sent_count += 1
        return {
            "clientEventId": f"{self.name}-{self.sent_count}",
            "stepId": self.step_id,
            "data": {"fieldUpdated": {"field": "zipcode", "value": str(self.sent_count)}},
        }


async def start_session(
    http: httpx.AsyncClient, *, publishable_key: str, url: str
) -> SessionAccess:
    """Start a session of a customer who opened the widget on the page."""
    answer = await send(http, START, {"publishableKey": publishable_key, "context": {"url": url}})
    started = answer["data"]["startBookingSession"]
    return SessionAccess(started["bookingSession"]["id"], started["sessionToken"])


async def send(
    http: httpx.AsyncClient, mutation: str, input_: dict[str, Any], *, token: str | None = None
) -> Any:
    """Return the whole answer to a mutation."""
    response = await http.post(
        "/graphql",
        json={"query": mutation, "variables": {"input": input_}},
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )
    return response.json()
