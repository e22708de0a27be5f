"""Faults in a random order: in the processes, in the database and at the vendor, side by side."""

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.documents.file_lock import lock_exclusive, open_lock_file
from scripts.soaking.options import FaultKind
from scripts.soaking.processes import SECONDS_TO_STOP, Database, Fleet, Process
from tests.services.vendor.faults import WAYS_TO_FAIL

LANES: tuple[tuple[float, frozenset[FaultKind]], ...] = (
    (
        3.0,
        frozenset(
            {
                FaultKind.KILL_SERVER,
                FaultKind.KILL_WORKER,
                FaultKind.STOP_SERVER,
                FaultKind.PAUSE_SERVER,
                FaultKind.PAUSE_WORKER,
            }
        ),
    ),
    (
        8.0,
        frozenset({FaultKind.KILL_DATABASE, FaultKind.DATABASE_AWAY, FaultKind.PAUSE_DATABASE}),
    ),
    (4.0, frozenset({FaultKind.PAUSE_VENDOR, FaultKind.FAILING_VENDOR})),
)
"""Seconds of quiet between faults, on average, and faults that take turns; lanes overlap."""

SECONDS: dict[FaultKind, tuple[float, float]] = {
    FaultKind.KILL_SERVER: (0.0, 3.0),
    FaultKind.KILL_WORKER: (0.0, 3.0),
    FaultKind.STOP_SERVER: (0.0, 1.0),
    # Longer than the clients wait, so that two servers work on the same request.
    FaultKind.PAUSE_SERVER: (1.0, 10.0),
    FaultKind.PAUSE_WORKER: (1.0, 10.0),
    FaultKind.KILL_DATABASE: (0.0, 0.0),
    FaultKind.DATABASE_AWAY: (1.0, 30.0),
    FaultKind.PAUSE_DATABASE: (1.0, 12.0),
    # Less than a worker waits for an answer: later than that the vendor may create a second copy.
    FaultKind.PAUSE_VENDOR: (1.0, 8.0),
    FaultKind.FAILING_VENDOR: (2.0, 10.0),
}
"""How long each lasts, at least and at most."""

EXIT_CODE_IN_VAIN = 3
SHORT_RUN_SECONDS = 120.0
VENDOR_FAULTS_PER_CYCLE = 30


@dataclass
class Faults:
    """What befalls a fleet; `tell` is told of every strike in words."""

    fleet: Fleet
    chance: random.Random
    tell: Callable[[str], None]
    haste: float = 1.0
    """Below 1 quiet and faults are that much shorter, for short runs."""

    strikes: Counter[FaultKind] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    async def strike(self, kinds: Sequence[FaultKind]) -> None:
        """Strike with each of the kinds, in turns, until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            for quiet_seconds, members in LANES:
                if mine := [kind for kind in kinds if kind in members]:
                    lanes.create_task(self._strike_in_turns(mine, quiet_seconds * self.haste))

    async def _strike_in_turns(self, kinds: Sequence[FaultKind], quiet_seconds: float) -> None:
        for kind in _in_turns(kinds, self.chance):
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * quiet_seconds)
            shortest, longest = SECONDS[kind]
            seconds = self.chance.uniform(shortest, shortest + (longest - shortest) * self.haste)
            await self._strike_once(kind, seconds)

    async def _strike_once(self, kind: FaultKind, seconds: float) -> None:
        fleet = self.fleet
        self.strikes[kind] += 1
        self.tell(f"{kind}, {seconds:.1f} s")
        match kind:
            case FaultKind.KILL_SERVER:
                await _kill(fleet.servers[1], seconds)
            case FaultKind.KILL_WORKER:
                await _kill(fleet.workers[1], seconds)
            case FaultKind.STOP_SERVER:
                await self._stop(fleet.servers[1], seconds)
            case FaultKind.PAUSE_SERVER:
                await _pause(self.chance.choice(fleet.servers), seconds)
            case FaultKind.PAUSE_WORKER:
                await _pause(self.chance.choice(fleet.workers), seconds)
            case FaultKind.KILL_DATABASE:
                fleet.database.send(signal.SIGKILL)
            case FaultKind.DATABASE_AWAY:
                await _take_away(fleet.database, seconds)
            case FaultKind.PAUSE_DATABASE:
                await _pause(fleet.database, seconds)
            case FaultKind.PAUSE_VENDOR:
                await _pause(fleet.vendor, seconds)
            case FaultKind.FAILING_VENDOR:
                await _let_fail(fleet.vendor_url, seconds)

    async def _stop(self, server: Process, seconds: float) -> None:
        """Stop a server as a deployment does; it must end by itself, and in order."""
        await _wait_until_served(self.fleet.urls[1])
        server.is_wanted = False
        server.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                code = await _wait_for_end(server)
            # One that was just starting anew without a database has ended before it was told to.
            if code not in (0, EXIT_CODE_IN_VAIN):
                self.complaints.append(f"{server.name} ended with {code} when told to stop")
            await asyncio.sleep(seconds)
        except TimeoutError:
            self.complaints.append(f"{server.name} did not stop within {SECONDS_TO_STOP:.0f} s")
        finally:
            server.kill()
            server.start()


async def _wait_until_served(url: str) -> None:
    """Return once a server just started answers; before that a signal ends it like any program."""
    async with httpx.AsyncClient(timeout=2) as http:
        for _ in range(100):
            with contextlib.suppress(httpx.TransportError):
                await http.get(f"{url}/livez")
                return
            await asyncio.sleep(0.2)


async def _wait_for_end(process: Process) -> int | None:
    while process.pid is not None:  # noqa: ASYNC110 - it is no child of the event loop.
        await asyncio.sleep(0.05)
    return process.exit_code


def _in_turns(kinds: Sequence[FaultKind], chance: random.Random) -> Iterator[FaultKind]:
    """Yield all kinds in a random order, again and again."""
    while True:
        yield from chance.sample(kinds, len(kinds))


async def _kill(process: Process, seconds: float) -> None:
    process.kill()
    try:
        await asyncio.sleep(seconds)
    finally:
        process.start()


async def _pause(process: Process | Database, seconds: float) -> None:
    process.send(signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        process.send(signal.SIGCONT)


async def _take_away(database: Database, seconds: float) -> None:
    """Kill the database and keep its users from starting it again for a while."""
    lock = open_lock_file(database.files.lifecycle_lock)
    try:
        if await lock_exclusive(lock, timeout_seconds=30):
            database.send(signal.SIGKILL)
            await asyncio.sleep(seconds)
    finally:
        os.close(lock)


async def _let_fail(vendor_url: str, seconds: float) -> None:
    faults = [
        {**way, "every": VENDOR_FAULTS_PER_CYCLE, "offset": position * 3}
        for position, way in enumerate(WAYS_TO_FAIL)
    ]
    async with _turned_knobs(vendor_url, {"faults": faults, "token_lifetime_seconds": 2}):
        await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def _turned_knobs(vendor_url: str, knobs: dict[str, Any]) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=vendor_url, timeout=15) as http:
        (await http.put("/knobs", json=knobs)).raise_for_status()
        try:
            yield
        finally:
            (await http.put("/knobs", json={})).raise_for_status()
