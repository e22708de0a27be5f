"""The times of a step as a widget asks for them, and why there may be none."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.api.ids import EntityType, encode_id
from app.documents.booking_service import BookingService
from app.domain.content import ContentConfig
from app.domain.vendor import VendorData, VendorType
from app.domain.vendor_account import CapacityOutagePolicy
from app.services.timeslots import availability
from app.services.timeslots.vendor_capacity import CapacityDesk, CapacityQuestion
from app.services.vendor.access import VendorAccess
from tests.api.client import ApiClient
from tests.api.sessions import Office, an_office
from tests.domain.booking_session.builders import AC_REPAIR, TIME
from tests.services.booking_sessions.builders import LATER
from tests.services.timeslots.visits import UP_TO_TIME
from tests.services.vendor.accounts import an_access, connect
from tests.servicetitan.conftest import shared_stand_in, stand_in
from tests.servicetitan.running_stand_in import RunningStandIn

__all__ = ["shared_stand_in", "stand_in"]
pytestmark = pytest.mark.usefixtures("database")

QUERY = """query ($stepId: ID!, $serviceId: ID) {
  timeslotAvailability(
    stepId: $stepId, startDate: "2026-11-24", endDate: "2026-11-24", serviceId: $serviceId
  ) { timeslots { startTime } unavailableReason }
  availableTimeslots(stepId: $stepId, startDate: "2026-11-24", endDate: "2026-11-24") { startTime }
}"""


@pytest_asyncio.fixture
async def vendor(stand_in: RunningStandIn, tmp_path: Path) -> AsyncIterator[VendorAccess]:
    async with an_access(stand_in, data_dir=tmp_path, attempts=1) as access:
        yield access


async def a_widget(office: Office, vendor: VendorAccess) -> ApiClient:
    """Return the client of a session that has come to the calendar, with AC repair selected."""
    customer = await office.a_customer(*UP_TO_TIME)
    client = office.client.with_session(customer.session_id)
    client.now, client.vendor = LATER, vendor
    return client


async def ask(office: Office, client: ApiClient, **variables: Any) -> Any:
    return await client.data(QUERY, {"stepId": office.step_id(TIME), **variables})


async def test_an_outage_shows_no_times_and_says_why(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    office = await an_office()
    policy = CapacityOutagePolicy.SHOW_FALLBACK_PHONE
    await connect(
        vendor,
        office.place.organization_id,
        capacity_enabled=True,
        capacity_outage_policy=policy,
    )
    stand_in.fail("drop")

    answer = await ask(office, await a_widget(office, vendor))

    assert answer["timeslotAvailability"] == {
        "timeslots": [],
        "unavailableReason": "VENDOR_UNREACHABLE",
    }
    assert answer["availableTimeslots"] == []


async def test_without_an_outage_both_queries_show_the_same_times(vendor: VendorAccess) -> None:
    office = await an_office()

    answer = await ask(office, await a_widget(office, vendor))

    assert len(answer["availableTimeslots"]) == 2
    assert answer["timeslotAvailability"] == {
        "timeslots": answer["availableTimeslots"],
        "unavailableReason": None,
    }


async def test_the_vendor_is_asked_for_the_job_type_of_the_selected_service(
    vendor: VendorAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await an_office()
    await connect(vendor, office.place.organization_id, capacity_enabled=True)
    await BookingService(
        id=AC_REPAIR,
        organization_id=office.place.organization_id,
        created_at=LATER,
        updated_at=LATER,
        service_content=ContentConfig(title="AC repair"),
        vendor_data=VendorData(vendor_type=VendorType.SERVICETITAN, job_type_id="4711"),
    ).insert()
    asked: list[CapacityQuestion] = []

    class ListeningDesk(CapacityDesk):
        async def ask(self, question: CapacityQuestion) -> Any:
            asked.append(question)
            return await super().ask(question)

    monkeypatch.setattr(availability, "capacity_desk", ListeningDesk)
    client = await a_widget(office, vendor)
    await ask(office, client)
    await ask(office, client, serviceId=encode_id(EntityType.BOOKING_SERVICE, "f" * 24))

    job_types = [question.job_type_id for question in asked]
    assert job_types[:2] == [4711, 4711]
    assert set(job_types[2:]) == {4711, None}


@pytest.mark.parametrize("service_id", ["nonsense", encode_id(EntityType.BOOKING, "f" * 24)])
async def test_an_id_of_no_service_is_bad_input(service_id: str, vendor: VendorAccess) -> None:
    office = await an_office()
    client = await a_widget(office, vendor)

    variables = {"stepId": office.step_id(TIME), "serviceId": service_id}
    answer = await client.execute(QUERY, variables)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
