"""Plans give graphql-core's answers over the published schema, with a real database behind it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from app.api.ids import EntityType, encode_id
from app.api.schema import schema as published
from app.documents.driver import CommandCounter, Database, new_id
from tests.api.client import ApiClient
from tests.api.flows import a_flow
from tests.api.sessions import Office
from tests.api.site import a_site, an_author
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import THROUGH_SUMMARY
from tests.execution.comparing import Unplanned, by_graphql_core, by_plan, find_difference
from tests.execution.documents import requests
from tests.execution.input_values import Scalars
from tests.fuzzing.operations import SDL, TYPICAL
from tests.fuzzing.test_generated_operations import seeded
from tests.services.booking_sessions.builders import a_place

SCHEMA: GraphQLSchema = published._schema
QUERIES = tuple(SCHEMA.query_type.fields if SCHEMA.query_type else ())
GENERATED_PER_FIELD = 12
RANDOM_PER_SEED = 60
TIMES_TO_COMPARE = 3
COMMANDS = "commands"
CONTRACT = {
    name: text
    for name, text in load_operations("widget.graphql", "admin.graphql").items()
    if text.startswith("query")
}


@dataclass(frozen=True)
class Asked:
    """An organization with content of each kind, and the ids of it."""

    client: ApiClient
    ids: tuple[str, ...]
    commands: CommandCounter

    @property
    def scalars(self) -> Scalars:
        """What clients send, by scalar: mostly what there is."""
        texts = {name: values[:1] for name, values in TYPICAL.items()}
        plain = {"Int": (1, 2, 5), "String": ("a", ""), "Boolean": (True, False), "Float": (0.5,)}
        return {**texts, **plain, "ID": self.ids}

    async def compare(
        self, text: str, variables: dict[str, Any] | None = None, name: str | None = None
    ) -> str | None:
        """Return how the answers differ, or that the plan asks more of the database each time.

        What the process keeps between requests expires by the clock, which may strike between two.
        """
        difference = None
        for _ in range(TIMES_TO_COMPARE):
            difference = await self._compare(text, variables or {}, name)
            if difference is None or not difference.startswith(COMMANDS):
                break
        return difference

    async def _compare(self, text: str, variables: dict[str, Any], name: str | None) -> str | None:
        client = ApiClient(self.client.credential, now=datetime.now(UTC))
        told, commands = [], []
        for ask in (by_graphql_core, by_plan):
            with self.commands.counting() as counted:
                context = client.context()
                answer = ask(
                    SCHEMA,
                    parse(text),
                    name,
                    root_value=None,
                    context_value=context,
                    variable_values=variables,
                )
                told.append(await answer)
            commands.append(tuple(counted))
        if difference := find_difference(told[0], told[1]):
            return difference
        is_whole = not told[0].errors
        if is_whole and len(commands[1]) > len(commands[0]):
            return f"{COMMANDS}: {commands}"
        return None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(database: Database, command_counter: CommandCounter) -> Asked:
    site = await a_site(capacity=None)
    office = Office(site.client, await a_place(organization_id=site.organization_id))
    booked, booking_id = await office.a_booking()
    active = await office.a_customer(*THROUGH_SUMMARY[:4])
    for title in ("One", "Two"):
        await a_flow(an_author(site.client), title=title)
    raw = [site.flow.id, site.config.id, site.config.brand_kit_id, booked.session_id]
    kinds = (
        EntityType.BOOKING_FLOW,
        EntityType.SCHEDULER_CONFIG,
        EntityType.BRAND_KIT,
        EntityType.BOOKING_SESSION,
    )
    return Asked(
        client=site.client,
        ids=(
            booking_id,
            encode_id(EntityType.BOOKING_SESSION, active.session_id),
            encode_id(EntityType.BOOKING_FLOW, new_id()),
            *(site.step_id(position) for position in range(6)),
            *(encode_id(kind, each) for kind, each in zip(kinds, raw, strict=True) if each),
        ),
        commands=command_counter,
    )


@pytest.mark.parametrize("field", QUERIES)
async def test_generated_query_has_the_answer_of_graphql_core(asked: Asked, field: str) -> None:
    loop = asyncio.get_running_loop()
    scalars = {
        name: st.sampled_from(asked.scalars[name]).map(nodes.String) for name in (*TYPICAL, "ID")
    }
    compared = 0

    @settings(seeded, max_examples=GENERATED_PER_FIELD)
    @given(text=from_schema(SDL, fields=[field], custom_scalars=scalars))
    def run(text: str) -> None:
        nonlocal compared
        if validate(SCHEMA, parse(text)):
            return
        asking = asyncio.run_coroutine_threadsafe(asked.compare(text), loop)
        try:
            assert asking.result() is None, text
        except Unplanned:
            return
        compared += 1

    await asyncio.to_thread(run)

    assert compared >= GENERATED_PER_FIELD / 2


@pytest.mark.parametrize("seed", range(6))
async def test_random_query_has_the_answer_of_graphql_core(asked: Asked, seed: int) -> None:
    found = requests(SCHEMA, seed=seed, scalars=asked.scalars)
    queries = (request for request in found if request.operation == "query")
    for request in islice(queries, RANDOM_PER_SEED):
        text, name = request.document, request.operation_name
        assert await asked.compare(text, request.variables, name) is None, text


@pytest.mark.parametrize("name", CONTRACT)
async def test_contract_query_has_the_answer_of_graphql_core(asked: Asked, name: str) -> None:
    compared = 0
    for each in asked.ids:
        variables = {"id": each, "ids": [each], "first": 5}
        assert await asked.compare(CONTRACT[name], variables, name) is None
        compared += 1
    assert compared == len(asked.ids)
