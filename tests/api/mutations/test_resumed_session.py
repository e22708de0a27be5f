"""A customer who comes back after having given up."""

import pytest

from app.documents.booking_flow import BookingFlow
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import CommandCounter, new_id
from app.domain.booking_flow.steps import ServiceSelectionStep
from app.domain.booking_session.event_types import SessionStartEventData
from app.domain.service_selection.graph import ServiceGraph
from app.services.booking_flows import duplicate_booking_flow
from app.services.booking_sessions.verification import find_session_problems
from app.services.flow_commands import FlowCopy, GraphReplacement
from app.services.flow_drafts import read_draft
from app.services.publication import publish_booking_flow
from app.services.service_selection_graphs import set_service_selection_graph
from tests.api.client import ApiClient
from tests.api.mutations.test_booking_session import OPERATIONS, Customer, codes, start
from tests.api.site import Site, a_site, an_author

pytestmark = pytest.mark.usefixtures("database")

AT_TOKEN = ["input", "resumedFromSessionToken"]
LINKS = """
query Links($id: ID!) {
  bookingSession(id: $id) {
    ... on BookingSessionBase {
      resumedFromSession { ... on BookingSessionBase { id } }
      resumedBySession { ... on BookingSessionBase { id } }
    }
  }
}
"""
LINKS_OF_ALL = """
query LinksOfAll {
  bookingSessions(first: 100) {
    nodes {
      ... on BookingSessionBase {
        resumedFromSession { ... on BookingSessionBase { id } }
        resumedBySession { ... on BookingSessionBase { id } }
      }
    }
  }
}
"""
SET_GRAPH = """
mutation Set($input: SetServiceSelectionGraphInput!) {
  setServiceSelectionGraph(input: $input) { userErrors { code message } }
}
"""


async def a_visit(site: Site) -> tuple[Customer, str]:
    """Return a customer who gave a zip code and found a service, and the session's token."""
    payload = await start(site)
    customer = Customer(site, payload["bookingSession"])
    recorded = await customer.record(
        customer.event("1", 0, stepCompleted={"formData": {"zipcode": "01901"}}),
        customer.event("2", 1, stepEntered={}),
        customer.event("3", 1, questionAnswered={"questionNodeId": "q0", "answerNodeId": "other0"}),
        customer.event("4", 1, questionAnswered={"questionNodeId": "q1", "answerNodeId": "this1"}),
    )
    assert recorded["userErrors"] == []
    return customer, payload["sessionToken"]


async def abandon(customer: Customer) -> None:
    data = await customer.client.data(
        OPERATIONS["AbandonBookingSession"], {"input": {"bookingSessionId": customer.id}}
    )
    assert data["abandonBookingSession"]["userErrors"] == []


async def an_abandoned_visit(site: Site) -> tuple[Customer, str]:
    customer, token = await a_visit(site)
    await abandon(customer)
    return customer, token


async def links(client: ApiClient, session_id: str) -> tuple[str | None, str | None]:
    """Return the ids of the session resumed from, and of that it was resumed by."""
    session = (await client.data(LINKS, {"id": session_id}))["bookingSession"]
    ids = [link and link["id"] for link in session.values()]
    return ids[0], ids[1]


async def session_count(site: Site) -> int:
    return await BookingSession.find({"organization_id": site.organization_id}).count()


async def test_returning_customer_finds_form_and_path_as_they_were() -> None:
    site = await a_site(questions=2)
    old, token = await an_abandoned_visit(site)

    payload = await start(site, resumedFromSessionToken=token)

    state = payload["bookingSession"]["currentState"]
    assert payload["userErrors"] == []
    assert state["formData"] == {site.step_id(0): {"zipcode": "01901"}}
    stored = await BookingSession.get(Customer(site, payload["bookingSession"]).raw_id)
    assert stored is not None
    assert stored.current_state.service_selection_path == ("q0", "other0", "q1", "this1", "s1")
    assert stored.current_state.is_service_selection_complete
    assert stored.step_progression.completed_count == 0
    assert stored.resumed_from_session_id == old.raw_id
    assert await find_session_problems(stored.id) == ()


async def test_event_of_the_start_tells_what_was_recovered() -> None:
    site = await a_site(questions=2)
    old, token = await an_abandoned_visit(site)

    new = Customer(site, (await start(site, resumedFromSessionToken=token))["bookingSession"])

    (event,) = await BookingSessionEventDocument.find_events(new.raw_id)
    assert isinstance(event.data, SessionStartEventData)
    assert event.data.recovered is not None
    assert event.data.recovered.booking_session_id == old.raw_id
    assert event.data.recovered.service_node_id == "s1"


async def test_both_sessions_name_each_other_and_the_newest_return_counts() -> None:
    site = await a_site(questions=2)
    old, token = await an_abandoned_visit(site)

    first = (await start(site, resumedFromSessionToken=token))["bookingSession"]["id"]
    assert await links(site.client, old.id) == (None, first)
    newest = (await start(site, resumedFromSessionToken=token))["bookingSession"]["id"]

    assert await links(site.client, old.id) == (None, newest)
    assert await links(site.client, first) == (old.id, None)
    assert await links(site.client, newest) == (old.id, None)


async def test_session_tokens_see_no_other_session_through_the_links() -> None:
    site = await a_site(questions=2)
    old, token = await an_abandoned_visit(site)
    new = Customer(site, (await start(site, resumedFromSessionToken=token))["bookingSession"])

    assert await links(old.client, old.id) == (None, None)
    assert await links(new.client, new.id) == (None, None)


async def test_links_of_many_sessions_are_loaded_together(command_counter: CommandCounter) -> None:
    site = await a_site(questions=2)
    counts = []
    for _ in range(2):
        for _ in range(3):
            _, token = await an_abandoned_visit(site)
            await start(site, resumedFromSessionToken=token)
        with command_counter.counting() as names:
            await site.client.data(LINKS_OF_ALL)
        counts.append(len(names))

    assert counts[0] == counts[1]


async def test_same_idempotency_key_resumes_once() -> None:
    site = await a_site(questions=2)
    _, token = await an_abandoned_visit(site)

    first = await start(site, resumedFromSessionToken=token, idempotencyKey="back")
    again = await start(site, resumedFromSessionToken=token, idempotencyKey="back")
    without = await start(site, idempotencyKey="back")

    assert again == first
    assert codes(without) == [("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])]
    assert await session_count(site) == 2


async def test_session_that_goes_on_cannot_be_resumed_from() -> None:
    site = await a_site(questions=2)
    _, token = await a_visit(site)

    payload = await start(site, resumedFromSessionToken=token)

    assert codes(payload) == [("INVALID", AT_TOKEN)]
    assert payload["sessionToken"] is None
    assert await session_count(site) == 1


async def test_session_that_led_to_a_booking_cannot_be_resumed_from() -> None:
    site = await a_site()
    payload = await start(site)
    customer = Customer(site, payload["bookingSession"])
    await customer.fill_in()
    assert (await customer.complete())["userErrors"] == []

    again = await start(site, resumedFromSessionToken=payload["sessionToken"])

    assert codes(again) == [("INVALID", AT_TOKEN)]


async def test_tokens_of_other_organizations_and_tokens_that_are_none_are_alike() -> None:
    site, other = await a_site(), await a_site(questions=2)
    _, foreign = await an_abandoned_visit(other)
    _, foreign_active = await a_visit(other)
    of_nothing = site.client.authenticator.session_token(
        organization_id=site.organization_id, booking_session_id=new_id()
    )
    tampered = foreign.replace(other.organization_id, site.organization_id)
    tokens = (foreign, foreign_active, of_nothing, tampered, "", "wst_", "ключ", "x" * 9_000)

    answers = [await start(site, resumedFromSessionToken=token) for token in tokens]

    assert [codes(answer) for answer in answers] == [[("NOT_FOUND", AT_TOKEN)]] * len(answers)
    assert answers == [answers[0]] * len(answers)
    assert await session_count(site) == 0


async def test_path_ends_where_the_newest_revision_no_longer_offers_the_choice() -> None:
    site = await a_site(questions=2)
    old, token = await an_abandoned_visit(site)
    await _publish_without_chosen_answer(site)

    new = Customer(site, (await start(site, resumedFromSessionToken=token))["bookingSession"])

    stored, before = await BookingSession.get(new.raw_id), await BookingSession.get(old.raw_id)
    assert stored is not None
    assert before is not None
    assert (before.revision, stored.revision) == (1, 2)
    assert stored.current_state.service_selection_path == ("q0", "other0")
    assert stored.current_state.service_node_id is None
    assert not stored.current_state.is_service_selection_complete
    assert before.current_state.service_selection_path[-1] == "s1"
    answered = await new.record(
        new.event("1", 0, stepCompleted={}),
        new.event("2", 1, stepEntered={}),
        new.event("3", 1, questionAnswered={"questionNodeId": "q1", "answerNodeId": "other1"}),
        new.event("4", 1, stepCompleted={}),
    )
    assert answered["userErrors"] == []


async def test_session_of_another_flow_is_linked_but_lends_nothing() -> None:
    site = await a_site(questions=2)
    old, token = await an_abandoned_visit(site)
    author = an_author(site.client)
    copy = await duplicate_booking_flow(FlowCopy(id=site.flow.id), author=author)
    await publish_booking_flow(copy.id, expected_version=1, author=author)
    site.config.default_booking_flow_id = copy.id
    await site.config.save()

    new = Customer(site, (await start(site, resumedFromSessionToken=token))["bookingSession"])

    stored = await BookingSession.get(new.raw_id)
    assert stored is not None
    assert stored.booking_flow_id == copy.id
    assert stored.resumed_from_session_id == old.raw_id
    assert stored.current_state.service_selection_path == ()
    assert stored.current_state.form_data == {}


async def _publish_without_chosen_answer(site: Site) -> BookingFlow:
    """Publish the site's flow anew, with another answer in place of `this1`."""
    author = an_author(site.client)
    draft = await read_draft(site.flow)
    step = draft.steps[1]
    assert isinstance(step, ServiceSelectionStep)
    graph = step.type_config.model_dump_json().replace('"this1"', '"changed1"')
    changed = GraphReplacement(
        step_id=step.id,
        expected_version=site.flow.version,
        **ServiceGraph.model_validate_json(graph).model_dump(),
    )
    edited, _, _ = await set_service_selection_graph(changed, author=author)
    published, _ = await publish_booking_flow(
        edited.id, expected_version=edited.version, author=author
    )
    return published
