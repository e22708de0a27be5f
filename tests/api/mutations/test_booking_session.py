"""Starting, recording, completing and abandoning, as the widget does."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.api.ids import EntityType, decode_id, encode_id
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import CommandCounter, Database
from tests.api.client import ApiClient, an_anonymous_client, an_organization
from tests.api.site import PAGE, Site, a_site
from tests.contract.journey import load_operations

OPERATIONS = load_operations("widget.graphql")
NEW_YORK = ZoneInfo("America/New_York")


async def start(site: Site, **input_: Any) -> dict[str, Any]:
    variables = {
        "input": {
            "publishableKey": site.config.publishable_key,
            "context": {"url": PAGE},
            **input_,
        }
    }
    data = await an_anonymous_client().data(OPERATIONS["StartBookingSession"], variables)
    payload: dict[str, Any] = data["startBookingSession"]
    return payload


class Customer:
    """The customer of one started session."""

    def __init__(self, site: Site, session: dict[str, Any]) -> None:
        self.site = site
        self.id = session["id"]
        raw_id = decode_id(EntityType.BOOKING_SESSION, self.id)
        assert raw_id is not None
        self.raw_id = raw_id
        self.client: ApiClient = site.client.with_session(raw_id)

    async def record(self, *events: dict[str, Any], **input_: Any) -> dict[str, Any]:
        variables = {"input": {"bookingSessionId": self.id, "events": list(events), **input_}}
        data = await self.client.data(OPERATIONS["RecordBookingSessionEvents"], variables)
        payload: dict[str, Any] = data["recordBookingSessionEvents"]
        return payload

    def event(self, client_event_id: str, position: int, **data: Any) -> dict[str, Any]:
        return {
            "clientEventId": client_event_id,
            "stepId": self.site.step_id(position),
            "data": data,
        }

    async def event_count(self) -> int:
        return await BookingSessionEventDocument.find({"booking_session_id": self.raw_id}).count()

    async def complete(self, key: str = "k") -> dict[str, Any]:
        variables = {"input": {"bookingSessionId": self.id, "idempotencyKey": key}}
        data = await self.client.data(OPERATIONS["CompleteBookingSession"], variables)
        payload: dict[str, Any] = data["completeBookingSession"]
        return payload

    async def fill_in(self) -> None:
        """Do everything up to the booking itself."""
        start_time, end_time = a_slot()
        recorded = await self.record(
            self.event("1", 0, stepCompleted={"formData": {"zipcode": "01901"}}),
            self.event("2", 1, stepEntered={}),
            self.event("3", 1, questionAnswered={"questionNodeId": "q0", "answerNodeId": "this0"}),
            self.event("4", 1, stepCompleted={}),
            self.event("5", 2, stepEntered={}),
            self.event("6", 2, stepCompleted={}),
            self.event("7", 3, stepEntered={}),
            self.event("8", 3, timeslotSelected={"startTime": start_time, "endTime": end_time}),
            self.event("9", 3, stepCompleted={}),
            self.event("10", 4, stepEntered={}),
            self.event(
                "11", 4, stepCompleted={"formData": {"firstName": "Rosa", "phone": "+17815550199"}}
            ),
            self.event("12", 5, stepEntered={}),
            self.event("13", 5, stepCompleted={"formData": {"consent": True}}),
        )
        assert recorded["userErrors"] == []


def a_slot(days_ahead: int = 3) -> tuple[str, str]:
    day = (datetime.now(NEW_YORK) + timedelta(days=days_ahead)).date()
    start_time = datetime(day.year, day.month, day.day, 8, tzinfo=NEW_YORK)
    return to_text(start_time), to_text(start_time.replace(hour=12))


def to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def a_customer(site: Site | None = None) -> Customer:
    site = site or await a_site()
    return Customer(site, (await start(site))["bookingSession"])


def codes(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def test_same_idempotency_key_starts_one_session(database: Database) -> None:
    site = await a_site()

    first = await start(site, idempotencyKey="same")
    again = await start(site, idempotencyKey="same")

    assert again == first
    assert await BookingSession.find({"organization_id": site.organization_id}).count() == 1


async def test_idempotency_key_with_another_request_is_refused(database: Database) -> None:
    site = await a_site()
    await start(site, idempotencyKey="same")

    payload = await start(site, idempotencyKey="same", context={"url": f"{PAGE}other"})

    assert codes(payload) == [("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])]
    assert payload["sessionToken"] is None


async def test_unknown_publishable_key_is_not_found(database: Database) -> None:
    site = await a_site()
    site.config.publishable_key = "wpk_unknown"

    payload = await start(site)

    assert codes(payload) == [("NOT_FOUND", ["input", "publishableKey"])]


async def test_null_is_the_same_as_nothing_reported_of_the_device(database: Database) -> None:
    site = await a_site()

    for reported in (None, {}, {"device": None, "locale": None}):
        assert codes(await start(site, sessionContext=reported)) == []


async def test_no_published_flow_is_not_published(database: Database) -> None:
    site = await a_site()
    site.config.default_booking_flow_id = None
    await site.config.save()

    payload = await start(site)

    assert [code for code, _ in codes(payload)] == ["NOT_PUBLISHED"]


async def test_session_is_resumed_with_the_same_state(database: Database) -> None:
    customer = await a_customer()
    recorded = await customer.record(
        customer.event("1", 0, fieldUpdated={"field": "zipcode", "value": "01901"})
    )

    resumed = await customer.client.data(OPERATIONS["ResumeBookingSession"], {"id": customer.id})

    assert resumed["bookingSession"] == recorded["bookingSession"]
    assert resumed["bookingSession"]["currentState"]["formData"] == {
        customer.site.step_id(0): {"zipcode": "01901"}
    }


async def test_repeated_event_is_a_duplicate_and_stored_once(database: Database) -> None:
    customer = await a_customer()
    event = customer.event("1", 0, fieldUpdated={"field": "zipcode", "value": "0190"})
    first = await customer.record(event)

    again = await customer.record(event)

    assert again["results"][0] == {**first["results"][0], "status": "DUPLICATE"}
    assert again["bookingSession"] == first["bookingSession"]
    assert await customer.event_count() == 2


async def test_client_event_id_with_other_content_is_refused(database: Database) -> None:
    customer = await a_customer()
    await customer.record(customer.event("1", 0, fieldUpdated={"field": "zipcode", "value": "0"}))

    payload = await customer.record(
        customer.event("2", 0, stepEntered={}),
        customer.event("1", 0, fieldUpdated={"field": "zipcode", "value": "1"}),
    )

    assert codes(payload) == [("EVENT_ID_CONFLICT", ["input", "events", "1", "clientEventId"])]
    assert await customer.event_count() == 2


async def test_refused_event_refuses_its_whole_batch(database: Database) -> None:
    customer = await a_customer()

    payload = await customer.record(
        customer.event("1", 0, stepCompleted={"formData": {"zipcode": "01901"}}),
        customer.event("2", 4, stepEntered={}),
    )

    assert codes(payload) == [("STEP_NOT_REACHED", ["input", "events", "1", "stepId"])]
    assert payload["bookingSession"] is None
    assert await customer.event_count() == 1


async def test_answer_outside_the_graph_is_refused(database: Database) -> None:
    customer = await a_customer()
    await customer.record(customer.event("1", 0, stepCompleted={"formData": {"zipcode": "01901"}}))

    payload = await customer.record(
        customer.event("2", 1, questionAnswered={"questionNodeId": "q0", "answerNodeId": "nowhere"})
    )

    assert codes(payload) == [
        ("NODE_NOT_REACHABLE", ["input", "events", "0", "data", "answerNodeId"])
    ]
    assert await customer.event_count() == 2


async def test_uncovered_zipcode_is_refused(database: Database) -> None:
    customer = await a_customer()

    payload = await customer.record(
        customer.event("1", 0, stepCompleted={"formData": {"zipcode": "99999"}})
    )

    assert codes(payload) == [
        ("ZIPCODE_NOT_COVERED", ["input", "events", "0", "data", "formData", "zipcode"])
    ]


@pytest.mark.parametrize("count", [0, 101])
async def test_batch_size_is_bounded(database: Database, count: int) -> None:
    customer = await a_customer()

    payload = await customer.record(
        *(customer.event(str(number), 0, stepEntered={}) for number in range(count))
    )

    assert codes(payload) == [("OUT_OF_RANGE", ["input", "events"])]
    assert await customer.event_count() == 1


async def test_stale_expected_sequence_is_a_conflict(database: Database) -> None:
    customer = await a_customer()
    await customer.record(customer.event("1", 0, stepEntered={}))

    payload = await customer.record(customer.event("2", 0, stepEntered={}), expectedSequence=1)

    assert codes(payload) == [("SEQUENCE_CONFLICT", ["input", "expectedSequence"])]
    assert "2" in payload["userErrors"][0]["message"]


async def test_token_opens_its_own_session_only(database: Database) -> None:
    site = await a_site()
    mine, other = await a_customer(site), await a_customer(site)
    variables = {
        "input": {"bookingSessionId": other.id, "events": [other.event("1", 0, stepEntered={})]}
    }

    recorded = await mine.client.data(OPERATIONS["RecordBookingSessionEvents"], variables)
    seen = await mine.client.data(OPERATIONS["ResumeBookingSession"], {"id": other.id})

    assert codes(recorded["recordBookingSessionEvents"]) == [
        ("NOT_FOUND", ["input", "bookingSessionId"])
    ]
    assert seen == {"bookingSession": None}
    assert await other.event_count() == 1


@pytest.mark.parametrize(
    "session_id", ["garbage", "", "é", encode_id(EntityType.BOOKING, "a" * 24)]
)
async def test_malformed_and_foreign_session_ids_answer_alike(
    database: Database, session_id: str
) -> None:
    site = await a_site()
    stranger = await an_organization("Stranger")
    variables = {"input": {"bookingSessionId": session_id, "idempotencyKey": "k"}}
    foreign = {"input": {"bookingSessionId": (await a_customer(site)).id, "idempotencyKey": "k"}}

    malformed_answer = await stranger.data(OPERATIONS["CompleteBookingSession"], variables)
    foreign_answer = await stranger.data(OPERATIONS["CompleteBookingSession"], foreign)

    assert malformed_answer == foreign_answer
    assert codes(foreign_answer["completeBookingSession"]) == [
        ("NOT_FOUND", ["input", "bookingSessionId"])
    ]


async def test_completion_reports_everything_that_is_missing(database: Database) -> None:
    customer = await a_customer()

    payload = await customer.complete()

    assert sorted(code for code, _ in codes(payload)) == [
        "INCOMPLETE_STEPS",
        "SERVICE_NOT_SELECTED",
        "TIMESLOT_NOT_SELECTED",
    ]
    assert payload["booking"] is None


async def test_same_key_completes_once(database: Database) -> None:
    customer = await a_customer()
    await customer.fill_in()

    first = await customer.complete("once")
    again = await customer.complete("once")
    other = await customer.complete("twice")

    assert first["userErrors"] == []
    assert again == first
    assert codes(other) == [("SESSION_CLOSED", ["input", "bookingSessionId"])]


async def test_window_takes_no_more_bookings_than_its_capacity(database: Database) -> None:
    site = await a_site(capacity=1)
    first, second = await a_customer(site), await a_customer(site)
    await first.fill_in()
    await second.fill_in()

    booked = await first.complete()
    refused = await second.complete()

    assert booked["userErrors"] == []
    assert codes(refused) == [("TIMESLOT_UNAVAILABLE", ["input", "bookingSessionId"])]
    assert refused["bookingSession"] is None


async def test_abandoned_session_keeps_what_was_chosen_and_takes_nothing_more(
    database: Database,
) -> None:
    customer = await a_customer()
    await customer.fill_in()

    data = await customer.client.data(
        OPERATIONS["AbandonBookingSession"], {"input": {"bookingSessionId": customer.id}}
    )
    refused = await customer.record(customer.event("99", 0, stepEntered={}))

    session = data["abandonBookingSession"]["bookingSession"]
    assert session["__typename"] == "AbandonedBookingSession"
    assert session["abandoned"]["reason"] == "CUSTOMER"
    assert session["abandoned"]["dropOffStepId"] == customer.site.step_id(5)
    assert session["abandoned"]["selectedTimeslot"]["startTime"] == a_slot()[0]
    assert session["currentState"]["tempSelections"] is None
    assert codes(refused) == [("SESSION_CLOSED", ["input", "bookingSessionId"])]


async def test_recording_costs_two_commands_whatever_the_batch(
    database: Database, command_counter: CommandCounter
) -> None:
    customer = await a_customer()
    costs: list[list[str]] = []

    for size in (1, 1, 50):
        with command_counter.counting() as commands:
            await customer.record(
                *(customer.event(f"{len(costs)}-{n}", 0, stepEntered={}) for n in range(size))
            )
        costs.append(list(commands))

    write = ["insert booking_session_events", "update booking_sessions"]
    assert costs == [write, write, write]


async def test_events_recorded_together_share_their_commands(
    database: Database, command_counter: CommandCounter
) -> None:
    site = await a_site()
    customers = [await a_customer(site) for _ in range(20)]
    for customer in customers:
        await customer.record(customer.event("warm", 0, stepEntered={}))

    with command_counter.counting() as commands:
        await asyncio.gather(
            *(customer.record(customer.event("1", 0, stepEntered={})) for customer in customers)
        )

    assert commands.count("insert booking_session_events") <= 3
    assert len(commands) <= 6
    assert [await customer.event_count() for customer in customers] == [3] * 20


@pytest.mark.parametrize("step", ["nonsense", encode_id(EntityType.BOOKING_FLOW_STEP, "f" * 24)])
async def test_step_of_no_flow_is_not_in_this_one_however_it_is_written(
    database: Database, step: str
) -> None:
    customer = await a_customer()

    entered = {**customer.event("1", 0, stepEntered={}), "stepId": step}
    arrived = customer.event("1", 0, stepEntered={"fromStepId": step})
    returned = customer.event("1", 0, navigationBack={"toStepId": step})

    path = ["input", "events", "0"]
    assert [codes(await customer.record(each)) for each in (entered, arrived, returned)] == [
        [("STEP_NOT_IN_FLOW", [*path, "stepId"])],
        [("STEP_NOT_IN_FLOW", [*path, "data", "fromStepId"])],
        [("STEP_NOT_IN_FLOW", [*path, "data", "toStepId"])],
    ]


async def test_value_that_drivers_read_as_a_reference_is_refused_and_the_session_stays_readable(
    database: Database,
) -> None:
    customer = await a_customer()
    reference = {"$ref": "booking_sessions", "$id": "x"}

    payload = await customer.record(
        customer.event("1", 4, fieldUpdated={"field": "firstName", "value": [reference]})
    )

    assert codes(payload) == [("INVALID", ["input", "events", "0", "data", "value"])]
    listed = await customer.site.client.data("{ bookingSessions { nodes { __typename } } }")
    assert listed["bookingSessions"]["nodes"] == [{"__typename": "ActiveBookingSession"}]


async def test_form_spoilt_after_its_step_is_named_by_its_step_when_completing(
    database: Database,
) -> None:
    customer = await a_customer()
    await customer.fill_in()
    await customer.record(customer.event("14", 4, fieldUpdated={"field": "firstName", "value": ""}))

    payload = await customer.complete()

    assert payload["userErrors"] == [
        {
            "code": "REQUIRED",
            "message": "“customer”: First name is required.",
            "path": ["input", "bookingSessionId"],
        }
    ]
