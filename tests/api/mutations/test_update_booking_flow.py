"""Changing a draft: its content, and all its steps at once."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.driver import Database
from tests.api.client import ApiClient, an_organization
from tests.api.flows import SUMMARY_STEP, ZIPCODE_STEP, a_flow, flow_id, step_id
from tests.api.site import an_author

UPDATE = """mutation ($input: UpdateBookingFlowInput!) {
  updateBookingFlow(input: $input) {
    bookingFlow {
      version
      content { title description }
      steps { __typename ... on BookingFlowStepBase { id stepConfig { title } } }
    }
    userErrors { code message path }
  }
}"""
STEPS = (ZIPCODE_STEP, SUMMARY_STEP)


async def update(client: ApiClient, flow: BookingFlow, version: int = 1, **changes: Any) -> Any:
    variables = {"input": {"id": flow_id(flow), "expectedVersion": version, **changes}}
    return (await client.data(UPDATE, variables))["updateBookingFlow"]


def a_zipcode_step(title: str, **more: Any) -> dict[str, Any]:
    return {"zipcode": {"stepConfig": {"title": title}, "typeConfig": {}, **more}}


def a_summary_step(title: str, **more: Any) -> dict[str, Any]:
    return {"summary": {"stepConfig": {"title": title}, "typeConfig": {}, **more}}


def shown(payload: Any) -> list[tuple[str, str]]:
    return [(s["id"], s["stepConfig"]["title"]) for s in payload["bookingFlow"]["steps"]]


async def test_content_is_replaced_and_steps_left_out_of_the_input_stay(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), steps=STEPS)

    payload = await update(client, flow, content={"title": "New", "description": "Text"})

    assert payload["userErrors"] == []
    assert payload["bookingFlow"]["version"] == 2
    assert payload["bookingFlow"]["content"] == {"title": "New", "description": "Text"}
    assert shown(payload) == [(step_id(flow, 0), "Where?"), (step_id(flow, 1), "Check")]


async def test_steps_are_added_removed_changed_and_reordered_at_once(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), steps=STEPS)

    payload = await update(
        client,
        flow,
        steps=[a_summary_step("Look again", id=step_id(flow, 1)), a_zipcode_step("Another")],
    )

    assert payload["userErrors"] == []
    (kept, title), (added, other) = shown(payload)
    assert (kept, title, other) == (step_id(flow, 1), "Look again", "Another")
    assert added != step_id(flow, 0)
    assert payload["bookingFlow"]["content"]["title"] == "Book a visit"


async def test_every_problem_is_told_at_once_and_nothing_is_written(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), steps=STEPS)
    other = await a_flow(an_author(client), title="Other", steps=STEPS)

    payload = await update(
        client,
        flow,
        steps=[
            a_zipcode_step("Foreign", id=step_id(other, 0)),
            a_summary_step("Kept", id=step_id(flow, 1)),
            a_summary_step("Again", id=step_id(flow, 1)),
            a_summary_step("Other type", id=step_id(flow, 0)),
        ],
    )

    assert payload["bookingFlow"] is None
    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("NOT_FOUND", ["input", "steps", "0", "id"]),
        ("DUPLICATE", ["input", "steps", "2", "id"]),
        ("INVALID", ["input", "steps", "3", "id"]),
    ]
    stored = await BookingFlow.get(flow.id)
    assert stored is not None
    assert (stored.version, stored.steps) == (1, flow.steps)


async def test_null_is_refused_where_a_value_must_be(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), steps=STEPS)

    payload = await update(client, flow, content=None, steps=None)

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("REQUIRED", ["input", "content"]),
        ("REQUIRED", ["input", "steps"]),
    ]


async def test_pattern_that_is_not_re2_is_refused_where_it_stands(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), steps=STEPS)
    field = {"key": "k", "label": "L", "inputType": "TEXT", "constraints": {"pattern": "(?=a)"}}
    details = {"stepConfig": {"title": "More"}, "typeConfig": {"fields": [field]}}

    payload = await update(client, flow, steps=[{"details": details}])

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        (
            "INVALID",
            ["input", "steps", "0", "typeConfig", "fields", "0", "constraints", "pattern"],
        )
    ]


async def test_of_many_editors_at_once_one_wins_and_the_drafts_do_not_mix(
    database: Database,
) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), steps=STEPS)

    def an_edit(name: str) -> Any:
        steps = [a_zipcode_step(name, id=step_id(flow, 0)), a_summary_step(name)]
        return update(client, flow, content={"title": name}, steps=steps)

    payloads = await asyncio.gather(*(an_edit(f"Editor {number}") for number in range(20)))

    codes = Counter(e["code"] for payload in payloads for e in payload["userErrors"])
    assert codes == {"CONFLICT": 19}
    (winner,) = [payload for payload in payloads if payload["bookingFlow"]]
    assert winner["bookingFlow"]["version"] == 2
    title = winner["bookingFlow"]["content"]["title"]
    assert [name for _, name in shown(winner)] == [title, title]
    latest = await update(client, flow, version=2, content={"title": title})
    assert shown(latest) == shown(winner)


async def test_documents_an_edit_drops_expire_and_those_just_written_by_others_do_not(
    database: Database,
) -> None:
    client = await an_organization()
    author = an_author(client)
    flow = await a_flow(author, steps=STEPS)
    stored = await BookingFlowStepDocument.find_one({"_id": flow.steps[0]})
    assert stored is not None
    recent = stored.model_copy(update={"id": "e" * 24})
    old = stored.model_copy(update={"id": "d" * 24, "created_at": author.now - timedelta(hours=2)})
    await BookingFlowStepDocument.insert_many([recent, old])

    await update(client, flow, steps=[a_summary_step("Kept", id=step_id(flow, 1))])

    documents = await BookingFlowStepDocument.find({"booking_flow_id": flow.id}).to_list()
    expiring = {document.id for document in documents if document.superseded_at is not None}
    assert expiring == {*flow.steps, old.id}
