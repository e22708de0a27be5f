"""Comparing the indexes the documents declare with those the database has."""

from typing import Any

from app.documents.base import StoredDocument
from app.documents.driver import IndexModel
from app.documents.index_creation import (
    declared_indexes,
    indexes_left_to_migrations,
    replaced_indexes,
)
from app.documents.registry import DOCUMENTS
from app.documents.shard_keys import INDEX_NAME
from app.domain.values import Value

_COMPARED_OPTIONS = ("unique", "sparse", "partialFilterExpression", "expireAfterSeconds")


class IndexDifference(Value):
    """An index that is not as declared: `missing`, `unknown`, `different` or `replaced`.

    `replaced` is one whose place another takes once `scheduler migrate --contract` is run.
    """

    collection: str
    index: str
    difference: str


async def find_index_differences() -> list[IndexDifference]:
    """Return every index that is missing, differs or is not declared, by collection."""
    differences: list[IndexDifference] = []
    for document in DOCUMENTS:
        collection = document.get_motor_collection()
        present = dict(await collection.index_information())
        for name in ("_id_", INDEX_NAME):
            present.pop(name, None)
        differences += [
            IndexDifference(collection=collection.name, index=name, difference=difference)
            for name, difference in sorted(_find_differences(document, present).items())
        ]
    return differences


def _find_differences(
    document: type[StoredDocument], present: dict[str, dict[str, Any]]
) -> dict[str, str]:
    declared = {model.document["name"]: model for model in declared_indexes(document)}
    found = {
        name: difference
        for name in declared.keys() | present.keys()
        if (difference := _compare(declared.get(name), present.get(name))) is not None
    }
    for name in indexes_left_to_migrations(document, present) - present.keys():
        del found[name]
    return found | dict.fromkeys(replaced_indexes(document).keys() & present.keys(), "replaced")


def _compare(declared: IndexModel | None, present: dict[str, Any] | None) -> str | None:
    if present is None:
        return "missing"
    if declared is None:
        return "unknown"
    wanted = declared.document
    same_keys = list(wanted["key"].items()) == [tuple(pair) for pair in present["key"]]
    same_options = all(
        (wanted.get(option) or None) == (present.get(option) or None)
        for option in _COMPARED_OPTIONS
    )
    return None if same_keys and same_options else "different"
