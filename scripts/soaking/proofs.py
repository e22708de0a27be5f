"""Everything that is proven once the load is over and nothing is broken any more."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from app.documents.booking import Booking
from scripts.soaking.booking_proofs import prove_bookings, read_vendor_bookings, wait_until_told
from scripts.soaking.edit_proofs import prove_edits, prove_publications
from scripts.soaking.event_proofs import prove_events, prove_followers, read_sessions
from scripts.soaking.faults import Faults
from scripts.soaking.fleet import SCHEDULER
from scripts.soaking.ledger import Ledger
from scripts.soaking.log_proofs import prove_logs
from scripts.soaking.memory import MAX_GROWTH, SHORTEST_SECONDS, Trend
from scripts.soaking.options import Options
from scripts.soaking.processes import Fleet
from scripts.soaking.stage import Stage
from scripts.soaking.verdicts import Verdict, judge

NEEDED = ("bookings", "abandonments", "edits", "followed", "repeats recognised")


async def prove_all(
    fleet: Fleet, stage: Stage, ledger: Ledger, *, options: Options
) -> AsyncIterator[Verdict]:
    """Yield the verdicts on what is stored; the database must be connected, and all must run."""
    waiting = await wait_until_told()
    yield judge("no booking waits for ever", "the outbox", [f"{waiting} wait"] if waiting else [])
    sessions = await read_sessions()
    for verdict in prove_events(ledger, sessions, now=datetime.now(UTC)):
        yield verdict
    yield await _verify_sessions(fleet)
    bookings = await Booking.find({}).to_list()
    for verdict in prove_bookings(ledger, bookings, await read_vendor_bookings(fleet.vendor_url)):
        yield verdict
    yield prove_followers(ledger, sessions)
    yield await prove_edits(ledger, stage)
    yield await prove_publications(ledger, stage, fleet.urls)
    yield judge("every answer was one to be expected", _requests(ledger), ledger.surprises)
    yield prove_logs(options.folder)


async def _verify_sessions(fleet: Fleet) -> Verdict:
    promise = "every snapshot is what its events come to"
    process = await asyncio.create_subprocess_exec(
        *(SCHEDULER, "sessions", "verify", "--json"),
        env=fleet.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    try:
        answer = json.loads(output)
    except ValueError:
        return judge(promise, "nothing", [f"verify ended with {process.returncode}"])
    count = answer["report"]["session_count"]
    return judge(promise, f"{count} snapshots", answer["findings"])


def _requests(ledger: Ledger) -> str:
    counts = ledger.counts
    away = f"{counts['unanswered']} unanswered, {counts['UNAVAILABLE']} UNAVAILABLE"
    return f"{counts['requests']} requests, {away}"


def prove_level_memory(trends: tuple[Trend, ...], *, options: Options) -> Verdict:
    """Return whether processes that lived through all of it need no more at the end."""
    shown = ", ".join(
        f"{each.name} {each.before_mib:.0f} → {each.after_mib:.0f} MiB" for each in trends
    )
    promise = "memory is level once caches are warm"
    if options.seconds < SHORTEST_SECONDS:
        return judge(promise, f"{shown} (too short to judge)")
    grown = [f"{each.name}: {each.growth:+.0%}" for each in trends if each.growth > MAX_GROWTH]
    return judge(promise, shown, grown)


def prove_strikes(ledger: Ledger, faults: Faults, *, options: Options) -> Verdict:
    """Return whether every fault struck, and clients did everything that there is to prove."""
    missing = [f"{kind} never struck" for kind in options.kinds if not faults.strikes[kind]]
    missing += faults.complaints
    missing += [f"no {name}" for name in NEEDED if not ledger.counts[name]]
    struck = f"{faults.strikes.total()} faults"
    return judge("every fault struck, and there was something to lose", struck, missing)
