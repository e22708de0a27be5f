"""Copying a flow."""

from app.documents.driver import Database
from tests.api.client import an_organization
from tests.api.flows import SUMMARY_STEP, ZIPCODE_STEP, a_flow, flow_id
from tests.api.site import an_author

STEPS = (ZIPCODE_STEP, SUMMARY_STEP)
DUPLICATE = """mutation ($input: DuplicateBookingFlowInput!) {
  duplicateBookingFlow(input: $input) {
    bookingFlow {
      id version status revision content { title }
      steps { ... on BookingFlowStepBase { id stepConfig { title } } }
    }
    userErrors { code path }
  }
}"""


async def test_copy_is_a_draft_with_the_same_steps_under_other_ids(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), title="x" * 200, steps=STEPS)

    data = await client.data(DUPLICATE, {"input": {"id": flow_id(flow)}})

    copy = data["duplicateBookingFlow"]["bookingFlow"]
    assert (copy["version"], copy["status"], copy["revision"]) == (1, "DRAFT", None)
    assert copy["content"] == {"title": f"{'x' * 193} (copy)"}
    assert copy["id"] != flow_id(flow)
    assert [step["stepConfig"]["title"] for step in copy["steps"]] == [
        "Where?",
        "Check",
    ]
    source = "query ($id: ID!) { bookingFlow(id: $id) { steps { ... on Node { id } } } }"
    original = await client.data(source, {"id": flow_id(flow)})
    ids = {step["id"] for step in original["bookingFlow"]["steps"]}
    assert ids.isdisjoint(step["id"] for step in copy["steps"])


async def test_flow_of_another_organization_is_not_found(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Other")
    flow = await a_flow(an_author(client), steps=())

    data = await stranger.data(DUPLICATE, {"input": {"id": flow_id(flow)}})

    assert data["duplicateBookingFlow"] == {
        "bookingFlow": None,
        "userErrors": [{"code": "NOT_FOUND", "path": ["input", "id"]}],
    }
