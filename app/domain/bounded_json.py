"""JSON values from clients, small and plain enough to be stored as they are."""

import json
import math
from typing import Annotated, Any

from pydantic import BeforeValidator, JsonValue
from pydantic_core import PydanticCustomError

MAX_JSON_CHARACTERS = 10_000
MAX_FORM_CHARACTERS = 50_000
MAX_JSON_DEPTH = 4
INT64_BOUND = 2**63


def require_bounded_json(value: Any) -> Any:
    """Return `value` when it is plain JSON within the bounds, else raise a coded pydantic error.

    At most 10,000 characters as JSON and four levels of lists or objects; integers within 64 bits,
    finite numbers; neither NUL nor a lone surrogate in keys and texts. Texts are otherwise data.
    Keys are too, but none begins with `$`: drivers read `{"$ref": …}` back as a reference.
    """
    _require_plain(value, depth=0)
    _require_length(value, limit=MAX_JSON_CHARACTERS)
    return value


def require_bounded_form(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form whose values are bounded one by one, when it is at most 50,000 characters."""
    _require_length(form, limit=MAX_FORM_CHARACTERS)
    return form


def _require_length(value: Any, *, limit: int) -> None:
    if len(json.dumps(value, ensure_ascii=False)) > limit:
        raise PydanticCustomError("TOO_LONG", "is longer than {limit} characters", {"limit": limit})


def require_storable_text(text: str) -> str:
    """Return `text` when the database can hold it, else raise a coded pydantic error."""
    if "\0" in text or not _is_unicode(text):
        raise PydanticCustomError("INVALID", "contains a character that is not text")
    return text


def _require_plain(value: Any, *, depth: int) -> None:
    match value:
        case None | bool():
            return
        case str():
            require_storable_text(value)
        case int():
            if not -INT64_BOUND <= value < INT64_BOUND:
                raise PydanticCustomError("OUT_OF_RANGE", "is not within 64 bits")
        case float():
            if not math.isfinite(value):
                raise PydanticCustomError("INVALID", "is not a finite number")
        case list() | dict():
            _require_plain_container(value, depth=depth + 1)
        case _:
            raise PydanticCustomError("INVALID", "is not a JSON value")


def _require_plain_container(value: list[Any] | dict[Any, Any], *, depth: int) -> None:
    if depth > MAX_JSON_DEPTH:
        raise PydanticCustomError(
            "INVALID", "is nested deeper than {limit} levels", {"limit": MAX_JSON_DEPTH}
        )
    if isinstance(value, dict):
        for key in value:
            _require_storable_key(key)
    for item in value.values() if isinstance(value, dict) else value:
        _require_plain(item, depth=depth)


def _require_storable_key(key: Any) -> None:
    if not isinstance(key, str):
        raise PydanticCustomError("INVALID", "has a key that is not a text")
    if key.startswith("$"):
        raise PydanticCustomError("INVALID", "has a key that begins with a dollar sign")
    require_storable_text(key)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


BoundedJson = Annotated[JsonValue, BeforeValidator(require_bounded_json)]
