"""Half-open ranges of time in filters."""

from datetime import datetime
from typing import Any

from app.api.errors import bad_user_input
from app.documents.ranges import between


def created_between(created_from: datetime | None, created_to: datetime | None) -> dict[str, Any]:
    """Return the query for documents created in `[created_from, created_to)`, {} when unbounded.

    Raises RequestError (BAD_USER_INPUT) for a range that ends before it begins.
    """
    if created_from is not None and created_to is not None and created_to < created_from:
        raise bad_user_input("`createdTo` is before `createdFrom`.", argument="filter")
    return between("created_at", created_from, created_to)
