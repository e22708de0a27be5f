"""Reading GraphQL requests by the draft of the GraphQL over HTTP working group.

https://graphql.github.io/graphql-over-http/draft/
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_VARIABLE_OBJECTS = 10_000
"""Objects and lists in `variables`. Turning them into inputs takes some 40 µs each, during which no
other request is served; large content travels as JSON text, which is one value."""
MAX_VALUES = 100_000
"""Of a body, roughly: reading a list of millions holds all other requests up for a second."""
RESPONSE_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"
EVENT_STREAM = "text/event-stream"

# One that is not closed ends with the body, so that each byte is looked at once.
_STRING = re.compile(rb'"[^"]*+"?')


class GraphQLRequest(NamedTuple):
    """One operation to execute; `query` is empty when the document is named by id or hash only."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any] | None
    document_id: str | None = None


class HttpProblem(Exception):
    """The HTTP request is no GraphQL request; answered with `status` and a message."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] = {}) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers)


def choose_media_type(accept: str | None) -> str:
    """Return the media type of the answer; raises HttpProblem 406 when none is acceptable.

    A client that says nothing, or `*/*`, gets `application/json` as before the draft.
    """
    if not accept:
        return PLAIN_JSON
    offered = [
        (_read_quality(part), part.split(";")[0].strip().lower()) for part in accept.split(",")
    ]
    for _, media_type in sorted(offered, key=lambda item: -item[0]):
        if media_type in {RESPONSE_JSON, EVENT_STREAM}:
            return media_type
        if media_type in {PLAIN_JSON, "application/*", "*/*"}:
            return PLAIN_JSON
    raise HttpProblem(406, f"Only {RESPONSE_JSON}, {PLAIN_JSON} and {EVENT_STREAM} are served.")


def accepts_event_stream(accept: str | None) -> bool:
    """Return whether a client that may prefer something else also reads event streams."""
    media_types = [part.split(";")[0].strip().lower() for part in (accept or "").split(",")]
    return EVENT_STREAM in media_types


def _read_quality(part: str) -> float:
    for parameter in part.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


async def read_request(request: Request) -> GraphQLRequest:
    """Return the operation of a GET or POST request; raises HttpProblem when there is none."""
    if request.method == "GET":
        return to_request(_read_query_string(request))
    if request.method != "POST":
        raise HttpProblem(405, "Use GET or POST.", headers={"Allow": "GET, POST"})
    content_type = request.headers.get("content-type", "").split(";")
    if content_type[0].strip().lower() != PLAIN_JSON:
        raise HttpProblem(415, f"Send {PLAIN_JSON}.")
    body = await _read_body(request)
    _require_few_values(body)
    return to_request(parse_json(body))


async def _read_body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise HttpProblem(413, f"A request has at most {MAX_BODY_BYTES} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _require_few_values(body: bytes) -> None:
    """Raise HttpProblem 413 when a body holds too many values, before any of them is made."""
    if _count_values(body) <= MAX_VALUES:
        return
    # What looks like values may be text, such as a document in one string.
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    has_many_strings = unescaped.count(b'"') > 4 * MAX_VALUES
    if has_many_strings or _count_values(_STRING.sub(b"", unescaped)) > MAX_VALUES:
        raise HttpProblem(413, f"A request holds at most {MAX_VALUES} values.")


def _count_values(text: bytes) -> int:
    return sum(text.count(mark) for mark in (b",", b"[", b"{"))


def parse_json(text: bytes | str) -> Any:
    """Return what a text holds; raises HttpProblem for what is not JSON."""
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise HttpProblem(400, "The request is not valid JSON.") from error


def _read_query_string(request: Request) -> dict[str, Any]:
    parameters = request.query_params
    content: dict[str, Any] = {
        name: parameters[name]
        for name in ("query", "operationName", "documentId")
        if name in parameters
    }
    for name in ("variables", "extensions"):
        if parameters.get(name):
            content[name] = parse_json(parameters[name])
    return content


def to_request(content: Any) -> GraphQLRequest:
    """Return the operation that a request's JSON holds; raises HttpProblem when it holds none."""
    if not isinstance(content, dict):
        raise HttpProblem(400, "The request must be a JSON object.")
    query, document_id = _text_or_none(content, "query"), _text_or_none(content, "documentId")
    extensions = _object_or_none(content, "extensions")
    if not (query or document_id or "persistedQuery" in (extensions or {})):
        raise HttpProblem(400, "`query` must be a string that is not empty.")
    return GraphQLRequest(
        query=query or "",
        variables=_require_few_objects(_object_or_none(content, "variables")),
        operation_name=_text_or_none(content, "operationName"),
        extensions=extensions,
        document_id=document_id,
    )


def _require_few_objects(variables: dict[str, Any] | None) -> dict[str, Any] | None:
    waiting: list[Any] = [variables]
    count = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            count += 1
            waiting.extend(value.values() if isinstance(value, dict) else value)
        if count > MAX_VARIABLE_OBJECTS:
            message = f"`variables` hold at most {MAX_VARIABLE_OBJECTS} objects and lists."
            raise HttpProblem(413, message)
    return variables


def _text_or_none(content: Mapping[str, Any], name: str) -> str | None:
    value = content.get(name)
    if value is not None and not isinstance(value, str):
        raise HttpProblem(400, f"`{name}` must be a string or null.")
    return value


def _object_or_none(content: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = content.get(name)
    if value is not None and not isinstance(value, dict):
        raise HttpProblem(400, f"`{name}` must be an object or null.")
    return value
