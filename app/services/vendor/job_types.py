"""Bringing services up to the vendor's job types: read, plan, then apply."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from app.documents.booking_service import BookingService
from app.documents.driver import new_id
from app.documents.vendor_account import VendorAccount
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import refuse
from app.domain.values import EntityId, Value
from app.domain.vendor import VendorServiceSyncStatus
from app.domain.vendor_account import JobTypeSyncState
from app.domain.vendor_sync import LinkedService, SyncPlan, plan_sync
from app.services.authoring import Author, refuse_if
from app.services.vendor.access import VendorAccess, VendorConnection
from app.services.vendor.job_type_imports import import_job_types, recorded_sync
from app.services.vendor.job_type_reading import ReadJobTypes, read_all, read_changes
from app.servicetitan.errors import (
    ForbiddenError,
    NoAnswerError,
    NotFoundError,
    TokenRefusedError,
    UnauthorizedError,
)

FULL_EVERY = timedelta(days=1)
"""Rows that were removed leave no change behind: only reading all of them shows it."""

TIMEOUT = timedelta(minutes=4)
LEASE = timedelta(minutes=5)
"""Longer than a synchronization may take, so that two never run at once."""

UNCERTAIN = frozenset({VendorServiceSyncStatus.PENDING, VendorServiceSyncStatus.FAILED})


class SyncWish(Value):
    """What is asked of a synchronization."""

    full: bool = False
    dry_run: bool = False
    import_new: bool = False
    import_job_type_ids: Annotated[tuple[str, ...], Field(max_length=100)] = ()


@dataclass(frozen=True, kw_only=True)
class SyncOutcome:
    """What was planned and, unless it was a dry run, done; `created` are the imported services."""

    plan: SyncPlan
    is_full: bool
    created: tuple[BookingService, ...] = ()


async def sync_job_types(
    organization_id: EntityId,
    wish: SyncWish,
    *,
    vendor: VendorAccess,
    now: datetime,
    author: Author | None = None,
) -> SyncOutcome:
    """Compare the organization's services with the vendor's job types and store what differs.

    Without an author nothing can be imported. Repeated after a crash it ends as it would have.
    Raises Refused with VENDOR_NOT_CONNECTED, SYNC_IN_PROGRESS, VENDOR_REFUSED, and NOT_FOUND for a
    chosen job type that cannot be booked; `ServiceTitanError` when the vendor fails. In all these
    cases nothing is written.
    """
    connection = await vendor.connect(organization_id)
    if connection is None:
        raise refuse(ProblemCode.VENDOR_NOT_CONNECTED, "the organization has no vendor account")
    if wish.dry_run:
        planned = await _plan(connection, wish, now)
        return SyncOutcome(plan=planned.plan, is_full=planned.is_full)
    async with _alone(connection.account, now) as lease_id:
        planned = await _plan(connection, wish, now)
        return await _apply(planned, connection.account, lease_id, now=now, author=author)


@asynccontextmanager
async def _alone(account: VendorAccount, now: datetime) -> AsyncIterator[str]:
    """Keep other synchronizations of the organization out during the block."""
    lease_id = new_id()
    if not await account.take_sync_lease(lease_id, now=now, until=now + LEASE):
        raise refuse(ProblemCode.SYNC_IN_PROGRESS, "another synchronization is running")
    try:
        async with asyncio.timeout(TIMEOUT.total_seconds()):
            yield lease_id
    except TimeoutError:
        raise NoAnswerError("reading the job types took too long") from None
    finally:
        await account.give_sync_lease_back(lease_id)


@dataclass(frozen=True, kw_only=True)
class _Planned:
    read: ReadJobTypes
    is_full: bool
    plan: SyncPlan


async def _plan(connection: VendorConnection, wish: SyncWish, now: datetime) -> _Planned:
    account = connection.account
    services = await BookingService.list_linked(account.organization_id, account.vendor_type)
    since = None if wish.full or wish.import_new else _changes_since(account, services, now)
    read = await _read(connection, services, wish, since)
    plan = plan_sync(
        services,
        read.reading,
        imports_all=wish.import_new,
        imports=frozenset(wish.import_job_type_ids),
    )
    refuse_if(_find_wrong_choices(wish, services, plan))
    return _Planned(read=read, is_full=since is None, plan=plan)


def _changes_since(
    account: VendorAccount, services: list[LinkedService], now: datetime
) -> datetime | None:
    """Return since when changes suffice; None when all job types must be read."""
    state = account.job_type_sync
    is_due = state.last_full_at is None or now - state.last_full_at >= FULL_EVERY
    has_uncertain = any(each.vendor_data.vendor_sync_status in UNCERTAIN for each in services)
    return None if is_due or has_uncertain else state.read_up_to


async def _read(
    connection: VendorConnection,
    services: list[LinkedService],
    wish: SyncWish,
    since: datetime | None,
) -> ReadJobTypes:
    chosen = set(wish.import_job_type_ids)
    try:
        if since is not None:
            return await read_changes(connection.client, chosen, since=since)
        linked = {service.vendor_data.job_type_id for service in services}
        return await read_all(connection.client, linked | chosen)
    except (TokenRefusedError, UnauthorizedError, ForbiddenError, NotFoundError) as error:
        raise refuse(
            ProblemCode.VENDOR_REFUSED, "the vendor does not accept the account's credentials"
        ) from error


def _find_wrong_choices(
    wish: SyncWish, services: list[LinkedService], plan: SyncPlan
) -> list[Problem]:
    """Return a NOT_FOUND for every chosen job type that is none; one that is linked is left."""
    known = {service.vendor_data.job_type_id for service in services}
    known |= {fact.id for fact in plan.imports}
    return [
        Problem(
            code=ProblemCode.NOT_FOUND,
            message="names no active job type of the vendor",
            path=("import_job_type_ids", position),
        )
        for position, job_type_id in enumerate(wish.import_job_type_ids)
        if job_type_id not in known
    ]


async def _apply(
    planned: _Planned,
    account: VendorAccount,
    lease_id: str,
    *,
    now: datetime,
    author: Author | None,
) -> SyncOutcome:
    owner, plan = account.organization_id, planned.plan
    async with recorded_sync(account, plan, author=author):
        created = await import_job_types(plan.imports, author=author) if author else ()
        are_written = await BookingService.write_links(owner, plan.changes, now=now)
        await BookingService.mark_compared(owner, account.vendor_type, now=now)
    # Whoever edited a link meanwhile overtook what was read: then it is read again.
    is_complete = planned.read.is_complete and are_written
    progress = _progress(account.job_type_sync, planned, now) if is_complete else {}
    await account.record_sync(lease_id, {"last_synced_at": now, **progress})
    return SyncOutcome(plan=plan, is_full=planned.is_full, created=created)


def _progress(
    state: JobTypeSyncState, planned: _Planned, now: datetime
) -> dict[str, datetime | None]:
    newest = planned.read.modified_up_to
    if planned.is_full:
        return {"read_up_to": newest, "last_full_at": now}
    moments = [moment for moment in (state.read_up_to, newest) if moment is not None]
    return {"read_up_to": max(moments, default=None)}
