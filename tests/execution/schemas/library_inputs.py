"""The inputs of the library: every kind of argument, with and without defaults."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from tests.execution.chance import Oddity

Isbn = NewType("Isbn", str)


def _serialize_isbn(value: Any) -> str | None:
    if isinstance(value, Oddity):
        return None
    return f"ISBN {value.strip()}"


def _parse_isbn(value: Any) -> str:
    if not str(value).startswith("978"):
        raise ValueError("An ISBN begins with 978.")
    return str(value)


SCALARS = StrawberryConfig(
    scalar_map={
        Isbn: strawberry.scalar(name="Isbn", serialize=_serialize_isbn, parse_value=_parse_isbn)
    }
)


@strawberry.enum
class Genre(Enum):
    POETRY = "poetry"
    DRAMA = 2
    PROSE = ("prose",)


@strawberry.input(one_of=True)
class Key:
    isbn: Isbn | None = strawberry.UNSET
    number: int | None = strawberry.UNSET
    names: list[str] | None = strawberry.UNSET


@strawberry.input
class BookFilter:
    title: str | None = "any"
    first: int = 3
    genres: list[Genre] = strawberry.field(default_factory=lambda: [Genre.DRAMA])
    grid: list[list[int]] | None = strawberry.UNSET
    key: Key | None = None
    inner: "BookFilter | None" = None
    since: date | None = strawberry.UNSET
    maybe: strawberry.Maybe[int | None]


def describe(  # noqa: PLR0917
    info: Info[Any, Any],
    whole: int = 7,
    required: Annotated[int | None, strawberry.argument(name="class")] = 5,
    ratio: float | None = strawberry.UNSET,
    text: str | None = None,
    flag: bool = False,
    genre: Genre | None = Genre.POETRY,
    genres: list[Genre | None] | None = strawberry.UNSET,
    grid: list[list[int] | None] | None = strawberry.UNSET,
    isbn: Isbn | None = None,
    at: datetime | None = None,
    data: JSON | None = None,
    key: Key | None = None,
    where: BookFilter | None = None,
    some: list[BookFilter] | None = strawberry.UNSET,
) -> str:
    """Return the arguments as the resolver has them."""
    given = {name: value for name, value in locals().items() if name != "info"}
    for each in (where, *(some or ())):
        if each:
            each.genres.append(Genre.PROSE)  # A default that two executions share would grow.
    info.context.saw(info, **given)
    return repr(given)
