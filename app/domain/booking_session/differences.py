"""What changed between two states."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import JsonValue


class Change(NamedTuple):
    """One value that is not what it was; None also stands for a value that is not there."""

    path: tuple[str, ...]
    before: JsonValue
    after: JsonValue


def find_changes(before: JsonValue, after: JsonValue) -> tuple[Change, ...]:
    """Return what differs, in the order of `before`, then what is new in the order of `after`.

    Objects are compared key by key, as deep as they go; all else, lists included, is one value.
    """
    return tuple(_changes((), before, after))


def _changes(path: tuple[str, ...], before: JsonValue, after: JsonValue) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _changes((*path, key), before.get(key), after.get(key))
    elif before != after or type(before) is not type(after):
        yield Change(path, before, after)
