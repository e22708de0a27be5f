"""Staff who watch sessions live, and take up the thread wherever a connection broke off."""

import asyncio
import contextlib
import json
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from scripts.soaking.ledger import Ledger, Visit

FOLLOW = """subscription ($id: ID!, $after: Int!) {
  bookingSessionEvents(bookingSessionId: $id, afterSequence: $after) { sequence eventType }
}"""
CLOSING = frozenset({"SESSION_COMPLETED", "SESSION_ABANDONED"})
SUBPROTOCOL = Subprotocol("graphql-transport-ws")
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 15.0
"""After which the follower connects anew: a paused server says nothing at all."""

LONGEST_SECONDS = 150.0
"""After the customer has seen the session end."""


class Closed(Exception):
    """The session has ended, and the follower has seen it to its end."""


@dataclass
class Follower:
    """Follows one session after another to its end."""

    urls: Sequence[str]
    admin_key: str
    ledger: Ledger
    chance: random.Random
    over: asyncio.Event
    visits: asyncio.Queue[Visit]

    async def keep_following(self) -> None:
        """Follow the visits of the queue until the load is over."""
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    visit = await self.visits.get()
                await self._follow(visit)

    async def _follow(self, visit: Visit) -> None:
        seen: list[int] = []
        visit.followed = seen
        self.ledger.counts["followed"] += 1
        deadline = math.inf
        while time.monotonic() < deadline:
            if visit.end is not None:
                # Left sessions are abandoned later, perhaps after all of this.
                patience = 0 if visit.end == "left" and self.over.is_set() else LONGEST_SECONDS
                deadline = min(deadline, time.monotonic() + patience)
            try:
                await self._connect(visit, seen)
            except Closed:
                return
            except (OSError, WebSocketException, TimeoutError, EOFError):
                self.ledger.counts["threads taken up"] += 1
                await asyncio.sleep(self.chance.uniform(0.1, 0.5))

    async def _connect(self, visit: Visit, seen: list[int]) -> None:
        address = f"{self.chance.choice(self.urls).replace('http', 'ws', 1)}/graphql"
        async with connect(
            address, subprotocols=[SUBPROTOCOL], open_timeout=CONNECT_SECONDS, close_timeout=1
        ) as socket:
            token = {"Authorization": f"Bearer {self.admin_key}"}
            await _send(socket, type="connection_init", payload=token)
            variables = {"id": visit.id, "after": seen[-1] if seen else 0}
            payload = {"query": FOLLOW, "variables": variables}
            await _send(socket, type="subscribe", id="1", payload=payload)
            # Some watch only for a moment, so that threads are taken up without a fault, too.
            async with asyncio.timeout(self.chance.choice([0.5, SILENCE_SECONDS])):
                while True:
                    self._take(json.loads(await socket.recv()), seen)

    def _take(self, message: dict[str, Any], seen: list[int]) -> None:
        match message["type"]:
            case "next" if "errors" not in message["payload"]:
                event = message["payload"]["data"]["bookingSessionEvents"]
                seen.append(event["sequence"])
                if event["eventType"] in CLOSING:
                    raise Closed
            case "connection_ack":
                pass
            case _:
                self._bear(message)
                raise EOFError

    def _bear(self, message: dict[str, Any]) -> None:
        payload = message.get("payload") or []
        errors = payload["errors"] if isinstance(payload, dict) else payload
        codes = {error["extensions"]["code"] for error in errors}
        if not codes <= {"UNAVAILABLE", "TIMEOUT"}:
            self.ledger.note("subscription ended", message)


async def _send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))
