"""Attempts to have one document run under another's hash, or to fill the memory with documents."""

import hashlib
import time
from typing import Any

import pytest
from graphql import GraphQLError

from app.api.errors import RequestError
from app.domain.access import Anonymous
from app.transport import persisted_documents
from app.transport.errors import to_client_error
from app.transport.graphql_request import GraphQLRequest
from app.transport.persisted_documents import PersistedDocuments

GOOD, EVIL = "{ viewer { role } }", "{ viewer { organization { name } } }"


def hash_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def a_request(query: str = "", digest: str | None = None, document_id: str = "") -> GraphQLRequest:
    persisted = {"version": 1, "sha256Hash": digest}
    return GraphQLRequest(
        query=query,
        variables=None,
        operation_name=None,
        extensions={"persistedQuery": persisted} if digest else None,
        document_id=document_id or None,
    )


def code_of(documents: PersistedDocuments, request: GraphQLRequest) -> str:
    with pytest.raises(RequestError) as refused:
        documents.find(request, Anonymous())
    return str((refused.value.extensions or {})["code"])


def found(documents: PersistedDocuments, request: GraphQLRequest) -> str:
    return documents.find(request, Anonymous()).query


@pytest.mark.parametrize(
    "disguised",
    [
        {"digest": hash_of(GOOD)},
        {"document_id": f"sha256:{hash_of(GOOD)}"},
        {"digest": hash_of(GOOD), "document_id": f"sha256:{hash_of(EVIL)}"},
    ],
)
def test_document_is_not_taken_under_the_hash_of_another(disguised: dict[str, Any]) -> None:
    documents = PersistedDocuments()

    assert code_of(documents, a_request(EVIL, **disguised)) == "BAD_USER_INPUT"
    assert code_of(documents, a_request(digest=hash_of(GOOD))) == "PERSISTED_QUERY_NOT_FOUND"


def test_document_is_kept_under_its_own_hash_whatever_the_request_said() -> None:
    documents = PersistedDocuments()

    documents.remember(a_request(EVIL, digest=hash_of(GOOD)))

    assert found(documents, a_request(digest=hash_of(EVIL))) == EVIL
    assert code_of(documents, a_request(digest=hash_of(GOOD))) == "PERSISTED_QUERY_NOT_FOUND"


def test_id_of_a_trusted_list_is_no_hash_and_a_hash_no_id() -> None:
    documents = PersistedDocuments({hash_of(EVIL): GOOD, f"sha256:{hash_of(EVIL)}": GOOD})
    documents.remember(a_request(EVIL, digest=hash_of(EVIL)))

    assert code_of(documents, a_request(digest=hash_of(EVIL))) == "FORBIDDEN"
    assert found(documents, a_request(document_id=hash_of(EVIL))) == GOOD
    assert code_of(documents, a_request(document_id="")) == "PERSISTED_QUERY_NOT_FOUND"


def test_one_more_blank_makes_a_document_untrusted() -> None:
    documents = PersistedDocuments({"good": GOOD})

    assert found(documents, a_request(GOOD)) == GOOD
    for other in (f"{GOOD} ", f"{GOOD}#", GOOD.replace("role", "r: role"), f"{GOOD} {EVIL}"):
        assert code_of(documents, a_request(other)) == "FORBIDDEN"


def test_documents_are_kept_up_to_a_number_of_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted_documents, "MAX_KEPT_CHARACTERS", 10_000)
    documents = PersistedDocuments()
    sent = [f"{GOOD} #{number:0>980}" for number in range(50)]

    for document in sent:
        documents.remember(a_request(document, digest=hash_of(document)))
    documents.remember(a_request("#" * 60_000, digest=hash_of("#" * 60_000)))
    documents.remember(a_request(GOOD))

    kept = [document for document in sent if _is_kept(documents, document)]
    assert kept == sent[-len(kept) :]
    assert 9_000 < sum(len(document) for document in kept) <= 10_000
    assert not _is_kept(documents, "#" * 60_000)
    assert not _is_kept(documents, GOOD)


def _is_kept(documents: PersistedDocuments, document: str) -> bool:
    try:
        return found(documents, a_request(digest=hash_of(document))) == document
    except RequestError:
        return False


def cpu_seconds(count: int) -> float:
    """Return the processor time of taking suggestions out of a message that repeats their words."""
    error = GraphQLError(" Did you mean " * count)
    started = time.process_time()
    to_client_error(error, request_id="test", executed=False, offers_suggestions=False)
    return time.process_time() - started


def test_suggestions_are_taken_out_in_linear_time() -> None:
    small, large = (min(cpu_seconds(count) for _ in range(5)) for count in (500, 4_000))

    assert large < 24 * small


def test_suggestion_is_taken_out_whatever_the_client_wrote_before_it() -> None:
    error = GraphQLError("' Did you mean ' is no field. Did you mean 'name' or 'names'?")

    shown = to_client_error(error, request_id="test", executed=False, offers_suggestions=False)

    assert shown["message"] == "' Did you mean ' is no field."
