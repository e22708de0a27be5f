"""Pages of a list by time, where the server reads all of a range for a few documents of it.

The embedded database does: the twenty newest of an organization's sessions cost as much as all of
them. So they are looked for in windows of time, each eight times as wide as the one before, that
lie one behind the other: a page costs what some windows hold, however many sessions there are. A
MongoDB stops by itself at the end of the page, and is asked once.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, DESCENDING
from app.documents.ranges import ONE_MILLISECOND

FIELD = "created_at"
FIRST_WINDOW = timedelta(minutes=15)
WIDENING = 8
WIDEST = timedelta(days=365)
NOTHING = timedelta(0)

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A way through a list by time: back in time, or on, from behind `after` or from `start` on.

    `after` is the time and id of a document that is not part of the page.
    """

    back: bool
    start: datetime
    after: tuple[datetime, str] | None = None

    @property
    def direction(self) -> int:
        """How the documents are sorted."""
        return DESCENDING if self.back else ASCENDING

    @property
    def beyond(self) -> str:
        """The operator for what the way comes to later."""
        return "$lt" if self.back else "$gt"

    @property
    def this_side(self) -> str:
        """The operator for what the way comes to before."""
        return "$gt" if self.back else "$lt"


async def walk(
    document: type[StoredDocument], query: Record, *, way: Walk, size: int
) -> list[Record]:
    """Return the first `size` documents on the way, in its order.

    Those of the same time as `after` come first, with a command of their own.
    """
    found: list[Record] = []
    near: datetime | None = None
    if way.after is not None:
        near, entity_id = way.after
        same_time = {**query, FIELD: near, "_id": {way.beyond: entity_id}}
        found = await _find(document, same_time, way, size)
    async for bounds in _windows(way, near, query.get(FIELD, {})):
        if len(found) >= size:
            break
        found += await _find(document, {**query, FIELD: bounds}, way, size - len(found))
    return found


async def _windows(
    way: Walk, near: datetime | None, given: Mapping[str, datetime]
) -> AsyncIterator[dict[str, datetime]]:
    """Yield the bounds of the windows; the last has no end but that of the list.

    All bounds are exclusive: the embedded database loses what equals an inclusive one.
    """
    sign = -1 if way.back else 1
    near, end = given.get(way.beyond) if near is None else near, given.get(way.this_side)
    far, width = way.start if near is None else near, FIRST_WINDOW
    while width <= WIDEST and _lies_behind(far, end, sign * width):
        far += sign * width
        yield _bounds({way.beyond: near, way.this_side: far})
        near, width = far - sign * ONE_MILLISECOND, width * WIDENING
    yield _bounds({way.beyond: near, way.this_side: end})


def _lies_behind(moment: datetime, end: datetime | None, step: timedelta) -> bool:
    """Return whether the end, or that of time, lies behind a step from the moment."""
    if end is None:
        end = (
            datetime.min.replace(tzinfo=UTC) if step < NOTHING else datetime.max.replace(tzinfo=UTC)
        )
    return abs(end - moment) > abs(step) and (end > moment) is (step > NOTHING)


def _bounds(bounds: Mapping[str, datetime | None]) -> dict[str, datetime]:
    return {operator: bound for operator, bound in bounds.items() if bound is not None}


async def _find(
    document: type[StoredDocument], query: Record, way: Walk, size: int
) -> list[Record]:
    order: Sequence[tuple[str, int]] = ((FIELD, way.direction), ("_id", way.direction))
    cursor = document.get_motor_collection().find(dict(query)).sort(order).limit(size)
    records: list[Record] = await cursor.to_list(None)
    return records
