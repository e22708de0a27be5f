"""Synchronizing services with the job types of a stand-in behind a socket."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.documents.booking_service import BookingService
from app.documents.driver import new_id
from app.documents.vendor_account import VendorAccount
from app.domain.content import ContentConfig
from app.domain.refusal import Refused
from app.domain.vendor import VendorData, VendorServiceSyncStatus, VendorType
from app.domain.vendor_sync import SyncReport
from app.services.vendor.access import VendorAccess
from app.services.vendor.job_types import SyncOutcome, SyncWish, sync_job_types
from app.servicetitan.errors import ServiceTitanError
from tests.services.vendor.accounts import connect
from tests.servicetitan.running_stand_in import RunningStandIn

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
NAMES = {
    "5501": "HVAC - AC Repair",
    "5502": "HVAC - AC Maintenance",
    "6101": "PLM - Drain Clearing",
}


async def a_service(organization_id: str, job_type_id: str, name: str | None = None) -> str:
    """Store a service that waits for its first synchronization, and return its id."""
    service = BookingService(
        id=new_id(),
        organization_id=organization_id,
        created_at=NOW,
        updated_at=NOW,
        service_content=ContentConfig(title="A service"),
        vendor_data=VendorData(
            vendor_type=VendorType.SERVICETITAN, job_type_id=job_type_id, job_type_name=name
        ),
    )
    await service.insert()
    return service.id


async def a_company(vendor: VendorAccess, *, is_synced: bool = True) -> str:
    """Return a connected organization with three linked services."""
    organization_id = new_id()
    await connect(vendor, organization_id)
    for job_type_id, name in NAMES.items():
        await a_service(organization_id, job_type_id, name)
    if is_synced:
        await sync(vendor, organization_id)
    return organization_id


async def sync(
    vendor: VendorAccess, organization_id: str, *, now: datetime = NOW, **wish: Any
) -> SyncOutcome:
    return await sync_job_types(organization_id, SyncWish(**wish), vendor=vendor, now=now)


async def statuses(organization_id: str) -> dict[str, str]:
    services = await BookingService.find({"organization_id": organization_id}).to_list()
    links = [service.vendor_data for service in services if service.vendor_data]
    return {link.job_type_id: link.vendor_sync_status.name for link in links}


async def progress(organization_id: str) -> Any:
    account = await VendorAccount.find_of(organization_id)
    assert account
    return account.job_type_sync


def refused_code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problems[0].code.name


async def test_first_synchronization_compares_every_service(vendor: VendorAccess) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    await a_service(organization_id, "7777", "Gone")
    await a_service(organization_id, "no number")
    await a_service(organization_id, "5590", "Old name")

    outcome = await sync(vendor, organization_id)

    assert outcome.is_full
    assert outcome.plan.report == SyncReport(updated_count=3, drifted_count=1, not_found_count=2)
    assert await statuses(organization_id) == {
        **dict.fromkeys(NAMES, "SYNCED"),
        "7777": "NOT_FOUND",
        "no number": "NOT_FOUND",
        "5590": "DRIFTED",
    }
    assert len(outcome.plan.unlinked) == 11


async def test_second_synchronization_reads_changes_only_and_finds_renamed_and_inactive_rows(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor)
    stand_in.change_job_type(5501, name="Cooling repair")
    stand_in.change_job_type(6101, active=False)

    outcome = await sync(vendor, organization_id)

    assert not outcome.is_full
    assert outcome.plan.report == SyncReport(drifted_count=1, not_found_count=1, unchanged_count=1)
    drifted = [each.vendor_data for each in outcome.plan.differences]
    assert [(each.job_type_name, each.vendor_job_type_name) for each in drifted] == [
        ("HVAC - AC Repair", "Cooling repair"),
        ("PLM - Drain Clearing", "PLM - Drain Clearing"),
    ]
    again = await sync(vendor, organization_id)
    assert again.plan.changes == ()
    assert again.plan.report == outcome.plan.report


async def test_reactivated_job_type_is_synced_again(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor)
    for active in (False, True):
        stand_in.change_job_type(5501, active=active)
        outcome = await sync(vendor, organization_id)

    assert outcome.plan.report == SyncReport(updated_count=1, unchanged_count=2)


async def test_removed_row_is_found_by_the_full_pass_of_the_next_day(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor)
    stand_in.change_job_type(5501, is_removed=True)

    today = await sync(vendor, organization_id, now=NOW + timedelta(hours=23))
    tomorrow = await sync(vendor, organization_id, now=NOW + timedelta(hours=24))

    assert [today.is_full, tomorrow.is_full] == [False, True]
    assert today.plan.report == SyncReport(unchanged_count=3)
    assert tomorrow.plan.report == SyncReport(not_found_count=1, unchanged_count=2)


async def test_rows_that_move_between_pages_are_neither_missed_nor_doubled(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = new_id()
    await connect(vendor, organization_id)
    for number in range(1, 141):
        stand_in.change_job_type(10_000 + number, name=f"Job {number}")
        await a_service(organization_id, str(10_000 + number), f"Job {number}")
    # Sorted by modification the changed row leaves its page, and another one slips past the border.
    stand_in.turn(
        job_type_order="modified_on",
        between_pages=[
            {"id": 10_001, "name": "Renamed"},
            {"id": 10_002, "active": False},
            {"id": 10_003, "is_removed": True},
        ],
    )

    outcome = await sync(vendor, organization_id)

    assert outcome.plan.report == SyncReport(updated_count=137, drifted_count=1, not_found_count=2)
    ids = [fact.id for fact in outcome.plan.unlinked]
    assert len(ids) == len(set(ids)) == 15


async def test_reading_that_never_comes_to_rest_is_repeated_in_full_next_time(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    for number in range(1, 60):
        stand_in.change_job_type(10_000 + number)
    changes = [{"id": 20_000 + number, "name": "New"} for number in range(10)]
    stand_in.turn(between_pages=changes)

    await sync(vendor, organization_id)

    assert await statuses(organization_id) == dict.fromkeys(NAMES, "SYNCED")
    assert (await progress(organization_id)).last_full_at is None
    stand_in.turn()
    assert (await sync(vendor, organization_id)).is_full
    assert (await progress(organization_id)).last_full_at == NOW


@pytest.mark.parametrize("kind", ["drop", "html", "half_body", "status"])
async def test_vendor_that_fails_half_way_changes_nothing(
    vendor: VendorAccess, stand_in: RunningStandIn, kind: str
) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    for number in range(1, 60):
        stand_in.change_job_type(10_000 + number)
    stand_in.fail(kind, route="list_job_types", offset=1)

    with pytest.raises(ServiceTitanError):
        await sync(vendor, organization_id)

    assert await statuses(organization_id) == dict.fromkeys(NAMES, "PENDING")
    stand_in.turn()
    assert (await sync(vendor, organization_id)).plan.report.updated_count == 3


async def test_vendor_that_fails_for_a_while_is_asked_again(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    stand_in.fail("drop", every=2)

    assert (await sync(vendor, organization_id)).plan.report.updated_count == 3


async def test_job_type_the_vendor_gives_no_usable_answer_about_fails_alone(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    await a_service(organization_id, "7777")
    stand_in.fail("status", route="get_job_type", status=400)

    outcome = await sync(vendor, organization_id)

    assert outcome.plan.report == SyncReport(updated_count=3, failed_count=1)
    stand_in.turn()
    again = await sync(vendor, organization_id)
    assert again.plan.report == SyncReport(unchanged_count=3, not_found_count=1)


async def test_of_two_at_once_one_is_told_that_the_other_runs(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    other = await a_company(vendor, is_synced=False)
    stand_in.turn(latency_seconds=0.5)

    outcomes = await asyncio.gather(
        *(sync(vendor, each) for each in (organization_id, organization_id, other)),
        return_exceptions=True,
    )

    refused = [each for each in outcomes if isinstance(each, Refused)]
    assert [each.problems[0].code.name for each in refused] == ["SYNC_IN_PROGRESS"]
    assert stand_in.calls("list_job_types") == 2
    assert await statuses(organization_id) == dict.fromkeys(NAMES, "SYNCED")


async def test_synchronization_that_died_keeps_others_out_for_five_minutes_only(
    vendor: VendorAccess,
) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    account = await VendorAccount.find_of(organization_id)
    assert account
    assert await account.take_sync_lease(new_id(), now=NOW, until=NOW + timedelta(minutes=5))

    with pytest.raises(Refused) as refused:
        await sync(vendor, organization_id, now=NOW + timedelta(minutes=4))
    assert refused_code(refused) == "SYNC_IN_PROGRESS"

    later = await sync(vendor, organization_id, now=NOW + timedelta(minutes=5))
    assert later.plan.report.updated_count == 3


async def test_link_changed_while_job_types_are_read_is_left_and_compared_next_time(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor)
    stand_in.change_job_type(5501, name="Cooling repair")
    stand_in.turn(latency_seconds=0.2)
    running = asyncio.create_task(sync(vendor, organization_id))
    await asyncio.sleep(0.1)
    await BookingService.get_motor_collection().update_one(
        {"organization_id": organization_id, "vendor_data.job_type_id": "5501"},
        {"$set": {"vendor_data.job_type_name": "My own name"}},
    )
    await running
    assert (await statuses(organization_id))["5501"] == "SYNCED"

    stand_in.turn()
    await sync(vendor, organization_id)

    assert (await statuses(organization_id))["5501"] == "DRIFTED"


async def test_dry_run_writes_nothing(vendor: VendorAccess) -> None:
    organization_id = await a_company(vendor, is_synced=False)

    outcome = await sync(vendor, organization_id, dry_run=True)

    assert outcome.plan.report == SyncReport(updated_count=3)
    assert await statuses(organization_id) == dict.fromkeys(NAMES, "PENDING")
    assert (await progress(organization_id)).last_synced_at is None


async def test_versions_and_other_organizations_are_not_touched(vendor: VendorAccess) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    other = await a_company(vendor, is_synced=False)

    await sync(vendor, organization_id)

    assert await statuses(other) == dict.fromkeys(NAMES, "PENDING")
    services = await BookingService.find({"organization_id": organization_id}).to_list()
    assert [service.version for service in services] == [1, 1, 1]
    links = [service.vendor_data for service in services if service.vendor_data]
    assert [link.last_synced_at for link in links] == [NOW] * 3
    assert {link.vendor_sync_status for link in links} == {VendorServiceSyncStatus.SYNCED}


async def test_organization_without_an_account_and_refused_credentials_have_their_codes(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    with pytest.raises(Refused) as unconnected:
        await sync(vendor, new_id())
    organization_id = await a_company(vendor, is_synced=False)
    stand_in.turn(missing_scopes=["jpm"])
    with pytest.raises(Refused) as forbidden:
        await sync(vendor, organization_id)

    assert [refused_code(unconnected), refused_code(forbidden)] == [
        "VENDOR_NOT_CONNECTED",
        "VENDOR_REFUSED",
    ]
