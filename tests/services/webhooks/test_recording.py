"""What happens has one delivery to each endpoint that wants it, whatever crashes."""

import asyncio
from datetime import timedelta

import orjson
import pytest

from app.api.ids import EntityType, encode_id
from app.documents.booking import Booking
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import new_id
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.webhooks.event_types import WebhookEventType
from app.services.booking_sessions import complete
from app.services.publication import publish_booking_flow
from app.services.webhooks.recording import BETWEEN_THOROUGH_LOOKS, OVERLAP
from tests.api.flows import a_flow
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import (
    LATER,
    a_customer,
    a_place,
    a_ready_customer,
)
from tests.services.webhooks.builders import (
    abandon,
    an_endpoint,
    an_owner,
    deliveries_to,
    record,
    reload,
)

pytestmark = pytest.mark.usefixtures("database")

BOOKING = WebhookEventType.BOOKING_COMPLETED
ABANDONED = WebhookEventType.SESSION_ABANDONED
PUBLISHED = WebhookEventType.FLOW_PUBLISHED


async def types_to(endpoint: WebhookEndpoint) -> list[WebhookEventType]:
    return sorted(delivery.event_type for delivery in await deliveries_to(endpoint))


async def test_a_booking_is_told_without_anything_its_customer_entered() -> None:
    customer = await a_ready_customer()
    organization_id = customer.place.organization_id
    endpoint, _ = await an_endpoint(organization_id)
    _, booking = await customer.complete()

    await record()

    (delivery,) = await deliveries_to(endpoint)
    payload = orjson.loads(delivery.body)
    slot = booking.timeslot
    assert payload == {
        "type": "booking.completed",
        "timestamp": _iso(booking.created_at),
        "data": {
            "bookingId": encode_id(EntityType.BOOKING, booking.id),
            "bookingSessionId": encode_id(EntityType.BOOKING_SESSION, customer.session_id),
            "bookingFlowId": encode_id(EntityType.BOOKING_FLOW, booking.booking_flow_id),
            "revision": 1,
            "confirmationCode": booking.confirmation_code,
            "service": {
                "id": encode_id(EntityType.BOOKING_SERVICE, booking.service_id),
                "title": None,
                "vendorJobTypeId": None,
            },
            "timeslot": {"startTime": _iso(slot.start_time), "endTime": _iso(slot.end_time)},
            "utm": {"source": None, "medium": None, "campaign": None},
        },
    }
    entered = [str(value) for value in (*booking.customer.values(), *booking.details.values())]
    assert entered
    assert [value for value in entered if value in delivery.body] == []


async def test_an_abandoned_session_is_told_with_how_far_it_came() -> None:
    customer = await a_ready_customer()
    endpoint, _ = await an_endpoint(customer.place.organization_id)
    await abandon(customer)

    await record()

    (delivery,) = await deliveries_to(endpoint)
    data = orjson.loads(delivery.body)["data"]
    step = encode_id(EntityType.BOOKING_FLOW_STEP, list(customer.place.step_ids.values())[-1])
    assert delivery.event_type is ABANDONED
    assert (data["reason"], data["dropOffStepId"]) == ("CUSTOMER", step)
    assert (data["completedStepCount"], data["totalStepCount"]) == (6, 6)
    assert data["selectedServiceId"] is not None
    assert data["selectedTimeslot"] is not None


async def test_a_publication_is_told_and_a_revision_that_no_flow_names_is_not() -> None:
    owner = an_owner(new_id(), now=LATER)
    endpoint, _ = await an_endpoint(owner.organization_id)
    flow = await a_flow(owner)
    published, _ = await publish_booking_flow(flow.id, expected_version=1, author=owner)
    revision = await BookingFlowRevision.get(published.revision_ids[0])
    assert revision is not None
    await revision.model_copy(update={"id": new_id()}).insert()

    await record()

    (delivery,) = await deliveries_to(endpoint)
    assert orjson.loads(delivery.body)["data"] == {
        "bookingFlowId": encode_id(EntityType.BOOKING_FLOW, flow.id),
        "bookingFlowRevisionId": encode_id(EntityType.BOOKING_FLOW_REVISION, revision.id),
        "revision": 1,
        "title": "Book a visit",
    }


async def test_each_endpoint_gets_what_it_asked_for_once_however_often_workers_look() -> None:
    place = await a_place()
    everything, _ = await an_endpoint(place.organization_id)
    bookings, _ = await an_endpoint(place.organization_id, event_types=[BOOKING])
    disabled, _ = await an_endpoint(place.organization_id, enabled=False)
    foreign, _ = await an_endpoint(new_id())
    await (await a_ready_customer(place=place)).complete()
    await abandon(await a_customer(place=place))

    counts = [*await asyncio.gather(*(record() for _ in range(4))), await record()]

    assert sum(counts) == 3
    assert await types_to(everything) == [BOOKING, ABANDONED]
    assert await types_to(bookings) == [BOOKING]
    assert await types_to(disabled) == []
    assert await types_to(foreign) == []


async def test_what_happened_before_the_endpoint_was_there_is_not_told() -> None:
    place = await a_place()
    await abandon(await a_customer(place=place))
    endpoint, _ = await an_endpoint(place.organization_id, now=LATER + timedelta(seconds=1))
    await abandon(await a_customer(place=place), now=LATER + timedelta(seconds=2))

    await record(now=LATER + timedelta(seconds=3))

    assert await types_to(endpoint) == [ABANDONED]


@pytest.mark.parametrize(
    ("late", "next_look"),
    [
        (timedelta(seconds=20), timedelta(seconds=5)),
        (OVERLAP - timedelta(seconds=1), BETWEEN_THOROUGH_LOOKS),
    ],
)
async def test_a_fact_stored_after_the_worker_looked_is_found_soon(
    late: timedelta, next_look: timedelta
) -> None:
    place = await a_place()
    endpoint, _ = await an_endpoint(place.organization_id)
    customer = await a_customer(place=place)
    now = LATER + timedelta(hours=1)
    await record(now=now)
    assert (await reload(endpoint)).scanned_until == now

    # The request arrived a while ago, and its event is stored only now.
    await abandon(customer, now=now - late)
    await record(now=now + next_look)

    assert await types_to(endpoint) == [ABANDONED]


async def test_a_worker_that_was_away_for_days_catches_up() -> None:
    place = await a_place()
    endpoint, _ = await an_endpoint(place.organization_id)
    for number in range(3):
        await abandon(await a_customer(place=place), now=LATER + timedelta(days=number))

    assert await record(now=LATER + timedelta(days=20)) == 3
    assert await types_to(endpoint) == [ABANDONED] * 3


async def test_a_booking_that_a_crash_kept_from_being_stored_is_stored_before_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = await a_ready_customer()
    endpoint, _ = await an_endpoint(customer.place.organization_id)
    with monkeypatch.context() as crashing:
        crashing.setattr(complete, "_store_booking", _crash)
        with pytest.raises(SystemError):
            await customer.complete()
    assert await Booking.find({"booking_session_id": customer.session_id}).count() == 0

    await record()

    (booking,) = await Booking.find({"booking_session_id": customer.session_id}).to_list()
    (delivery,) = await deliveries_to(endpoint)
    data = orjson.loads(delivery.body)["data"]
    assert data["bookingId"] == encode_id(EntityType.BOOKING, booking.id)


async def test_a_fact_that_cannot_be_told_keeps_no_other_from_being_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    place = await a_place()
    endpoint, _ = await an_endpoint(place.organization_id)
    gone, damaged, whole = [await a_customer(place=place) for _ in range(3)]
    for customer in (gone, damaged, whole):
        await abandon(customer)
    await (await gone.stored()).delete()
    await BookingSessionEventDocument.get_motor_collection().update_one(
        {"booking_session_id": damaged.session_id, "event_type": "session_abandoned"},
        {"$set": {"data": {"reason": "a secret of the customer"}}},
    )

    assert await record() == 1
    assert await types_to(endpoint) == [ABANDONED]
    assert "cannot be told: LookupError" in caplog.text
    assert "cannot be told: ValidationError" in caplog.text
    assert "secret" not in caplog.text


async def test_looking_for_news_uses_indexes() -> None:
    await record()
    cases = [
        (
            BookingSessionEventDocument,
            {
                "organization_id": "a",
                "event_type": "session_abandoned",
                "timestamp": {"$gt": NOW},
            },
        ),
        (BookingFlowRevision, {"organization_id": "a", "published_at": {"$gt": NOW}}),
        (WebhookEndpoint, {"enabled": True}),
        (WebhookDelivery, {"webhook_endpoint_id": "a", "event_id": {"$in": ["b"]}}),
        (WebhookDelivery, {"status": "pending", "next_attempt_at": {"$lt": NOW}}),
        (
            WebhookDelivery,
            {
                "webhook_endpoint_id": "a",
                "status": "pending",
                "next_attempt_at": {"$lt": NOW},
            },
        ),
        (WebhookDelivery, {"organization_id": "a", "webhook_endpoint_id": "b"}),
        (
            WebhookDelivery,
            {"organization_id": "a", "webhook_endpoint_id": "b", "status": "failed"},
        ),
    ]

    for document, query in cases:
        plan = await document.get_motor_collection().find(query).explain()
        assert "IXSCAN" in str(plan), (document, query)


async def _crash(*_: object) -> None:
    raise SystemError


def _iso(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", "Z")[:19] + ".000Z"
