"""The reports on many sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.domain.access import OrganizationCredential, Role
from app.domain.booking_session.context import (
    Device,
    DeviceType,
    RouteTaken,
    SessionContext,
    UtmParameters,
)
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.api.sessions import Office, an_office
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import (
    AC_REPAIR,
    NOW,
    SERVICE,
    STEPS,
    THROUGH_SERVICE,
    THROUGH_SUMMARY,
    THROUGH_ZIP,
    ZIP,
    entered,
)
from tests.services.booking_sessions.builders import a_customer

pytestmark = pytest.mark.usefixtures("database")

ANALYTICS = load_operations("admin.graphql")["Analytics"]
BREAKDOWN = """
query ($range: DateTimeRangeInput!, $flow: ID, $by: BreakdownDimension!, $zone: String! = "UTC") {
  analytics {
    breakdown(range: $range, bookingFlowId: $flow, groupBy: $by, timeZone: $zone) {
      rows { key startedCount completedCount abandonedCount activeCount conversionRate }
    }
  }
}
"""
RANGE = {"from": "2026-11-20T00:00:00.000Z", "to": "2026-11-21T00:00:00.000Z"}
SPRING = SessionContext(
    utm=UtmParameters(source="google", medium="cpc", campaign="spring"),
    device=Device(type=DeviceType.MOBILE),
    route=RouteTaken(rule_id="rule-1"),
)


async def an_office_with_sessions() -> Office:
    """One visitor gives up on the service step, one books, one is on the zip step."""
    office = await an_office()
    lost = await a_customer(*THROUGH_ZIP, entered(SERVICE), place=office.place, context=SPRING)
    await abandon_session(
        AbandonSession(booking_session_id=lost.session_id),
        organization_id=office.place.organization_id,
        now=NOW + timedelta(minutes=15),
    )
    booked = await a_customer(*THROUGH_SUMMARY, place=office.place, context=SPRING)
    await booked.complete()
    await a_customer(place=office.place)
    return office


def flow_id(office: Office) -> str:
    return encode_id(EntityType.BOOKING_FLOW, office.place.flow.flow.booking_flow_id)


def code_and_argument(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        (error["extensions"]["code"], error["extensions"].get("argument"))
        for error in answer["errors"]
    ]


async def test_the_admin_app_reads_all_reports_in_one_operation() -> None:
    office = await an_office_with_sessions()

    data = await office.client.data(ANALYTICS, {"range": RANGE, "bookingFlowId": flow_id(office)})

    report = data["analytics"]
    assert report["stepAbandonment"]["rows"][:2] == [
        {
            "stepId": office.step_id(ZIP),
            "stepName": "zipcode",
            "stepType": "ZIPCODE",
            "enteredCount": 3,
            "abandonmentCount": 0,
            "abandonmentRate": 0.0,
        },
        {
            "stepId": office.step_id(SERVICE),
            "stepName": "service_selection",
            "stepType": "SERVICE_SELECTION",
            "enteredCount": 2,
            "abandonmentCount": 1,
            "abandonmentRate": 0.5,
        },
    ]
    assert report["progression"]["rows"] == [
        progressed("ACTIVE", 0, 0.0),
        progressed("COMPLETED", 6, 100.0),
        progressed("ABANDONED", 1, pytest.approx(100 / 6)),
    ]
    assert [row["stepId"] for row in report["funnel"]["rows"]] == [
        office.step_id(step) for step in STEPS
    ]
    five_minutes = 5 * 60_000
    assert [list(row.values())[2:] for row in report["funnel"]["rows"]] == [
        [3, 2, 0, 1, five_minutes, five_minutes],
        [2, 1, 1, 0, five_minutes, 9 * 60_000],
        *[[1, 1, 0, 0, 0, 0]] * 4,
    ]
    assert report["breakdown"]["rows"] == [
        {
            "key": "spring",
            "startedCount": 2,
            "completedCount": 1,
            "abandonedCount": 1,
            "conversionRate": 0.5,
        },
        {
            "key": None,
            "startedCount": 1,
            "completedCount": 0,
            "abandonedCount": 0,
            "conversionRate": 0.0,
        },
    ]


def progressed(status: str, completed: int, percentage: Any) -> dict[str, Any]:
    return {
        "status": status,
        "stepsCompleted": completed,
        "totalSteps": 6,
        "count": 1,
        "completionPercentage": percentage,
    }


async def test_keys_are_those_clients_know() -> None:
    office = await an_office_with_sessions()
    await a_customer(*THROUGH_SERVICE, place=office.place)
    service = encode_id(EntityType.BOOKING_SERVICE, AC_REPAIR)

    keys = {}
    for dimension in ("UTM_SOURCE", "UTM_MEDIUM", "ROUTING_RULE", "SERVICE", "DEVICE"):
        data = await office.client.data(BREAKDOWN, {"range": RANGE, "by": dimension})
        rows = data["analytics"]["breakdown"]["rows"]
        keys[dimension] = [(row["key"], row["startedCount"], row["activeCount"]) for row in rows]

    assert keys == {
        "UTM_SOURCE": [("google", 2, 0), (None, 2, 2)],
        "UTM_MEDIUM": [("cpc", 2, 0), (None, 2, 2)],
        "ROUTING_RULE": [("rule-1", 2, 0), (None, 2, 2)],
        "SERVICE": [(service, 2, 1), (None, 2, 1)],
        "DEVICE": [("MOBILE", 2, 0), ("UNKNOWN", 2, 2)],
    }


async def test_days_are_those_of_the_time_zone() -> None:
    office = await an_office()
    for hour in (3, 4, 5):
        moment = datetime(2026, 11, 20, hour, 59, 59, 999_000, tzinfo=UTC)
        await a_customer(place=office.place, now=moment)

    days = {}
    for zone in ("UTC", "America/New_York"):
        data = await office.client.data(BREAKDOWN, {"range": RANGE, "by": "DAY", "zone": zone})
        rows = data["analytics"]["breakdown"]["rows"]
        days[zone] = [(row["key"], row["startedCount"]) for row in rows]

    assert days == {
        "UTC": [("2026-11-20", 3)],
        "America/New_York": [("2026-11-19", 2), ("2026-11-20", 1)],
    }


async def test_foreign_malformed_and_unknown_flows_have_no_sessions() -> None:
    office, stranger = await an_office_with_sessions(), await an_office("Other")
    unknown = encode_id(EntityType.BOOKING_FLOW, "f" * 24)

    for client, flow in (
        (stranger.client, flow_id(office)),
        (stranger.client, None),
        (office.client, flow_id(stranger)),
        (office.client, unknown),
        (office.client, "nonsense"),
        (office.client, encode_id(EntityType.BOOKING_SERVICE, "f" * 24)),
    ):
        data = await client.data(ANALYTICS, {"range": RANGE, "bookingFlowId": flow})
        assert [report["rows"] for report in data["analytics"].values()] == [[]] * 4


@pytest.mark.parametrize(
    "bad",
    [
        {"from": RANGE["to"], "to": RANGE["from"]},
        {"from": "0001-01-01T00:00:00.000Z", "to": RANGE["to"]},
        {"from": RANGE["from"], "to": "9999-12-31T23:59:59.999Z"},
    ],
)
async def test_ranges_that_make_no_sense_are_refused(bad: dict[str, str]) -> None:
    office = await an_office()

    answer = await office.client.execute(ANALYTICS, {"range": bad})

    assert set(code_and_argument(answer)) == {("BAD_USER_INPUT", "range")}


async def test_range_that_ends_where_it_begins_has_no_sessions() -> None:
    office = await an_office()
    await a_customer(place=office.place, now=NOW)
    moment = "2026-11-20T15:00:00.000Z"

    data = await office.client.data(ANALYTICS, {"range": {"from": moment, "to": moment}})

    assert data["analytics"]["progression"]["rows"] == []


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "America", "a\0b"])
@pytest.mark.parametrize("dimension", ["DAY", "DEVICE"])
async def test_unknown_time_zones_are_refused(zone: str, dimension: str) -> None:
    office = await an_office()

    answer = await office.client.execute(BREAKDOWN, {"range": RANGE, "by": dimension, "zone": zone})

    assert code_and_argument(answer) == [("BAD_USER_INPUT", "timeZone")]


async def test_analysts_read_reports_and_session_tokens_do_not() -> None:
    office = await an_office()
    customer = await office.a_customer()
    assert isinstance(office.client.credential, OrganizationCredential)
    analyst = office.client.credential.model_copy(update={"role": Role.ANALYST})

    answered = await office.client.execute(ANALYTICS, {"range": RANGE}, as_=analyst)
    refused = await office.client.with_session(customer.session_id).execute(
        ANALYTICS, {"range": RANGE}
    )

    assert answered["data"]["analytics"]["progression"]["rows"] == [progressed("ACTIVE", 0, 0.0)]
    assert code_and_argument(refused) == [("FORBIDDEN", None)]
