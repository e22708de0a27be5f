"""Making migrations one after the other, by one process at a time; a killed one is gone on with."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from app.documents.driver import UNAVAILABLE_ERRORS, current_database, new_id
from app.documents.ending import end_tasks
from app.documents.migration_record import MigrationRecord
from app.documents.migrations.migration import Migration
from app.domain.values import Value

LEASE = timedelta(seconds=10)
RENEWALS_PER_LEASE = 4
SECONDS_BETWEEN_LOOKS = 0.2

Clock: TypeAlias = Callable[[], datetime]
OnProgress: TypeAlias = Callable[[Migration, int, int], None]
"""Told how many documents were seen, of about how many."""


class LeaseLost(Exception):
    """Another run took the migration up, since this one was silent for too long."""


class MigrationOutcome(Value):
    """What became of a migration: whether it was finished before, and how much it changed."""

    id: str
    was_finished: bool
    changed_count: int


class MigrationPreview(Value):
    """What a migration would change, a sentence each; nothing when it is finished."""

    id: str
    description: str
    is_finished: bool
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    """Who makes a migration."""

    migration_id: str
    lease_token: str
    clock: Clock
    lease: timedelta


async def preview_migrations(migrations: Sequence[Migration]) -> list[MigrationPreview]:
    """Return what each would change now; nothing is written."""
    finished = await MigrationRecord.find_finished_ids()
    return [
        MigrationPreview(
            id=each.id,
            description=each.description,
            is_finished=each.id in finished,
            changes=() if each.id in finished else await each.preview(current_database()),
        )
        for each in migrations
    ]


async def run_migrations(
    migrations: Sequence[Migration],
    *,
    clock: Clock,
    on_progress: OnProgress = lambda _migration, _done, _of: None,
    lease: timedelta = LEASE,
) -> list[MigrationOutcome]:
    """Make those that are not finished, in order; wait for one that somebody else is making.

    Raises LeaseLost, and what the database answers; what is done until then is kept.
    """
    return [
        await _make(each, clock=clock, on_progress=on_progress, lease=lease) for each in migrations
    ]


async def _make(
    migration: Migration, *, clock: Clock, on_progress: OnProgress, lease: timedelta
) -> MigrationOutcome:
    holder = _Holder(migration_id=migration.id, lease_token=new_id(), clock=clock, lease=lease)
    record = await _claim_or_wait(holder)
    if record is None:
        return MigrationOutcome(id=migration.id, was_finished=True, changed_count=0)
    changed_count = 0
    async with _renewing(holder):
        total, done = await migration.count(current_database()), 0
        async for batch in migration.run(current_database(), record.checkpoint):
            await _require_lease(
                MigrationRecord.save_checkpoint(
                    migration.id,
                    lease_token=holder.lease_token,
                    checkpoint=batch.checkpoint,
                    changed_count=batch.changed_count,
                )
            )
            changed_count += batch.changed_count
            done += batch.seen_count
            on_progress(migration, done, max(done, total))
    finish = MigrationRecord.finish(migration.id, lease_token=holder.lease_token, now=clock())
    await _require_lease(finish)
    # A run that goes on where another was killed sees only what that one left.
    seen_count = max(done, total)
    on_progress(migration, seen_count, seen_count)
    return MigrationOutcome(id=migration.id, was_finished=False, changed_count=changed_count)


async def _claim_or_wait(holder: _Holder) -> MigrationRecord | None:
    """Return the record once it is ours, or None once the migration is finished."""
    while True:
        record = await MigrationRecord.claim(
            holder.migration_id,
            lease_token=holder.lease_token,
            now=holder.clock(),
            lease=holder.lease,
        )
        if record is not None:
            return record
        if holder.migration_id in await MigrationRecord.find_finished_ids():
            return None
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def _require_lease(written: Awaitable[bool]) -> None:
    if not await written:
        raise LeaseLost


@contextlib.asynccontextmanager
async def _renewing(holder: _Holder) -> AsyncIterator[None]:
    """Hold the lease inside the block, however long a batch takes."""
    renewals = asyncio.create_task(_renew(holder))
    try:
        yield
    finally:
        await end_tasks(renewals)
        with contextlib.suppress(asyncio.CancelledError):
            await renewals


async def _renew(holder: _Holder) -> None:
    while True:
        await asyncio.sleep(holder.lease.total_seconds() / RENEWALS_PER_LEASE)
        # The next batch finds out whether the lease was lost meanwhile.
        with contextlib.suppress(*UNAVAILABLE_ERRORS):
            await MigrationRecord.renew(
                holder.migration_id,
                lease_token=holder.lease_token,
                now=holder.clock(),
                lease=holder.lease,
            )
