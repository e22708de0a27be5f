"""Editing single steps of a draft."""

from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.driver import Database
from tests.api.client import ApiClient, an_organization
from tests.api.flows import SUMMARY_STEP, ZIPCODE_STEP, a_flow, flow_id, step_id
from tests.api.site import an_author

STEPS = (ZIPCODE_STEP, SUMMARY_STEP)
FLOW = "bookingFlow { version steps { ... on BookingFlowStepBase { id stepConfig { title } } } }"


async def send(client: ApiClient, field: str, **input: Any) -> Any:
    type_name = f"{field[0].upper()}{field[1:]}Input"
    mutation = f"""mutation ($input: {type_name}!) {{
      {field}(input: $input) {{ {FLOW} userErrors {{ code path }} }}
    }}"""
    return (await client.data(mutation, {"input": input}))[field]


def titles(payload: Any) -> list[str]:
    assert payload["userErrors"] == []
    return [step["stepConfig"]["title"] for step in payload["bookingFlow"]["steps"]]


def codes(payload: Any) -> list[tuple[str, list[str]]]:
    assert payload["bookingFlow"] is None
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def a_draft() -> tuple[ApiClient, BookingFlow]:
    client = await an_organization()
    return client, await a_flow(an_author(client), steps=STEPS)


def a_step(title: str, **more: Any) -> dict[str, Any]:
    return {"summary": {"stepConfig": {"title": title}, "typeConfig": {}, **more}}


async def test_step_is_added_where_it_is_wanted_or_at_the_end(database: Database) -> None:
    client, flow = await a_draft()

    async def add(version: int, **more: Any) -> Any:
        return await send(
            client,
            "addBookingFlowStep",
            bookingFlowId=flow_id(flow),
            expectedVersion=version,
            **more,
        )

    assert titles(await add(1, step=a_step("Last"))) == ["Where?", "Check", "Last"]
    assert titles(await add(2, step=a_step("First"), position=0))[0] == "First"
    assert codes(await add(3, step=a_step("Beyond", id=step_id(flow, 0)), position=5)) == [
        ("NOT_FOUND", ["input", "step", "id"]),
        ("OUT_OF_RANGE", ["input", "position"]),
    ]


async def test_patch_of_a_step_keeps_what_it_leaves_out_and_the_id(database: Database) -> None:
    client, flow = await a_draft()
    step = step_id(flow, 0)

    payload = await send(
        client,
        "updateBookingFlowStep",
        id=step,
        expectedVersion=1,
        stepConfig={"title": "Where do you live?"},
    )

    assert titles(payload) == ["Where do you live?", "Check"]
    assert payload["bookingFlow"]["steps"][0]["id"] == step
    areas = """query ($id: ID!) { bookingFlow(id: $id) { steps {
      ... on BookingFlowZipcodeStep { typeConfig { serviceAreas { zipcodes } } } } } }"""
    data = await client.data(areas, {"id": flow_id(flow)})
    assert data["bookingFlow"]["steps"][0] == {
        "typeConfig": {"serviceAreas": [{"zipcodes": ["01901"]}]}
    }


async def test_configuration_of_a_step_is_validated_where_it_stands(database: Database) -> None:
    client, flow = await a_draft()

    async def patch(**changes: Any) -> Any:
        return await send(
            client,
            "updateBookingFlowStep",
            **{"id": step_id(flow, 0), "expectedVersion": 1, **changes},
        )

    area = {"name": "", "zipcodes": ["0190"]}
    assert codes(await patch(typeConfig={"zipcode": {"serviceAreas": [area]}})) == [
        ("REQUIRED", ["input", "typeConfig", "serviceAreas", "0", "name"]),
        ("INVALID", ["input", "typeConfig", "serviceAreas", "0", "zipcodes", "0"]),
    ]
    assert codes(await patch(typeConfig={"summary": {}})) == [("INVALID", ["input", "typeConfig"])]
    assert codes(await patch(stepConfig=None)) == [("REQUIRED", ["input", "stepConfig"])]
    assert codes(await patch(id=flow_id(flow))) == [("NOT_FOUND", ["input", "id"])]


async def test_removed_step_is_gone_and_cannot_be_removed_again(database: Database) -> None:
    client, flow = await a_draft()
    step = step_id(flow, 0)

    removed = await send(client, "removeBookingFlowStep", stepId=step, expectedVersion=1)
    again = await send(client, "removeBookingFlowStep", stepId=step, expectedVersion=2)
    stale = await send(client, "removeBookingFlowStep", stepId=step, expectedVersion=1)

    assert titles(removed) == ["Check"]
    assert codes(again) == [("NOT_FOUND", ["input", "stepId"])]
    assert codes(stale) == [("CONFLICT", ["input", "expectedVersion"])]


async def test_reordering_needs_every_step_once(database: Database) -> None:
    client, flow = await a_draft()
    zipcode, summary = step_id(flow, 0), step_id(flow, 1)

    async def reorder(version: int, *steps: str) -> Any:
        return await send(
            client,
            "reorderBookingFlowSteps",
            id=flow_id(flow),
            expectedVersion=version,
            stepIds=list(steps),
        )

    assert titles(await reorder(1, summary, zipcode)) == ["Check", "Where?"]
    assert codes(await reorder(2, summary, summary)) == [
        ("DUPLICATE", ["input", "stepIds", "1"]),
        ("REQUIRED", ["input", "stepIds"]),
    ]
    assert codes(await reorder(2, summary, zipcode, "nonsense")) == [
        ("NOT_FOUND", ["input", "stepIds", "2"])
    ]
