"""Documents that clients name by a hash, and those the public may send at all.

Automatic persisted queries: a client sends the SHA-256 of a document; when the server does not know
it, the client sends both once. Trusted documents: a list made when the clients are built; who shows
no API key then runs these and nothing else.
https://www.apollographql.com/docs/apollo-server/performance/apq
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import orjson
from cachetools import LRUCache

from app.api.errors import ErrorCode, RequestError, bad_user_input, forbidden
from app.api.limits import bounds
from app.domain.access import Credential, OrganizationCredential
from app.transport.graphql_request import GraphQLRequest

MAX_KEPT_CHARACTERS = 2_000_000
PROTOCOL_VERSION = 1

_SHA256 = re.compile(r"[0-9a-f]{64}")


class TrustedDocumentsError(Exception):
    """The file of trusted documents cannot be used; the message is one line."""


class PersistedDocuments:
    """What one process knows of documents by their hash."""

    def __init__(self, trusted: Mapping[str, str] | None = None) -> None:
        """Take the trusted documents by id; None lets everyone send any document."""
        self._trusted_ids = dict(trusted or {})
        self._trusted = {_hash(document): document for document in self._trusted_ids.values()}
        self._trusts_all = trusted is None
        self._kept: LRUCache[str, str] = LRUCache(MAX_KEPT_CHARACTERS, getsizeof=len)

    def find(self, request: GraphQLRequest, credential: Credential) -> GraphQLRequest:
        """Return the request with its document.

        Raises RequestError: PERSISTED_QUERY_NOT_FOUND for a hash not known here, BAD_USER_INPUT for
        one that is no hash or not the document's, FORBIDDEN for a document the caller may not send.
        """
        digest = _read_hash(request)
        query = request.query or self._look_up(request.document_id, digest)
        if digest and request.query and _hash(query) != digest:
            raise bad_user_input("`sha256Hash` is not the hash of the document.")
        if not self._may_send(query, credential):
            raise forbidden("Without an API key, only trusted documents are served.")
        return request._replace(query=query)

    def remember(self, request: GraphQLRequest) -> None:
        """Keep the document of a request that was executed, if it came with a hash.

        What was refused is not kept, so that garbage cannot push useful documents out.
        """
        if _read_hash(request) and len(request.query) <= bounds.MAX_CHARACTERS:
            self._kept[_hash(request.query)] = request.query

    def _look_up(self, document_id: str | None, digest: str | None) -> str:
        known = self._trusted_ids.get(document_id or "")
        if known is None and digest is not None:
            known = self._trusted.get(digest) or self._kept.get(digest)
        if known is None:
            # Apollo's clients send the document after this very message.
            raise RequestError(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return known

    def _may_send(self, query: str, credential: Credential) -> bool:
        return (
            self._trusts_all
            or isinstance(credential, OrganizationCredential)
            or _hash(query) in self._trusted
        )


def read_trusted_documents(path: Path) -> dict[str, str]:
    """Return documents by id from a JSON object, as code generators write them.

    Raises TrustedDocumentsError when the file cannot be read or holds anything else.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise TrustedDocumentsError(f"{path} cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise TrustedDocumentsError(f"{path} is not valid JSON") from error
    is_mapping = isinstance(content, dict) and content
    if not is_mapping or not all(isinstance(document, str) for document in content.values()):
        raise TrustedDocumentsError(f"{path} must hold a JSON object of documents by their ids")
    return dict(content)


def _read_hash(request: GraphQLRequest) -> str | None:
    """Return the SHA-256 a request names its document by, as 64 hexadecimal digits."""
    digest: str | None
    match request.extensions:
        case {"persistedQuery": {"version": int(version), "sha256Hash": str(digest)}}:
            if version != PROTOCOL_VERSION:
                raise bad_user_input(f"Only version {PROTOCOL_VERSION} of `persistedQuery` exists.")
        case {"persistedQuery": _}:
            raise bad_user_input("`persistedQuery` needs `version` and `sha256Hash`.")
        case _:
            digest = _read_document_id(request.document_id or "")
    if digest is not None and not _SHA256.fullmatch(digest):
        raise bad_user_input("A SHA-256 has 64 hexadecimal digits in lower case.")
    return digest


def _read_document_id(document_id: str) -> str | None:
    """Return the hash within an id of the form `sha256:…`; other ids are a trusted list's own."""
    prefix, _, digest = document_id.partition(":")
    return digest if prefix == "sha256" else None


def _hash(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
