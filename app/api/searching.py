"""Filters by text."""

from typing import Any

from app.api.errors import bad_user_input
from app.documents.search import containing

MAX_SEARCH_LENGTH = 200


def text_query(search: str | None, *fields: str) -> dict[str, Any]:
    """Return the query for the documents one of whose fields contains the text; {} for no text.

    Raises RequestError (BAD_USER_INPUT) for a text the database cannot look for.
    """
    text = (search or "").strip()
    if len(text) > MAX_SEARCH_LENGTH or "\0" in text:
        message = f"`search` is a text of at most {MAX_SEARCH_LENGTH} characters."
        raise bad_user_input(message, argument="filter")
    return {"$or": [{field: containing(text)} for field in fields]} if text else {}
