"""Half-open ranges of time in queries."""

from datetime import datetime, timedelta
from typing import Any

ONE_MILLISECOND = timedelta(milliseconds=1)


def between(field: str, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    """Return the query for the moments `field` in `[start, end)`; {} when both ends are open.

    Stored moments are whole milliseconds, so "from start on" is "after the millisecond before". It
    is written so because the embedded database loses what equals an inclusive bound when an index
    goes on behind the field, and reads the whole collection when the bounds stand in an `$and`.
    """
    bounds: dict[str, datetime] = {}
    if start is not None:
        bounds["$gt"] = _ceil(start) - ONE_MILLISECOND
    if end is not None:
        bounds["$lt"] = _ceil(end)
    return {field: bounds} if bounds else {}


def _ceil(moment: datetime) -> datetime:
    """Return the first whole millisecond at or after `moment`."""
    excess = moment.microsecond % 1_000
    return moment + timedelta(microseconds=1_000 - excess) if excess else moment
