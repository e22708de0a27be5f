"""Documents named by their hash, and lists of trusted ones."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.transport.persisted_documents import TrustedDocumentsError, read_trusted_documents
from tests.running_server import RunningServer, running_server

VIEWER = "{ viewer { role } }"
TRUSTED = "query Trusted { viewer { role } }"
ANSWER = {"viewer": None}


def hash_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def named(digest: object, *, version: object = 1) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": digest}}}


def post(server: RunningServer, content: dict[str, Any], *, api_key: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    response = httpx.post(f"{server.url}/graphql", json=content, headers=headers, timeout=30)
    return dict(response.json())


def code(answer: dict[str, Any]) -> str:
    (error,) = answer["errors"]
    return str(error["extensions"]["code"])


@pytest.fixture(scope="module")
def strict_server(
    database_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A server that trusts one document."""
    folder = tmp_path_factory.mktemp("trusted")
    documents = folder / "documents.json"
    documents.write_text(json.dumps({"viewer-1": TRUSTED}))
    with running_server(
        SCHEDULER_MONGODB_URI=database_uri,
        SCHEDULER_DATABASE_NAME=f"test_{uuid.uuid4().hex}",
        SCHEDULER_DATA_DIR=str(folder),
        SCHEDULER_TRUSTED_DOCUMENTS=str(documents),
    ) as server:
        yield server


def test_document_sent_once_is_found_by_its_hash(server: RunningServer) -> None:
    document = f"query {{ viewer {{ role }} }} # {uuid.uuid4().hex}"
    by_hash = named(hash_of(document))

    unknown = post(server, by_hash)
    registered = post(server, {"query": document, **by_hash})
    known = post(server, by_hash)

    # Apollo's clients look at the message or the code.
    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert registered["data"] == known["data"] == ANSWER


def test_known_document_is_served_by_get_and_by_document_id(server: RunningServer) -> None:
    digest = hash_of(VIEWER)
    post(server, {"query": VIEWER, **named(digest)})

    by_get = httpx.get(
        f"{server.url}/graphql",
        params={"extensions": json.dumps(named(digest)["extensions"])},
        timeout=30,
    )
    by_id = post(server, {"documentId": f"sha256:{digest}"})

    assert by_get.json()["data"] == by_id["data"] == ANSWER


def test_mutation_named_by_hash_is_refused_by_get(server: RunningServer) -> None:
    mutation = 'mutation { createApiKey(input: {name: "x", role: OWNER}) { secret } }'
    post(server, {"query": mutation, **named(hash_of(mutation))})

    response = httpx.get(
        f"{server.url}/graphql",
        params={"extensions": json.dumps(named(hash_of(mutation))["extensions"])},
        timeout=30,
    )

    assert response.status_code == 405


def test_refused_document_is_not_kept(server: RunningServer) -> None:
    document = "{ nothing }"
    post(server, {"query": document, **named(hash_of(document))})

    assert code(post(server, named(hash_of(document)))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "content",
    [
        {"query": VIEWER, **named(hash_of("{ viewer { id } }"))},
        named("abc"), named(hash_of(VIEWER).upper()), named(1), named(hash_of(VIEWER), version=2),
        {"query": VIEWER, "extensions": {"persistedQuery": None}},
        {"documentId": "sha256:"},
    ],
)  # fmt: skip
def test_hash_that_is_none_or_not_the_documents_is_refused(
    server: RunningServer, content: dict[str, Any]
) -> None:
    assert code(post(server, content)) == "BAD_USER_INPUT"


def test_public_may_send_trusted_documents_only(strict_server: RunningServer) -> None:
    assert post(strict_server, {"query": TRUSTED})["data"] == ANSWER
    assert post(strict_server, {"documentId": "viewer-1"})["data"] == ANSWER
    assert post(strict_server, named(hash_of(TRUSTED)))["data"] == ANSWER
    assert code(post(strict_server, {"query": VIEWER})) == "FORBIDDEN"
    assert code(post(strict_server, {"query": VIEWER, **named(hash_of(VIEWER))})) == "FORBIDDEN"
    assert code(post(strict_server, {"documentId": "x"})) == "PERSISTED_QUERY_NOT_FOUND"


def test_api_key_may_send_any_document_but_does_not_make_it_trusted(
    strict_server: RunningServer,
) -> None:
    api_key = strict_server.create_organization()
    content = {"query": VIEWER, **named(hash_of(VIEWER))}

    assert post(strict_server, content, api_key=api_key)["data"] == {"viewer": {"role": "OWNER"}}
    assert code(post(strict_server, named(hash_of(VIEWER)))) == "FORBIDDEN"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', "{"])
def test_unusable_list_is_refused_with_its_path(tmp_path: Path, text: str) -> None:
    path = tmp_path / "documents.json"
    path.write_text(text)

    with pytest.raises(TrustedDocumentsError, match=str(path)):
        read_trusted_documents(path)
