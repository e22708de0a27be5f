"""Taking a customer's data out of a text that others wrote."""

import re
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

SHORTEST_HIDDEN = 3
"""Shorter values stand in too many harmless places."""
HIDDEN = "…"


def redact(text: str, values: Iterable[JsonValue]) -> str:
    """Return the text without the values, or the values within them, in whatever case."""
    hidden = {word for value in values for word in _words(value)}
    if not hidden:
        return text
    # The longest first, or what is left of it would stay.
    pattern = "|".join(re.escape(word) for word in sorted(hidden, key=len, reverse=True))
    return re.sub(pattern, HIDDEN, text, flags=re.IGNORECASE)


def _words(value: JsonValue) -> Iterator[str]:
    match value:
        case dict():
            for part in value.values():
                yield from _words(part)
        case list():
            for part in value:
                yield from _words(part)
        case str() | int() | float() if not isinstance(value, bool):
            text = str(value).strip()
            if len(text) >= SHORTEST_HIDDEN:
                yield text
