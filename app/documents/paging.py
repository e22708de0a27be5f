"""Pages of a sorted list by key: a page costs the same wherever in the list it lies."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, DESCENDING

D = TypeVar("D", bound=StoredDocument)
MILLISECONDS = 1_000


class SortOrder(NamedTuple):
    """The field a list is sorted by; the id decides between equal values.

    There are none when the field is `unique` in the list. Its pages are then found by one range,
    while the embedded database reads the whole collection for a page that begins at a cursor.
    """

    field: str
    descending: bool = False
    unique: bool = False


class PageRequest(NamedTuple):
    """Which page: `size` items after or before a key, from the end of the list if `backward`."""

    size: int
    backward: bool = False
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None


class Page(NamedTuple, Generic[D]):
    """A page in list order."""

    items: list[D]
    has_next: bool
    has_previous: bool


async def find_page(
    document: type[D], query: Mapping[str, Any], *, order: SortOrder, page: PageRequest
) -> Page[D]:
    """Return one page of the documents that match `query`; one command."""
    condition = _within(query, order, page)
    direction = DESCENDING if order.descending is not page.backward else ASCENDING
    sort = [(order.field, direction)]
    if order.field != "_id":
        sort.append(("_id", direction))
    cursor = document.get_motor_collection().find(condition).sort(sort).limit(page.size + 1)
    items = [document.parse(raw) async for raw in cursor]
    has_more = len(items) > page.size
    items = items[: page.size]
    if page.backward:
        items.reverse()
    return Page(
        items=items,
        has_next=page.before is not None if page.backward else has_more,
        has_previous=has_more if page.backward else page.after is not None,
    )


def sort_key(document: StoredDocument, order: SortOrder) -> list[Any]:
    """Return the JSON-ready sort values of a document: the field's, then its id."""
    if order.field == "_id":
        return [document.id]
    value: Any = document
    for name in order.field.split("."):
        value = getattr(value, name)
    if isinstance(value, datetime):
        value = {"ms": round(value.timestamp() * MILLISECONDS)}
    return [value, document.id]


def _within(query: Mapping[str, Any], order: SortOrder, page: PageRequest) -> dict[str, Any]:
    keys = [(page.after, True), (page.before, False)]
    bounds = [_beyond(order, key, forward=forward) for key, forward in keys if key is not None]
    if not bounds:
        return dict(query)
    if not order.unique:
        return {"$and": [dict(query), *bounds]}
    ranges = [query.get(order.field, {}), *(bound[order.field] for bound in bounds)]
    merged: dict[str, Any] = {}
    for each in ranges:
        merged |= each
    return {**query, order.field: merged}


def _beyond(order: SortOrder, key: Sequence[Any], *, forward: bool) -> dict[str, Any]:
    operator = "$gt" if order.descending is not forward else "$lt"
    if order.field == "_id":
        return {"_id": {operator: key[0]}}
    if order.unique:
        return {order.field: {operator: _from_json(key[0])}}
    value, entity_id = _from_json(key[0]), key[1]
    return {
        "$or": [
            {order.field: {operator: value}},
            {order.field: value, "_id": {operator: entity_id}},
        ]
    }


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromtimestamp(value["ms"] / MILLISECONDS, UTC)
    return value
