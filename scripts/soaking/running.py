"""One run: the system, the load, the faults, and the proof."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from app.documents.connection import connected_documents
from scripts.soaking.customers import Customer
from scripts.soaking.editors import Editor
from scripts.soaking.faults import SHORT_RUN_SECONDS, Faults
from scripts.soaking.fleet import make_fleet, start_fleet, wait_until_ready
from scripts.soaking.followers import Follower
from scripts.soaking.ledger import Ledger, Visit
from scripts.soaking.memory import MemoryWatch
from scripts.soaking.options import Options
from scripts.soaking.patience import opened_patience
from scripts.soaking.processes import Fleet
from scripts.soaking.proofs import prove_all, prove_level_memory, prove_strikes
from scripts.soaking.stage import Stage, set_stage
from scripts.soaking.verdicts import Verdict

FOLLOWERS = 3
RENAMING_EDITORS = 2
SECONDS_TO_FINISH = 180.0
"""For the clients, after the load: each waits for its last answer."""


@dataclass(frozen=True)
class Reporter:
    """Whom a run tells how it goes."""

    stage: Callable[[str], None]
    strike: Callable[[str], None]
    progress: Callable[[float, Ledger], None]


async def soak(options: Options, reporter: Reporter) -> list[Verdict]:
    """Run everything and return the verdicts; nothing is left running, however it ends."""
    ledger = Ledger()
    fleet = make_fleet(options.folder)
    with fleet.ending():
        reporter.stage("Starting two servers, two workers, the vendor and the database")
        await start_fleet(fleet)
        stage = await set_stage(fleet)
        memory = MemoryWatch(fleet)
        faults = _faults(fleet, options, reporter)
        try:
            async with (
                _in_background(memory.keep_looking()),
                _in_background(fleet.keep_running()),
            ):
                await _load(fleet, stage, ledger, faults, options=options, reporter=reporter)
            reporter.stage("Waiting for the vendor's bookings, then proving")
            return [
                *[each async for each in _prove(fleet, stage, ledger, options)],
                prove_level_memory(memory.trends(), options=options),
                prove_strikes(ledger, faults, options=options),
            ]
        finally:
            _keep(ledger, memory, options)


def _faults(fleet: Fleet, options: Options, reporter: Reporter) -> Faults:
    haste = min(1.0, options.seconds / SHORT_RUN_SECONDS)
    chance = random.Random(f"{options.seed} faults")
    return Faults(fleet, chance, reporter.strike, haste=haste)


async def _load(
    fleet: Fleet,
    stage: Stage,
    ledger: Ledger,
    faults: Faults,
    *,
    options: Options,
    reporter: Reporter,
) -> None:
    """Let clients and faults do their work for the time of the run; then all is well again."""
    over = asyncio.Event()
    chance = random.Random(f"{options.seed} answers")
    async with opened_patience(fleet.urls, ledger=ledger, chance=chance) as patience:
        clients = _clients(stage, fleet, ledger, patience, over=over, options=options)
        async with (
            asyncio.timeout(options.seconds + SECONDS_TO_FINISH),
            asyncio.TaskGroup() as all_,
        ):
            for client in clients:
                all_.create_task(client)
            async with _in_background(faults.strike(options.kinds)):
                await _wait(options.seconds, ledger, reporter)
            reporter.stage("The load ends; everything is started again")
            fleet.resume()
            over.set()
    await wait_until_ready(fleet)


def _clients(
    stage: Stage,
    fleet: Fleet,
    ledger: Ledger,
    patience: Any,
    *,
    over: asyncio.Event,
    options: Options,
) -> list[Coroutine[Any, Any, None]]:
    visits: asyncio.Queue[Visit] = asyncio.Queue()

    def chance(name: str) -> random.Random:
        return random.Random(f"{options.seed} {name}")

    customers = [
        Customer(stage, patience, ledger, chance(f"customer {number}"), over, visits)
        for number in range(options.customers)
    ]
    names = [f"editor {number}" for number in range(RENAMING_EDITORS + 1)]
    editors = [Editor(name, stage, patience, ledger, chance(name), over) for name in names]
    followers = [
        Follower(fleet.urls, stage.admin_key, ledger, chance(f"follower {number}"), over, visits)
        for number in range(FOLLOWERS)
    ]
    return [
        *(customer.keep_coming() for customer in customers),
        editors[0].keep_publishing(),
        *(editor.keep_renaming() for editor in editors[1:]),
        *(follower.keep_following() for follower in followers),
    ]


async def _wait(seconds: float, ledger: Ledger, reporter: Reporter) -> None:
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < seconds:
        reporter.progress(elapsed, ledger)
        await asyncio.sleep(0.25)
    reporter.progress(seconds, ledger)


async def _prove(
    fleet: Fleet, stage: Stage, ledger: Ledger, options: Options
) -> AsyncIterator[Verdict]:
    async with connected_documents(
        None,
        data_dir=fleet.database.files.data_dir,
        database_name="scheduler",
        create_indexes=False,
    ):
        async for verdict in prove_all(fleet, stage, ledger, options=options):
            yield verdict


@contextlib.asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let something go on during the block; what it raises ends the block's task group."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        yield
        task.cancel()


def _keep(ledger: Ledger, memory: MemoryWatch, options: Options) -> None:
    """Write what clients were told beside the logs, for whoever looks into a failure."""
    told = vars(ledger) | {"memory_mib": memory.samples}
    (options.folder / "ledger.json").write_text(json.dumps(told, indent=1, default=_to_plain))


def _to_plain(value: object) -> object:
    return sorted(value) if isinstance(value, set) else vars(value)
