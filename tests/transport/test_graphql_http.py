"""GraphQL over HTTP: what may be sent, and how it is answered."""

import gzip
from typing import Any

import httpx
import pytest

from tests.running_server import RunningServer

QUERY = "{ viewer { role } }"
QUERY_WITH_DATE = """
query ($d: Date!) { availableTimeslots(stepId: "x", startDate: $d, endDate: $d) { startTime } }
"""
RESPONSE_JSON = "application/graphql-response+json"


def post(server: RunningServer, **arguments: Any) -> httpx.Response:
    arguments.setdefault("json", {"query": QUERY})
    return httpx.post(f"{server.url}/graphql", timeout=30, **arguments)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    return str(error["extensions"]["code"])


def test_query_without_credential_is_answered(server: RunningServer) -> None:
    response = post(server)

    assert (response.status_code, response.json()["data"]) == (200, {"viewer": None})


def test_media_type_follows_accept(server: RunningServer) -> None:
    for accept, media_type in [
        ("*/*", "application/json; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        (RESPONSE_JSON, f"{RESPONSE_JSON}; charset=utf-8"),
        (f"{RESPONSE_JSON}, application/json;q=0.9", f"{RESPONSE_JSON}; charset=utf-8"),
    ]:
        assert post(server, headers={"Accept": accept}).headers["content-type"] == media_type

    assert post(server, headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        (QUERY_WITH_DATE, {"d": "2026-13-45"}, "BAD_USER_INPUT"),
        ("query ($n: Int) { __typename @skip(if: $n) }", {"n": 1}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)  # fmt: skip
def test_request_error_has_a_code_and_no_data(
    server: RunningServer, query: str, variables: dict[str, Any] | None, expected: str
) -> None:
    content = {"query": query, "variables": variables}

    legacy = post(server, json=content)
    draft = post(server, json=content, headers={"Accept": RESPONSE_JSON})

    assert (legacy.status_code, draft.status_code) == (200, 400)
    assert code(legacy) == code(draft) == expected
    assert "data" not in legacy.json()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"1", b'"x"', b"[]", b"[1]", b"{}", b"{", b'{"query": 1}', b"\xff\xfe",
        b'{"query": "{ viewer { role } }", "variables": []}',
        b'{"query": "{ viewer { role } }", "operationName": 1}',
        b'{"query": "{ viewer { role } }", "extensions": "x"}',
        b'[{"query": "{ viewer { role } }"}, {"query": "{ viewer { role } }"}]', b'{"query": ""}',
        b'{"query": "{ x }", "variables": {"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
        b'{"query": "\\ud800"}', b"NaN", b"[" * 100_000, b'{"query": ' + b"9" * 5_000 + b"}",
        b'{"query": "{ viewer { role } }"}'.decode().encode("utf-16"),
        b'\xef\xbb\xbf{"query": "{ viewer { role } }"}', b"\0", b'{"query": "\0"}',
        gzip.compress(b'{"query": "{ viewer { role } }"}', mtime=0),
        b'{"query": "{ viewer { role } }", "variables": {"a": NaN}}',
    ],
)  # fmt: skip
def test_malformed_body_is_a_client_error(server: RunningServer, body: bytes) -> None:
    response = post(server, json=None, content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert code(response) == "BAD_USER_INPUT"


def test_huge_body_is_refused(server: RunningServer) -> None:
    response = post(server, json={"query": QUERY + " " * 5_000_000})

    assert response.status_code == 413


def test_huge_head_is_refused(server: RunningServer) -> None:
    assert post(server, headers={"X-Large": "x" * 40_000}).status_code == 431


def test_other_media_types_are_refused(server: RunningServer) -> None:
    for content_type in ["text/plain", "multipart/form-data", "application/graphql", ""]:
        response = post(server, json=None, content=b"{}", headers={"Content-Type": content_type})
        assert response.status_code == 415


def test_get_queries_but_never_mutates(server: RunningServer) -> None:
    mutation = (
        'mutation { createBookingAnswerCategory(input: {title: "x"}) { userErrors { code } } }'
    )

    queried = httpx.get(f"{server.url}/graphql", params={"query": QUERY})
    mutated = httpx.get(f"{server.url}/graphql", params={"query": mutation})

    assert queried.json()["data"] == {"viewer": None}
    assert (mutated.status_code, mutated.headers["allow"]) == (405, "POST")


def test_unknown_bearer_is_unauthenticated(server: RunningServer) -> None:
    for header in ["Bearer nonsense", "Bearer wsk_x", "Bearer wst_x.y", "Basic eDp5", "Bearer"]:
        response = post(server, headers={"Authorization": header})
        assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")


def test_owner_key_is_seen_as_the_viewer(server: RunningServer) -> None:
    key = server.create_organization("Viewed")
    query = "{ viewer { role organization { name slug } } }"

    response = post(server, json={"query": query}, headers={"Authorization": f"Bearer {key}"})

    assert response.json()["data"]["viewer"] == {
        "role": "OWNER",
        "organization": {"name": "Viewed", "slug": "viewed"},
    }


def test_anonymous_admin_operation_is_unauthenticated(server: RunningServer) -> None:
    mutation = (
        'mutation { createBookingAnswerCategory(input: {title: "x"}) { userErrors { code } } }'
    )

    response = post(server, json={"query": mutation})

    assert code(response) == "UNAUTHENTICATED"


def test_health_is_told(server: RunningServer) -> None:
    assert httpx.get(f"{server.url}/livez").json() == {"status": "alive"}
    assert httpx.get(f"{server.url}/readyz").json() == {"status": "ready"}
