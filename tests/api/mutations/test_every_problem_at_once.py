"""Whatever is wrong with an input is told in one answer: its form, its texts, what it names."""

from collections.abc import Callable
from typing import Any

import pytest

from app.documents.driver import Database
from tests.api.client import ApiClient
from tests.api.editable import BRAND_KIT
from tests.api.faulty_inputs import (
    CASES,
    STALE,
    Problems,
    World,
    an_organization_with_everything,
)


@pytest.fixture
async def world(database: Database) -> World:
    client, own = await an_organization_with_everything("Harbor")
    _, theirs = await an_organization_with_everything("Stranger")
    return World(client, own, theirs)


async def send(client: ApiClient, field: str, input: dict[str, Any]) -> Any:
    operation = f"""mutation ($input: {field[0].upper()}{field[1:]}Input!) {{
      {field}(input: $input) {{ userErrors {{ code path }} }}
    }}"""
    return (await client.data(operation, {"input": input}))[field]["userErrors"]


async def everything(database: Database) -> dict[str, list[Any]]:
    names = sorted(await database.list_collection_names())
    return {name: await database[name].find({}).to_list(None) for name in names}


@pytest.mark.parametrize(("field", "make_input", "expected"), CASES, ids=[c[0] for c in CASES])
async def test_whatever_is_wrong_is_told_in_one_answer_and_nothing_is_written(
    world: World,
    database: Database,
    field: str,
    make_input: Callable[[World], dict[str, Any]],
    expected: Problems,
) -> None:
    before = await everything(database)

    errors = await send(world.client, field, make_input(world))

    found = [(error["code"], ".".join(error["path"][1:])) for error in errors]
    assert sorted(found) == sorted(expected)
    assert await everything(database) == before


UPDATES = [case for case in CASES if case[0].startswith("update") and "Step" not in case[0]]


@pytest.mark.parametrize(("field", "make_input", "expected"), UPDATES, ids=[c[0] for c in UPDATES])
async def test_input_for_what_is_not_there_is_judged_by_itself(
    world: World,
    database: Database,
    field: str,
    make_input: Callable[[World], dict[str, Any]],
    expected: Problems,
) -> None:
    strange = World(world.client, world.theirs, world.theirs)
    before = await everything(database)

    errors = await send(world.client, field, make_input(strange))

    # Which answers and steps there are is a question about an entity that is not seen.
    unasked = {("NOT_FOUND", "answers.0.id"), ("NOT_FOUND", "steps.0.id")}
    found = {(error["code"], ".".join(error["path"][1:])) for error in errors}
    assert found == (expected - STALE - unasked) | {("NOT_FOUND", "id")}
    assert await everything(database) == before


async def test_name_of_the_entity_itself_is_not_taken_from_it(world: World) -> None:
    patch = {"id": world.own["brandKit"], "expectedVersion": 7, "name": "Old"}

    errors = await BRAND_KIT.mutate(world.client, "update", patch)

    assert [error["code"] for error in errors["userErrors"]] == ["CONFLICT"]
