"""Reading requests."""

from typing import Any

import orjson
import pytest
from starlette.requests import Request

from app.transport.graphql_request import MAX_VARIABLE_OBJECTS, HttpProblem, read_request


def a_request(variables: Any) -> Request:
    body = orjson.dumps({"query": "{ viewer { role } }", "variables": variables})

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
