"""Comparing the indexes the documents declare with those the database has."""

from typing import Any

from app.documents.driver import IndexModel
from app.documents.registry import DOCUMENTS
from app.domain.values import Value

_COMPARED_OPTIONS = ("unique", "sparse", "partialFilterExpression", "expireAfterSeconds")


class IndexDifference(Value):
    """An index that is not as declared: `missing`, `unknown` or `different`."""

    collection: str
    index: str
    difference: str


async def find_index_differences() -> list[IndexDifference]:
    """Return every index that is missing, differs or is not declared, by collection."""
    differences: list[IndexDifference] = []
    for document in DOCUMENTS:
        collection = document.get_motor_collection()
        declared = {model.document["name"]: model for model in _declared(document)}
        present = await collection.index_information()
        present.pop("_id_", None)
        differences += [
            IndexDifference(collection=collection.name, index=name, difference=difference)
            for name in sorted(declared.keys() | present.keys())
            if (difference := _compare(declared.get(name), present.get(name))) is not None
        ]
    return differences


def _declared(document: type[Any]) -> list[IndexModel]:
    return list(getattr(document.Settings, "indexes", []))


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
