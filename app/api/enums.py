"""Publishing the domain's enums in the schema, every value described."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=Enum)


def expose_enum(
    enum: type[E], *, description: str, values: Mapping[E, str], name: str | None = None
) -> None:
    """Make `enum` a GraphQL enum whose value names are the members' names.

    The class itself can then stand in annotations of fields and arguments.

    Raises ValueError when a member has no description: the schema describes everything.
    """
    undescribed = [member.name for member in enum if member not in values]
    if undescribed:
        raise ValueError(f"{enum.__name__} values without a description: {undescribed}")
    exposed = strawberry.enum(enum, name=name, description=description)
    definition = exposed.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[enum[value.name]]
