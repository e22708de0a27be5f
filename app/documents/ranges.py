"""Half-open ranges in queries."""

from datetime import datetime
from typing import Any


def between(field: str, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    """Return the query for `field` in `[start, end)`; {} when both ends are open.

    The bounds stand apart in an `$and`. Side by side they mean the same, but the embedded database
    then loses what equals an inclusive bound when an index goes on behind the field.
    """
    bounds = {"$gte": start, "$lt": end}
    given = [{field: {operator: value}} for operator, value in bounds.items() if value is not None]
    return {"$and": given} if given else {}
