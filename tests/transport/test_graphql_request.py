"""Reading requests."""

import time
from typing import Any

import orjson
import pytest
from starlette.requests import Request

from app.transport.graphql_request import (
    MAX_BODY_BYTES,
    MAX_VARIABLE_OBJECTS,
    HttpProblem,
    _require_few_values,
    read_request,
)


def a_request(variables: Any) -> Request:
    return a_request_of(orjson.dumps({"query": "{ viewer { role } }", "variables": variables}))


def a_request_of(body: bytes) -> Request:

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/json")]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def test_variables_are_read_up_to_their_number_of_objects_and_lists() -> None:
    # The variables and the list count too.
    most: Any = {"nodes": [{"id": "a"}] * (MAX_VARIABLE_OBJECTS - 2)}

    assert (await read_request(a_request(most))).variables == most
    with pytest.raises(HttpProblem) as refused:
        await read_request(a_request({"nodes": [*most["nodes"], {}]}))
    assert refused.value.status == 413


async def test_large_content_travels_as_text() -> None:
    text = orjson.dumps([{}] * 100_000).decode()

    assert (await read_request(a_request({"document": text}))).variables == {"document": text}


async def test_large_text_may_hold_what_looks_like_values() -> None:
    text = ',[{"' * 200_000

    assert (await read_request(a_request({"document": text}))).variables == {"document": text}


@pytest.mark.parametrize("value", ["[],", '"",', "1,", '"\\\\",', '{"a":1},', "[", "{"])
async def test_millions_of_values_are_refused_before_they_are_made(value: str) -> None:
    many = value * ((MAX_BODY_BYTES - 100) // len(value))
    body = f'{{"query": "{{ x }}", "variables": {{"a": [{many}1]}}}}'

    with pytest.raises(HttpProblem) as refused:
        await read_request(a_request_of(body.encode()))

    assert refused.value.status == 413


def cpu_seconds(size: int) -> float:
    """Return the processor time of a body with one string that never ends, all quotes escaped."""
    body = b'{"query": "' + b'\\",' * size
    started = time.process_time()
    _require_few_values(body)
    return time.process_time() - started


def test_strings_are_looked_through_in_linear_time() -> None:
    small, large = (min(cpu_seconds(size) for _ in range(3)) for size in (150_000, 1_200_000))

    assert large < 24 * small
