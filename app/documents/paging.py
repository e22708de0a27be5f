"""Pages of a sorted list by key: a page costs the same wherever in the list it lies."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from app.documents import page_windows
from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, DESCENDING, reads_whole_ranges

D = TypeVar("D", bound=StoredDocument)
MILLISECONDS = 1_000


class SortOrder(NamedTuple):
    """The field a list is sorted by; the id decides between equal values.

    There are none when the field is `unique` in the list. Its pages are found by one range.
    """

    field: str
    descending: bool = False
    unique: bool = False

    @property
    def is_unique(self) -> bool:
        """Whether no two items of the list are equal in the field."""
        return self.unique or self.field == "_id"


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
    document: type[D],
    query: Mapping[str, Any],
    *,
    order: SortOrder,
    page: PageRequest,
    now: datetime,
) -> Page[D]:
    """Return one page of the documents that match `query`.

    One command, two behind a cursor; where the server reads whole ranges, as many for a list by
    time as `walk` says.
    """
    if order.field == page_windows.FIELD and reads_whole_ranges() and not _is_between(page):
        records = await _walk(document, query, order=order, page=page, now=now)
    elif _start(page) is None or _is_between(page) or order.is_unique:
        records = await _find(document, _within(query, order, page), order, page, page.size + 1)
    else:
        records = await _find_behind(document, query, order, page)
    items = [document.parse(raw) for raw in records]
    has_more = len(items) > page.size
    items = items[: page.size]
    if page.backward:
        items.reverse()
    return Page(
        items=items,
        has_next=page.before is not None if page.backward else has_more,
        has_previous=has_more if page.backward else page.after is not None,
    )


async def _walk(
    document: type[D],
    query: Mapping[str, Any],
    *,
    order: SortOrder,
    page: PageRequest,
    now: datetime,
) -> Sequence[Mapping[str, Any]]:
    key = _start(page)
    way = page_windows.Walk(
        back=_direction(order, page) == DESCENDING,
        start=now,
        after=None if key is None else (_from_json(key[0]), str(key[1])),
    )
    return await page_windows.walk(document, query, way=way, size=page.size + 1)


async def _find_behind(
    document: type[D], query: Mapping[str, Any], order: SortOrder, page: PageRequest
) -> Sequence[Mapping[str, Any]]:
    """Return the documents that are like the cursor's but for their ids, then those behind.

    Not with one command and an `$or`, for which the embedded database reads the whole collection.
    """
    value, entity_id = map(_from_json, _start(page) or ())
    operator = "$gt" if _direction(order, page) == ASCENDING else "$lt"
    same = {**query, order.field: value, "_id": {operator: entity_id}}
    behind = {**query, order.field: {**query.get(order.field, {}), operator: value}}
    records = await _find(document, same, order, page, page.size + 1)
    missing = page.size + 1 - len(records)
    return [*records, *(await _find(document, behind, order, page, missing) if missing else ())]


async def _find(
    document: type[D], query: Mapping[str, Any], order: SortOrder, page: PageRequest, size: int
) -> Sequence[Mapping[str, Any]]:
    direction = _direction(order, page)
    sort = [(order.field, direction)]
    if order.field != "_id":
        sort.append(("_id", direction))
    cursor = document.get_motor_collection().find(dict(query)).sort(sort).limit(size)
    records: list[dict[str, Any]] = await cursor.to_list(None)
    return records


def _start(page: PageRequest) -> Sequence[Any] | None:
    """Return the cursor behind which the page begins."""
    return page.before if page.backward else page.after


def _is_between(page: PageRequest) -> bool:
    """Whether the page ends at a cursor, wherever it begins."""
    return (page.after if page.backward else page.before) is not None


def _direction(order: SortOrder, page: PageRequest) -> int:
    return DESCENDING if order.descending is not page.backward else ASCENDING


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
    if not order.is_unique:
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
