"""The reports on what customers chose, on fields, on lost demand and on the vendor."""

from datetime import timedelta
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.booking import Booking
from app.documents.booking_flow import BookingFlow
from app.domain.booking_session.context import Device, DeviceType, SessionContext
from app.domain.booking_session.event_types import RecoveredProgress
from app.domain.content import ContentConfig
from app.domain.vendor import VendorBookingStatus, VendorBookingSyncStatus
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.api.sessions import Office, an_office
from tests.domain.booking_session.builders import (
    DETAILS,
    NOW,
    SERVICE,
    THROUGH_SERVICE,
    THROUGH_ZIP,
    ZIP,
    answered,
    entered,
    failed,
    updated,
)
from tests.services.analytics.histories import republish
from tests.services.booking_sessions.builders import Customer, a_customer

pytestmark = pytest.mark.usefixtures("database")

RANGE = {"from": "2026-11-20T00:00:00.000Z", "to": "2026-11-21T00:00:00.000Z"}
BOT = SessionContext(device=Device(type=DeviceType.BOT))
FURTHER = """
query ($range: DateTimeRangeInput!, $flow: ID!, $filter: AnalyticsFilterInput) {
  analytics {
    stepAbandonment(range: $range, bookingFlowId: $flow, filter: $filter) {
      rows { enteredCount } asOf
    }
    progression(range: $range, bookingFlowId: $flow, filter: $filter) { rows { count } asOf }
    funnel(range: $range, bookingFlowId: $flow, filter: $filter) { rows { enteredCount } asOf }
    breakdown(range: $range, bookingFlowId: $flow, groupBy: DAY, filter: $filter) {
      rows { startedCount } asOf
    }
    overview(range: $range, bookingFlowId: $flow, filter: $filter) {
      current { startedCount botCount } asOf
    }
    answerStatistics(range: $range, bookingFlowId: $flow, filter: $filter) { sessionCount asOf }
    fieldStatistics(range: $range, bookingFlowId: $flow, filter: $filter) {
      rows { updatingSessionCount } asOf
    }
    lostDemand(range: $range, bookingFlowId: $flow, filter: $filter) { askedCount asOf }
    vendorOutcome(range: $range, bookingFlowId: $flow, filter: $filter) { bookedCount asOf }
  }
}
"""


def flow_id(office: Office) -> str:
    return encode_id(EntityType.BOOKING_FLOW, office.place.flow.flow.booking_flow_id)


async def a_published_office() -> Office:
    office = await an_office()
    await BookingFlow(
        id=office.place.flow.flow.booking_flow_id,
        organization_id=office.place.organization_id,
        created_at=NOW,
        updated_at=NOW,
        content=ContentConfig(title="Book"),
        revision_ids=[office.place.revision_id],
    ).insert()
    return office


async def give_up(customer: Customer) -> None:
    await abandon_session(
        AbandonSession(booking_session_id=customer.session_id),
        organization_id=customer.place.organization_id,
        now=NOW + timedelta(minutes=15),
    )


async def ask(office: Office, selection: str, **variables: Any) -> Any:
    types = {"range": "DateTimeRangeInput!", "other": "DateTimeRangeInput", "flow": "ID!"}
    used = ", ".join(
        f"${name}: {type_}" for name, type_ in types.items() if f"${name}" in selection
    )
    given = {"range": RANGE, "flow": flow_id(office), **variables}
    answer = await office.client.data(f"query ({used}) {{ analytics {{ {selection} }} }}", given)
    return answer["analytics"]


async def test_overview_puts_a_range_beside_the_one_before_or_another() -> None:
    office = await an_office()
    day = timedelta(days=1)
    await give_up(await a_customer(place=office.place))
    recovered = RecoveredProgress(booking_session_id="a" * 24)
    await a_customer(place=office.place, recovered=recovered)
    await office.a_booking()
    await a_customer(place=office.place, context=BOT)
    await a_customer(place=office.place, now=NOW - day)
    for _ in range(2):
        await a_customer(place=office.place, now=NOW - 3 * day)
    numbers = """{ from to startedCount completedCount abandonedCount activeCount conversionRate
      recoveredCount recoveredCompletedCount recoveredConversionRate botCount }"""

    data = await ask(
        office,
        f"""overview(range: $range) {{ current {numbers} previous {numbers} }}
        other: overview(range: $range, comparedWith: $other) {{ previous {{ startedCount }} }}""",
        other={"from": "2026-11-17T00:00:00.000Z", "to": "2026-11-18T00:00:00.000Z"},
    )

    assert data["overview"]["current"] == {
        **RANGE,
        "startedCount": 3,
        "completedCount": 1,
        "abandonedCount": 1,
        "activeCount": 1,
        "conversionRate": 1 / 3,
        "recoveredCount": 1,
        "recoveredCompletedCount": 0,
        "recoveredConversionRate": 0.0,
        "botCount": 1,
    }
    previous = data["overview"]["previous"]
    assert (previous["from"], previous["to"]) == ("2026-11-19T00:00:00.000Z", RANGE["from"])
    assert (previous["startedCount"], previous["recoveredConversionRate"]) == (1, None)
    assert data["other"]["previous"]["startedCount"] == 2


async def test_graph_bears_the_numbers_of_its_nodes_and_edges() -> None:
    office = await a_published_office()
    await office.a_booking()
    await office.a_customer(*THROUGH_ZIP, entered(SERVICE), answered("need", "ac"))
    await office.a_customer(*THROUGH_ZIP, entered(SERVICE))
    await office.a_customer()

    counts = "reachedCount chosenCount bookedCount chosenRate bookedRate"
    data = await ask(
        office,
        f"""answerStatistics(range: $range, bookingFlowId: $flow) {{
          revision stepId sessionCount
          nodes {{ nodeId type {counts} }}
          edges {{ edgeId sourceNodeId targetNodeId {counts} }}
        }}""",
    )

    report = data["answerStatistics"]
    assert (report["revision"], report["stepId"]) == (1, office.step_id(SERVICE))
    assert report["sessionCount"] == 3
    nodes = {row.pop("nodeId"): list(row.values()) for row in report["nodes"]}
    assert {
        name: nodes[name] for name in ("need", "ac", "cooling", "checkup", "drain", "young")
    } == {
        "need": ["QUESTION_REFERENCE", 3, 2, 1, 2 / 3, 0.5],
        "ac": ["ANSWER_REFERENCE", 3, 2, 1, 2 / 3, 0.5],
        "cooling": ["QUESTION_REFERENCE", 2, 1, 1, 0.5, 1.0],
        "checkup": ["ANSWER_REFERENCE", 2, 0, 0, 0.0, None],
        "drain": ["SERVICE_REFERENCE", 3, 0, 0, 0.0, None],
        "young": ["ANSWER_REFERENCE", 1, 0, 0, 0.0, None],
    }
    edges = {
        f"{e['sourceNodeId']}>{e['targetNodeId']}": list(e.values())[3:] for e in report["edges"]
    }
    assert edges["ac>cooling"] == [2, 2, 1, 1.0, 0.5]
    assert edges["checkup>tuneup"] == [0, 0, 0, None, None]


async def test_fields_tell_updates_errors_and_times() -> None:
    office = await an_office()
    commands = (updated(ZIP, "zipcode", "0"), failed(ZIP, "zipcode"), failed(ZIP, "zipcode"))
    await office.a_customer(*commands)
    await office.a_customer(updated(ZIP, "zipcode", "01963"), failed(DETAILS, "notes"))

    data = await ask(
        office,
        """fieldStatistics(range: $range) { rows { stepId stepName stepType field updateCount
        updatingSessionCount errorCount failingSessionCount errorRate medianTimeMs p90TimeMs } }""",
    )

    five_minutes = 5 * 60_000
    assert [list(row.values()) for row in data["fieldStatistics"]["rows"]] == [
        [
            *(office.step_id(ZIP), "zipcode", "ZIPCODE", "zipcode"),
            *(2, 2, 2, 1, 1.0, five_minutes, five_minutes),
        ],
        [office.step_id(DETAILS), "details", "DETAILS", "notes", 0, 0, 1, 1, None, None, None],
    ]


async def test_zip_codes_not_covered_are_lost_demand_once_the_session_ended() -> None:
    office = await an_office()
    for zipcode, ends in (("99999", True), ("99999", True), ("99999", False), ("10001", True)):
        customer = await office.a_customer(updated(ZIP, "zipcode", zipcode))
        if ends:
            await give_up(customer)
    await office.a_customer(*THROUGH_SERVICE)
    await office.a_customer(updated(ZIP, "zipcode", "no zip code"))

    data = await ask(
        office,
        """lostDemand(range: $range) { askedCount lostCount activeCount lostRate
        rows { zipcode sessionCount activeCount } }""",
    )

    assert data["lostDemand"] == {
        "askedCount": 5,
        "lostCount": 3,
        "activeCount": 1,
        "lostRate": 0.6,
        "rows": [
            {"zipcode": "99999", "sessionCount": 2, "activeCount": 1},
            {"zipcode": "10001", "sessionCount": 1, "activeCount": 0},
        ],
    }


async def test_bookings_that_became_jobs_are_measured_against_those_the_vendor_told_of() -> None:
    office = await an_office()
    synced = {"vendor_sync_status": VendorBookingSyncStatus.SYNCED.value}
    states: list[dict[str, Any]] = [
        {**synced, "vendor_status": VendorBookingStatus.CONVERTED.value, "vendor_job_id": "7"},
        {**synced, "vendor_status": VendorBookingStatus.DISMISSED.value},
        {**synced, "vendor_status": VendorBookingStatus.NEW.value},
        synced,
        {"vendor_sync_status": VendorBookingSyncStatus.FAILED.value},
    ]
    for state in states:
        customer, _ = await office.a_booking()
        await Booking.get_motor_collection().update_one(
            {"booking_session_id": customer.session_id}, {"$set": state}
        )

    data = await ask(
        office,
        """vendorOutcome(range: $range) { bookedCount cancelledCount syncedCount pendingCount
        failedCount knownCount jobCount dismissedCount jobRate }""",
    )

    assert list(data["vendorOutcome"].values()) == [5, 0, 4, 0, 1, 3, 1, 1, 1 / 3]


@pytest.mark.parametrize(
    ("wanted", "sessions", "on_graph"),
    [
        ({}, 2, 1),
        ({"includeBots": True}, 3, 2),
        ({"deviceType": "BOT"}, 1, 1),
        ({"revision": 1}, 1, 1),
        ({"revision": 9}, 0, None),
        ({"routingRuleId": "$ne"}, 0, 0),
        ({"utmCampaign": "none"}, 0, 0),
    ],
)
async def test_every_report_counts_the_sessions_of_the_filter(
    wanted: dict[str, Any], sessions: int, on_graph: int | None
) -> None:
    office = await a_published_office()
    second = await republish(office.place, steps=(ZIP, SERVICE), revision=2)
    flow = await BookingFlow.get(office.place.flow.flow.booking_flow_id)
    assert flow is not None
    await flow.set({BookingFlow.revision_ids: [office.place.revision_id, second.revision_id]})
    steps = (updated(ZIP, "zipcode", "01963"), *THROUGH_ZIP, entered(SERVICE))
    await office.a_customer(*steps)
    await a_customer(*steps, place=second)
    await a_customer(*steps, place=second, context=BOT)
    office.client.now = NOW + timedelta(days=1)

    answer = await office.client.data(
        FURTHER, {"range": RANGE, "flow": flow_id(office), "filter": wanted}
    )

    report = answer["analytics"]
    rows = "stepAbandonment", "progression", "funnel", "breakdown", "fieldStatistics"
    counts = {name: [next(iter(row.values())) for row in report[name]["rows"]] for name in rows}
    assert counts["stepAbandonment"][:1] == counts["funnel"][:1] == [sessions] * (sessions > 0)
    assert counts["breakdown"] == counts["fieldStatistics"] == [sessions] * (sessions > 0)
    assert sum(counts["progression"]) == sessions
    assert report["overview"]["current"]["startedCount"] == sessions
    assert report["lostDemand"]["askedCount"] == sessions
    assert report["vendorOutcome"]["bookedCount"] == 0
    # The graph is that of the newest revision, unless the filter says which.
    graph = report["answerStatistics"]
    assert (graph and graph["sessionCount"]) == on_graph
    assert {each["asOf"] for each in report.values() if each} == {"2026-11-21T15:00:00.000Z"}


async def test_flows_of_others_have_no_sessions_and_no_graph() -> None:
    office, stranger = await a_published_office(), await an_office("Other")
    await office.a_customer(*THROUGH_SERVICE)

    for flow in (flow_id(office), "nonsense", encode_id(EntityType.BOOKING_FLOW, "f" * 24)):
        answer = await stranger.client.data(FURTHER, {"range": RANGE, "flow": flow})
        report = answer["analytics"]
        assert report["answerStatistics"] is None
        assert report["overview"]["current"] == {"startedCount": 0, "botCount": 0}
        assert report["lostDemand"]["askedCount"] == 0
        assert [report["funnel"]["rows"], report["fieldStatistics"]["rows"]] == [[], []]


@pytest.mark.parametrize(
    ("selection", "argument"),
    [
        ("overview(range: $range, filter: {revision: 1}) { asOf }", "filter"),
        ("funnel(range: $range, bookingFlowId: $flow, filter: {revision: 0}) { asOf }", "filter"),
        ("overview(range: $range, comparedWith: $other) { asOf }", "comparedWith"),
        ("lostDemand(range: $other) { asOf }", "range"),
        ("fieldStatistics(range: $other) { asOf }", "range"),
        ("vendorOutcome(range: $other) { asOf }", "range"),
        ("answerStatistics(range: $other, bookingFlowId: $flow) { asOf }", "range"),
    ],
)
async def test_what_makes_no_sense_is_refused(selection: str, argument: str) -> None:
    office = await an_office()
    query = (
        "query ($range: DateTimeRangeInput!, $other: DateTimeRangeInput!, $flow: ID!) "
        f"{{ analytics {{ {selection} progression(range: $range) {{ asOf }} "
        "p: progression(range: $other, bookingFlowId: $flow) { asOf } } }"
    )
    reversed_range = {"from": RANGE["to"], "to": RANGE["from"]}

    answer = await office.client.execute(
        query, {"range": RANGE, "other": reversed_range, "flow": flow_id(office)}
    )

    found = {(e["extensions"]["code"], e["extensions"].get("argument")) for e in answer["errors"]}
    assert ("BAD_USER_INPUT", argument) in found
