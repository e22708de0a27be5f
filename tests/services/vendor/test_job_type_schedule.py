"""The worker's turn at every connected organization."""

import asyncio
from datetime import timedelta

import pytest

from app.documents.driver import new_id
from app.services.vendor.access import VendorAccess
from app.services.vendor.job_type_schedule import sync_due_accounts
from tests.services.vendor.accounts import connect
from tests.services.vendor.test_job_types import NAMES, NOW, a_company, statuses
from tests.servicetitan.running_stand_in import RunningStandIn

pytestmark = pytest.mark.usefixtures("database")

HOUR = timedelta(hours=1)


async def run_worker(vendor: VendorAccess, *, hours: float = 0) -> dict[str, int]:
    return await sync_due_accounts(
        vendor=vendor, now=NOW + hours * HOUR, interval=HOUR, stopped=asyncio.Event()
    )


async def test_every_organization_has_a_turn_at_the_interval_and_one_that_fails_stops_no_other(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    organization_id = await a_company(vendor, is_synced=False)
    broken = new_id()
    await connect(vendor, broken, sealed_credentials="of a key that was lost")

    first = await run_worker(vendor)
    soon = await run_worker(vendor, hours=0.9)
    stand_in.change_job_type(5501, name="Cooling repair")
    later = await run_worker(vendor, hours=1)

    assert first == {
        "synced_count": 1,
        "drifted_count": 0,
        "not_found_count": 0,
        "failed_count": 1,
    }
    assert set(soon.values()) == {0}
    assert (later["synced_count"], later["drifted_count"], later["failed_count"]) == (1, 1, 1)
    assert await statuses(organization_id) == {**dict.fromkeys(NAMES, "SYNCED"), "5501": "DRIFTED"}


async def test_of_two_workers_one_takes_the_turn(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    await a_company(vendor, is_synced=False)

    outcomes = await asyncio.gather(run_worker(vendor), run_worker(vendor))

    assert sorted(outcome["synced_count"] for outcome in outcomes) == [0, 1]
    assert stand_in.calls("list_job_types") == 1
