"""The list of sessions as the admin app reads it."""

from datetime import timedelta
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.api.scalars import serialize_datetime
from app.documents.booking_session import BookingSession
from app.documents.driver import CommandCounter
from app.domain.access import OrganizationCredential, Role
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.api.sessions import Office, an_office, global_id
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import NOW, SERVICE, THROUGH_ZIP, ZIP, entered
from tests.services.booking_sessions.builders import LATER, Customer

pytestmark = pytest.mark.usefixtures("database")

SESSIONS = load_operations("admin.graphql")["Sessions"]


async def list_sessions(office: Office, **variables: Any) -> dict[str, Any]:
    data = await office.client.data(SESSIONS, {"first": 20, **variables})
    sessions: dict[str, Any] = data["bookingSessions"]
    return sessions


async def ids(office: Office, **filter_: Any) -> set[str]:
    return {node["id"] for node in (await list_sessions(office, filter=filter_))["nodes"]}


async def abandon(customer: Customer) -> None:
    await abandon_session(
        AbandonSession(booking_session_id=customer.session_id),
        organization_id=customer.place.organization_id,
        now=LATER,
    )


async def change(customer: Customer, **changes: Any) -> None:
    await BookingSession.get_motor_collection().update_one(
        {"_id": customer.session_id}, {"$set": changes}
    )


async def test_sessions_are_paged_from_the_newest_on() -> None:
    office = await an_office()
    customers = [await office.a_customer() for _ in range(5)]
    for n, customer in enumerate(customers):
        # Two of them in the same millisecond.
        await change(customer, created_at=NOW + timedelta(seconds=min(n, 3)))

    first = await list_sessions(office, first=2)
    rest = await list_sessions(office, first=3, after=first["pageInfo"]["endCursor"])

    expected = [global_id(customer) for customer in reversed(customers)]
    assert [node["id"] for node in first["nodes"] + rest["nodes"]] == expected
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (5, True)
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_a_session_shows_its_outcome_and_the_flow_it_is_pinned_to() -> None:
    office = await an_office()
    customer, _ = await office.a_booking()

    [node] = (await list_sessions(office))["nodes"]

    flow = office.place.flow.flow
    assert node == {
        "__typename": "CompletedBookingSession",
        "id": global_id(customer),
        "createdAt": serialize_datetime(NOW),
        "sequence": len(await customer.events()),
        "bookingFlow": {
            "id": encode_id(EntityType.BOOKING_FLOW, flow.booking_flow_id),
            "revision": 1,
            "content": {"title": "Book a visit"},
        },
        "bookingOutcome": {"status": "COMPLETED"},
    }


async def test_filters_narrow_the_list_alone_and_together() -> None:
    office = await an_office()
    active = await office.a_customer()
    abandoned = await office.a_customer(*THROUGH_ZIP, entered(SERVICE))
    await abandon(abandoned)
    booked, _ = await office.a_booking()
    await change(active, **{"session_context.utm.campaign": "spring"})
    await change(booked, **{"session_context.device.type": "mobile"})
    everyone = {global_id(each) for each in (active, abandoned, booked)}
    flow_id = encode_id(EntityType.BOOKING_FLOW, office.place.flow.flow.booking_flow_id)

    assert await ids(office, status="ACTIVE") == {global_id(active)}
    assert await ids(office, status="COMPLETED") == {global_id(booked)}
    assert await ids(office, utmCampaign="spring") == {global_id(active)}
    assert await ids(office, utmCampaign="Spring") == set()
    assert await ids(office, deviceType="MOBILE") == {global_id(booked)}
    assert await ids(office, dropOffStepId=office.step_id(SERVICE)) == {global_id(abandoned)}
    assert await ids(office, dropOffStepId=office.step_id(ZIP)) == set()
    assert await ids(office, bookingFlowId=flow_id) == everyone
    assert await ids(office, bookingFlowId=flow_id, status="ABANDONED") == {global_id(abandoned)}
    assert await ids(office, bookingFlowId=global_id(active)) == set()


async def test_a_range_contains_its_beginning_and_not_its_end() -> None:
    office = await an_office()
    customer = await office.a_customer()
    start, next_ = serialize_datetime(NOW), serialize_datetime(NOW + timedelta(milliseconds=1))

    assert await ids(office, createdFrom=start, createdTo=next_) == {global_id(customer)}
    assert await ids(office, createdTo=start) == set()
    assert await ids(office, createdFrom=next_) == set()
    assert await ids(office, createdFrom=start, createdTo=start) == set()


async def test_a_reversed_range_and_a_cursor_of_another_filter_are_bad_input() -> None:
    office = await an_office()
    await office.a_customer()
    cursor = (await list_sessions(office))["pageInfo"]["endCursor"]
    reversed_ = {
        "createdFrom": serialize_datetime(LATER),
        "createdTo": serialize_datetime(NOW),
    }
    refused = await office.client.execute(SESSIONS, {"first": 1, "filter": reversed_})
    moved = await office.client.execute(
        SESSIONS, {"first": 1, "after": cursor, "filter": {"status": "ACTIVE"}}
    )

    assert [error["extensions"]["code"] for error in refused["errors"]] == ["BAD_USER_INPUT"]
    assert [error["extensions"]["code"] for error in moved["errors"]] == ["INVALID_CURSOR"]


async def test_an_organization_sees_its_own_sessions_only() -> None:
    office, other = await an_office(), await an_office("Other")
    await office.a_customer()
    flow_id = encode_id(EntityType.BOOKING_FLOW, office.place.flow.flow.booking_flow_id)
    cursor = (await list_sessions(office))["pageInfo"]["endCursor"]

    assert (await list_sessions(other))["totalCount"] == 0
    assert await ids(other, bookingFlowId=flow_id) == set()
    refused = await other.client.execute(SESSIONS, {"first": 1, "after": cursor})
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["INVALID_CURSOR"]


async def test_a_session_token_sees_no_list_and_an_analyst_does() -> None:
    office = await an_office()
    customer = await office.a_customer()
    assert isinstance(office.client.credential, OrganizationCredential)
    analyst = office.client.credential.model_copy(update={"role": Role.ANALYST})

    refused = await office.client.with_session(customer.session_id).execute(SESSIONS, {"first": 1})
    answered = await office.client.execute(SESSIONS, {"first": 1}, as_=analyst)

    assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    assert "errors" not in answered


async def test_commands_are_the_same_for_one_session_and_for_many(
    command_counter: CommandCounter,
) -> None:
    office = await an_office()
    for _ in range(4):
        await office.a_booking()
    office.client.now = LATER

    for first in (1, 3):
        with command_counter.counting() as commands:
            await list_sessions(office, first=first)
        # The revision is at hand since the customers met it.
        assert sorted(commands) == ["aggregate booking_sessions", "find booking_sessions"]
