"""Comparing services with job types."""

from typing import Any

import pytest

from app.domain.vendor import VendorData, VendorServiceSyncStatus, VendorType
from app.domain.vendor_sync import (
    JobTypeFact,
    JobTypeReading,
    LinkedService,
    SyncReport,
    compare,
    plan_sync,
)

PENDING, SYNCED, DRIFTED, NOT_FOUND, FAILED = (
    VendorServiceSyncStatus[name]
    for name in ("PENDING", "SYNCED", "DRIFTED", "NOT_FOUND", "FAILED")
)


def a_link(name: str | None = "AC Repair", **changes: Any) -> VendorData:
    return VendorData(
        vendor_type=VendorType.SERVICETITAN, job_type_id="1", job_type_name=name, **changes
    )


def a_reading(name: str | None = "AC Repair", *, is_active: bool = True) -> JobTypeReading:
    return JobTypeReading(seen={"1": JobTypeFact(id="1", name=name, is_active=is_active)})


def a_service(number: int, status: VendorServiceSyncStatus = SYNCED) -> LinkedService:
    link = VendorData(
        vendor_type=VendorType.SERVICETITAN,
        job_type_id=str(number),
        job_type_name=f"Job {number}",
        vendor_job_type_name=f"Job {number}",
        vendor_sync_status=status,
    )
    return LinkedService(id=f"{number:024x}", vendor_data=link)


def a_fact(number: int, **changes: Any) -> JobTypeFact:
    return JobTypeFact(**({"id": str(number), "name": f"Job {number}"} | changes))


@pytest.mark.parametrize(
    ("link", "reading", "status", "name", "vendor_name"),
    [
        (a_link(), a_reading(), SYNCED, "AC Repair", "AC Repair"),
        (a_link(None), a_reading(), SYNCED, "AC Repair", "AC Repair"),
        (a_link(), a_reading("Cooling"), DRIFTED, "AC Repair", "Cooling"),
        (a_link(), a_reading(is_active=False), NOT_FOUND, "AC Repair", "AC Repair"),
        (a_link(), a_reading(None), DRIFTED, "AC Repair", None),
        (a_link(), JobTypeReading(gone=frozenset("1")), NOT_FOUND, "AC Repair", None),
        (a_link(), JobTypeReading(unclear=frozenset("1")), FAILED, "AC Repair", None),
        (a_link(), JobTypeReading(), PENDING, "AC Repair", None),
        (a_link(vendor_sync_status=NOT_FOUND), a_reading(), SYNCED, "AC Repair", "AC Repair"),
        (a_link(vendor_sync_status=DRIFTED), JobTypeReading(), DRIFTED, "AC Repair", None),
    ],
)
def test_link_is_compared_with_what_was_read(
    link: VendorData,
    reading: JobTypeReading,
    status: VendorServiceSyncStatus,
    name: str,
    vendor_name: str | None,
) -> None:
    after = compare(link, reading)

    assert after.vendor_sync_status is status
    assert (after.job_type_name, after.vendor_job_type_name) == (name, vendor_name)


def test_every_service_is_counted_once_and_only_what_differs_is_written() -> None:
    services = [a_service(1), a_service(2, PENDING), *(a_service(n) for n in range(3, 7))]
    reading = JobTypeReading(
        seen={
            "1": a_fact(1),
            "2": a_fact(2),
            "3": a_fact(3, name="Renamed"),
            "4": a_fact(4, is_active=False),
            "7": a_fact(7),
            "10": a_fact(10),
            "8": a_fact(8, is_active=False),
            "9": a_fact(9, name=None),
        },
        gone=frozenset("5"),
        unclear=frozenset("6"),
    )

    plan = plan_sync(services, reading, imports=frozenset({"10", "8", "1"}))

    assert plan.report == SyncReport(
        created_count=1,
        updated_count=1,
        drifted_count=1,
        not_found_count=2,
        failed_count=1,
        unchanged_count=1,
    )
    assert [each.before.job_type_id for each in plan.changes] == ["2", "3", "4", "5", "6"]
    assert [each.vendor_data.job_type_id for each in plan.differences] == ["3", "4", "5", "6"]
    assert [fact.id for fact in plan.unlinked] == ["7", "10"]
    assert [fact.id for fact in plan.imports] == ["10"]


def test_planning_again_after_the_changes_writes_nothing() -> None:
    services = [a_service(1), a_service(2)]
    reading = JobTypeReading(seen={"1": a_fact(1, name="Renamed")}, gone=frozenset("2"))
    first = plan_sync(services, reading)

    again = plan_sync(
        [LinkedService(id=each.service_id, vendor_data=each.after) for each in first.changes],
        reading,
    )

    assert again.changes == ()
    assert again.report == first.report


@pytest.mark.parametrize(
    ("given", "status", "name"),
    [
        ("Cooling", SYNCED, "Cooling"),
        (None, SYNCED, "Cooling"),
        ("Heating", DRIFTED, "Heating"),
    ],
)
def test_name_an_editor_gives_settles_the_drift_when_it_is_the_vendors(
    given: str | None, status: VendorServiceSyncStatus, name: str
) -> None:
    drifted = compare(a_link(), a_reading("Cooling"))

    renamed = drifted.renamed(given)

    assert (renamed.vendor_sync_status, renamed.job_type_name) == (status, name)
