"""What the comparison measures with: its schema slice, its graphs, its counting and its load."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import bson
import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_scalar_type,
    parse,
    validate,
)

from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.problems import find_problems
from scripts.benchmarks.comparison.counting_proxy import HEADER, OP_MSG, CommandCount, Messages
from scripts.benchmarks.comparison.graph import build_graph
from scripts.benchmarks.comparison.load_generator import COUNT, Plan, put_under_load
from scripts.benchmarks.comparison.operations import FILE
from scripts.benchmarks.comparison.peers_setup import ROOT
from scripts.benchmarks.comparison.servers import SCHEMA

SLICE = build_schema(SCHEMA.read_text())
PUBLISHED = build_schema((ROOT / "schema.graphql").read_text())


@pytest.mark.parametrize("schema", [SLICE, PUBLISHED], ids=["slice", "published"])
def test_compared_operations_are_valid(schema: GraphQLSchema) -> None:
    assert validate(schema, parse(FILE.read_text())) == []


def test_slice_says_nothing_the_published_schema_does_not_say() -> None:
    differences = [
        f"{name}.{field_name}"
        for name, type_ in SLICE.type_map.items()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        if not name.startswith("__")
        for field_name, field in type_.fields.items()
        if shape(field) != shape(published_field(name, field_name))
    ]
    assert differences == []


def published_field(type_name: str, field_name: str) -> Any:
    type_ = PUBLISHED.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    return type_.fields[field_name]


def shape(field: Any) -> str:
    """Return the type's text; which scalar it is is each server's own affair."""
    named = get_named_type(field.type)
    text = str(field.type)
    is_own = is_scalar_type(named) and named.name not in {"Int", "Float", "Boolean", "ID", "JSON"}
    return text.replace(named.name, "a scalar") if is_own else text


@pytest.mark.parametrize("node_count", [3, 20, 80, 81])
def test_graph_has_as_many_nodes_as_wanted_and_no_problem(node_count: int) -> None:
    ids = [f"{number:024x}" for number in range(3)]
    graph = build_graph(node_count, question_ids=ids, service_ids=ids, category_ids=ids)
    assert len(graph["nodes"]) == node_count
    problems = find_problems(ServiceGraph.model_validate(graph), references=None)
    assert [problem.code for problem in problems if problem.severity == "error"] == []


def a_message(command: dict[str, Any], *, request_id: int = 1, response_to: int = 0) -> bytes:
    body = bytes(4) + b"\0" + bson.encode(command)
    return HEADER.pack(HEADER.size + len(body), request_id, response_to, OP_MSG) + body


def test_commands_are_counted_but_for_housekeeping_and_change_streams() -> None:
    count = CommandCount()
    stream = {"aggregate": "flows", "pipeline": [{"$changeStream": {}}]}
    count.see_request(a_message({"hello": 1}))
    count.see_request(a_message({"find": "flows"}))
    count.see_request(a_message({"getMore": bson.Int64(7), "collection": "flows"}))
    count.see_request(a_message(stream, request_id=5))
    count.see_answer(a_message({"cursor": {"id": bson.Int64(9)}}, response_to=5))
    count.see_request(a_message({"getMore": bson.Int64(9), "collection": "flows"}))
    assert count.commands == {"find": 1, "getMore": 1}


def test_messages_are_whole_however_they_arrive() -> None:
    sent = [a_message({"find": "flows"}), a_message({"insert": "events"})]
    messages = Messages()
    arrived = [whole for byte in b"".join(sent) for whole in messages.feed(bytes([byte]))]
    assert arrived == sent


@asynccontextmanager
async def a_server(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answer every request with these bytes; yield the port and the bodies received."""
    bodies: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(65_536):
            bodies.append(head.partition(b"\r\n\r\n")[2])
            writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], bodies


async def load(port: int, *, most: int, values: list[str]) -> dict[str, Any]:
    plan = Plan(body=f"{COUNT.decode()} %VALUE%", values=values, tokens=[""] * len(values))
    return await put_under_load(port, plan, clients=2, seconds=20, most=most, first_count=5)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
SIZED = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@pytest.mark.parametrize("answer", [CHUNKED, SIZED], ids=["chunked", "sized"])
async def test_each_request_has_its_own_number_and_the_next_value(answer: bytes) -> None:
    async with a_server(answer) as (port, bodies):
        done = await load(port, most=4, values=["a", "b", "c"])
    assert (done["request_count"], done["failure"]) == (4, None)
    assert sorted(bodies) == [b"00000005 c", b"00000006 a", b"00000007 b", b"00000008 c"]


async def test_load_ends_with_the_first_answer_that_is_no_success() -> None:
    refusal = b'{"data":{"it":{"userErrors":[{"code":"NOT_FOUND"}]}}}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(refusal)
    async with a_server(head + refusal) as (port, bodies):
        done = await load(port, most=1_000, values=["a"])
    assert re.search("NOT_FOUND", str(done["failure"]))
    assert len(bodies) <= 2
