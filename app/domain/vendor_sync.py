"""Comparing services with the vendor's job types: first a plan, which somebody else carries out."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from app.domain.values import EntityId, Value
from app.domain.vendor import VendorData, VendorServiceSyncStatus, VendorType

MAX_NAME_LENGTH = 200
"""What a title holds; longer names are compared as far as that."""


class JobTypeFact(Value):
    """A job type as the vendor has it; `name` is None when it is blank."""

    id: str
    name: str | None
    summary: str | None = None
    is_active: bool = True


class JobTypeReading(Value):
    """What was learned of job types, by id.

    `gone` are ids the vendor does not know, `unclear` those it gave no usable answer about. Of any
    other id nothing was learned, so what was known of it still holds.
    """

    seen: Mapping[str, JobTypeFact] = {}
    gone: frozenset[str] = frozenset()
    unclear: frozenset[str] = frozenset()


class LinkedService(Value):
    """A service that is linked to a job type."""

    id: EntityId
    vendor_data: VendorData


class ServiceChange(Value):
    """A service whose link is to be written anew."""

    service_id: EntityId
    before: VendorData
    after: VendorData


class SyncReport(Value):
    """What a synchronization comes to.

    Every linked service is counted once, besides those created: as updated when it became SYNCED,
    as unchanged when it was and is SYNCED, and otherwise by the state it is in now, new or not.
    """

    created_count: Annotated[int, Field(ge=0)] = 0
    updated_count: Annotated[int, Field(ge=0)] = 0
    drifted_count: Annotated[int, Field(ge=0)] = 0
    not_found_count: Annotated[int, Field(ge=0)] = 0
    failed_count: Annotated[int, Field(ge=0)] = 0
    unchanged_count: Annotated[int, Field(ge=0)] = 0


class SyncPlan(Value):
    """What is to be written, what differs when it is written, and the report of it.

    `unlinked` are the active job types seen that no service is linked to, by id; `imports` are
    those of them that become services.
    """

    changes: tuple[ServiceChange, ...]
    differences: tuple[LinkedService, ...]
    unlinked: tuple[JobTypeFact, ...]
    imports: tuple[JobTypeFact, ...]
    report: SyncReport


DIFFERENT = frozenset(
    {
        VendorServiceSyncStatus.DRIFTED,
        VendorServiceSyncStatus.NOT_FOUND,
        VendorServiceSyncStatus.FAILED,
    }
)


def plan_sync(
    services: Iterable[LinkedService],
    reading: JobTypeReading,
    *,
    imports_all: bool = False,
    imports: frozenset[str] = frozenset(),
) -> SyncPlan:
    """Return what brings the services up to what was read; planning again afterwards is empty."""
    compared = [(service, compare(service.vendor_data, reading)) for service in services]
    linked = {service.vendor_data.job_type_id for service, _ in compared}
    unlinked = sorted(
        (fact for fact in reading.seen.values() if _is_bookable(fact) and fact.id not in linked),
        key=lambda fact: (len(fact.id), fact.id),
    )
    wanted = tuple(fact for fact in unlinked if imports_all or fact.id in imports)
    return SyncPlan(
        changes=tuple(
            ServiceChange(service_id=service.id, before=service.vendor_data, after=after)
            for service, after in compared
            if after != service.vendor_data
        ),
        differences=tuple(
            LinkedService(id=service.id, vendor_data=after)
            for service, after in compared
            if after.vendor_sync_status in DIFFERENT
        ),
        unlinked=tuple(unlinked),
        imports=wanted,
        report=_count(compared, created=len(wanted)),
    )


def compare(link: VendorData, reading: JobTypeReading) -> VendorData:
    """Return the link with what was read of its job type; the name an editor knows stays.

    A link without a name takes that of the job type.
    """
    if link.job_type_id in reading.unclear:
        return _with(link, VendorServiceSyncStatus.FAILED)
    if link.job_type_id in reading.gone:
        return _with(link, VendorServiceSyncStatus.NOT_FOUND)
    fact = reading.seen.get(link.job_type_id)
    if fact is None:
        return link
    known = link.model_copy(
        update={
            "job_type_name": link.job_type_name or fact.name,
            "vendor_job_type_name": fact.name,
        }
    )
    if not fact.is_active:
        return _with(known, VendorServiceSyncStatus.NOT_FOUND)
    is_same = known.job_type_name == fact.name
    status = VendorServiceSyncStatus.SYNCED if is_same else VendorServiceSyncStatus.DRIFTED
    return _with(known, status)


def import_link(fact: JobTypeFact) -> VendorData:
    """Return the link of a service made from a job type."""
    return VendorData(
        vendor_type=VendorType.SERVICETITAN,
        job_type_id=fact.id,
        job_type_name=fact.name,
        vendor_job_type_name=fact.name,
        vendor_sync_status=VendorServiceSyncStatus.SYNCED,
    )


def _with(link: VendorData, status: VendorServiceSyncStatus) -> VendorData:
    return link.model_copy(update={"vendor_sync_status": status})


def _is_bookable(fact: JobTypeFact) -> bool:
    return fact.is_active and fact.name is not None


def _count(compared: Iterable[tuple[LinkedService, VendorData]], *, created: int) -> SyncReport:
    counts = dict.fromkeys(SyncReport.model_fields, 0)
    counts["created_count"] = created
    for service, after in compared:
        counts[_counter(service.vendor_data, after)] += 1
    return SyncReport(**counts)


def _counter(before: VendorData, after: VendorData) -> str:
    match after.vendor_sync_status:
        case VendorServiceSyncStatus.DRIFTED:
            return "drifted_count"
        case VendorServiceSyncStatus.NOT_FOUND:
            return "not_found_count"
        case VendorServiceSyncStatus.FAILED:
            return "failed_count"
        case VendorServiceSyncStatus.SYNCED | VendorServiceSyncStatus.PENDING:
            return "unchanged_count" if before == after else "updated_count"
