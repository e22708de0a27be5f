"""Where a value stands in an answer, as a chain from it to the root.

A link is made for every object of an answer, a path only for the few that need one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from graphql.pyutils import Path

if TYPE_CHECKING:
    from app.execution.places import Place

Link: TypeAlias = "tuple[Link | None, str | int, Place]"
"""The link of what it stands in, its key there, and what is known of the place beforehand."""


def to_path(link: Link) -> Path:
    """Return the path as resolvers see it."""
    prev, key, place = link
    return Path(None if prev is None else to_path(prev), key, place.typename)


def to_keys(link: Link) -> list[str | int]:
    """Return the path as errors show it, from the root."""
    keys: list[str | int] = []
    current: Link | None = link
    while current is not None:
        keys.append(current[1])
        current = current[0]
    keys.reverse()
    return keys


def nearest_nullable(link: Link) -> Link | None:
    """Return the innermost place at or around `link` that may be null; None for the root."""
    current: Link | None = link
    while current is not None and not current[2].is_nullable:
        current = current[0]
    return current
