"""A Strawberry schema with a field of every kind, each of which may fail by chance."""

# What becomes of a field is no matter of types here, and Strawberry's decorators have none.
# mypy: disable-error-code="no-any-return, untyped-decorator"

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.permission import BasePermission
from strawberry.types import Info as StrawberryInfo

from app.execution.loaded import loaded
from tests.execution.chance import Oddity
from tests.execution.schemas.asking import Asking
from tests.execution.schemas.library_inputs import SCALARS, BookFilter, Genre, Isbn, Key, describe

Info = StrawberryInfo[Asking, Any]


class Allowed(BasePermission):
    message = "Not allowed."
    error_extensions = {"code": "FORBIDDEN"}

    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:  # noqa: ARG002
        return not info.context.chance.happens(15, "allowed", *info.path.as_list())


class AllowedLate(BasePermission):
    message = "Not allowed, said late."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:  # noqa: ARG002
        await info.context.chance.wait("permission", *info.path.as_list())
        return not info.context.chance.happens(15, "allowed late", *info.path.as_list())


class Louder(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        text = next_(source, info, **kwargs)
        return text.upper() if isinstance(text, str) else text

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Any, **kwargs: Any
    ) -> Any:
        text = await next_(source, info, **kwargs)
        return text.upper() if isinstance(text, str) else text


@strawberry.interface
class Node:
    id: strawberry.ID

    @strawberry.field
    def label(self, info: Info, prefix: str = "#") -> str:
        place = info.context.saw(info, prefix=prefix)
        return info.context.chance.settle(lambda: f"{prefix}{self.id}", *place)


@strawberry.interface
class Named:
    name: str
    nickname: str | None


@strawberry.type
class Review(Node):
    stars: int
    share: float | None
    is_kind: bool
    text: str | None = strawberry.field(name="body")
    written: datetime | None

    @strawberry.field
    async def writer(self, info: Info) -> Named | None:
        place = info.context.saw(info)
        return await info.context.chance.settle_late(lambda: author(info.context, self.id), *place)


@strawberry.type
class Book(Node):
    title: str
    isbn: Isbn | None
    price: Decimal | None
    genre: Genre
    tags: list[str]
    pages: list[int | None] | None
    reviews: list[Review]
    blurb: str | None = strawberry.field(permission_classes=[Allowed], default=None)
    author_key: strawberry.Private[str] = ""

    @strawberry.field
    async def author(self, info: Info) -> "Author":
        info.context.saw(info)
        number = await info.context.authors.load(self.author_key)
        return author(info.context, number)

    @strawberry.field
    def editor(self, info: Info) -> "Author":
        info.context.saw(info)
        return loaded(info.context.authors, self.author_key, partial(author, info.context))

    @strawberry.field(extensions=[Louder()])
    def spine(self, info: Info, letters: int = 5) -> str | None:
        place = info.context.saw(info, letters=letters)
        return info.context.chance.settle(lambda: str(self.title)[:letters], *place)

    @strawberry.field
    def sequels(self, info: Info, first: int = 2) -> list["Book"] | None:
        place = info.context.saw(info, first=first)
        return info.context.chance.settle(
            lambda: (book(info.context, n + 1) for n in range(min(first, 3))), *place
        )


@strawberry.type
class Author(Node, Named):
    born: date | None
    favourite: Genre | None
    grid: list[list[int]]
    gaps: list[list[int | None] | None] | None
    number: strawberry.Private[int] = 0

    @strawberry.field
    async def books(
        self,
        info: Info,
        first: int = 2,
        genre: Genre | None = None,
        where: BookFilter | None = None,
    ) -> list[Book]:
        place = info.context.saw(info, first=first, genre=genre, where=where)
        keys = [str(self.number + n) for n in range(max(0, min(first, 3)))]
        numbers = await info.context.books.load_many(keys)
        return await info.context.chance.settle_late(
            lambda: [book(info.context, n) for n in numbers], *place
        )

    @strawberry.field(permission_classes=[AllowedLate], extensions=[Louder()])
    async def secret(self, info: Info) -> str | None:
        place = info.context.saw(info)
        return await info.context.chance.settle_late(lambda: f"secret of {self.id}", *place)

    @strawberry.field
    async def rival(self, info: Info) -> "Author":
        info.context.saw(info)
        return author(info.context, await info.context.authors.load(str(self.number + 1)))

    @strawberry.field
    def heir(self, info: Info) -> "Author | None":
        info.context.saw(info)
        key = str(self.number + 3)
        return loaded(info.context.authors, key, partial(author, info.context))

    @strawberry.field
    def mentor(self, info: Info) -> "Author | None":
        place = info.context.saw(info)
        return info.context.chance.settle(lambda: author(info.context, self.number + 2), *place)

    @strawberry.field
    def works(self, info: Info) -> list["Item"]:
        place = info.context.saw(info)
        return info.context.chance.settle(lambda: tuple(items(info.context, self.number)), *place)

    @strawberry.field
    async def stream(self, info: Info) -> list["Item | None"]:
        place = info.context.saw(info)
        return await info.context.chance.settle_late(
            lambda: _slowly(info.context, self.number, place), *place
        )


Item = Annotated[Author | Book | Review, strawberry.union("Item")]


FIRST = strawberry.ID("1")


def _some(asking: Asking, kind: str, number: int, **values: Any) -> dict[str, Any]:
    return {name: asking.chance.hold(v, kind, number, name) for name, v in values.items()}


def review(asking: Asking, number: int) -> Review:
    """Return the review of that number; any of its attributes may be wrong."""
    return Review(
        id=strawberry.ID(str(number)),
        **_some(
            asking,
            "review",
            number,
            stars=number % 5,
            share=number / 4,
            is_kind=number % 2 == 0,
            text='Schön \u2028 "so"' if number % 3 else None,
            written=datetime(2026, 1, 1 + number % 20, 12),
        ),
    )


def book(asking: Asking, number: int) -> Book:
    """Return the book of that number; any of its attributes may be wrong."""
    return Book(
        id=strawberry.ID(str(number)),
        author_key=str(number % 4),
        **_some(
            asking,
            "book",
            number,
            title=f"Book {number}",
            isbn=Isbn(f"978-{number}"),
            price=Decimal(number) / 4,
            genre=list(Genre)[number % 3],
            tags={"one": 1, "two": 2}.keys(),
            pages=[number, asking.chance.hold(None, "page", number), number + 1],
            blurb="A blurb.",
            reviews=[
                asking.chance.hold(review(asking, number + n), "reviews", number, n)
                for n in range(number % 3)
            ],
        ),
    )


def author(asking: Asking, number: int | str) -> Author:
    """Return the author of that number; any attribute may be wrong."""
    number = int(number) % 7
    return Author(
        id=strawberry.ID(str(number)),
        number=number,
        **_some(
            asking,
            "author",
            number,
            name=f"Author {number}",
            nickname=None,
            born=date(1900 + number, 2, 3),
            favourite=Genre.DRAMA,
            grid=[[1, 2], (3,), []],
            gaps=[[number, None], None, [asking.chance.hold(5, "gap", number)]],
        ),
    )


def items(asking: Asking, number: int) -> Iterator[Any]:
    """Yield one item of each kind, and by chance something that is none."""
    yield author(asking, number)
    yield book(asking, number)
    yield review(asking, number)
    if asking.chance.happens(10, "odd item", number):
        yield Oddity()


async def _slowly(asking: Asking, number: int, place: tuple[object, ...]) -> AsyncIterator[Any]:
    for index, item in enumerate(items(asking, number)):
        await asking.chance.wait("stream", index, *place)
        yield asking.chance.settle(partial(_itself, item), "stream", index, *place)


def _itself(value: Any) -> Any:
    return value


@strawberry.type
class Query:
    motto: str
    founded: int | None

    @strawberry.field
    def author(self, info: Info, id: strawberry.ID = FIRST) -> Author | None:
        place = info.context.saw(info, id=id)
        return info.context.chance.settle(lambda: author(info.context, len(id)), *place)

    @strawberry.field
    async def book(self, info: Info, number: int) -> Book:
        place = info.context.saw(info, number=number)
        return await info.context.chance.settle_late(lambda: book(info.context, number % 9), *place)

    @strawberry.field
    async def node(self, info: Info, key: Key) -> Node | None:
        place = info.context.saw(info, key=key)
        made = (author, book, review)[info.context.chance.draw(3, *place)]
        return await info.context.chance.settle_late(lambda: made(info.context, 1), *place)

    @strawberry.field
    def search(
        self, info: Info, term: str | None = "a", where: BookFilter | None = None
    ) -> list[Item]:
        place = info.context.saw(info, term=term, where=where)
        return info.context.chance.settle(lambda: items(info.context, len(term or "")), *place)

    @strawberry.field
    async def authors(
        self, info: Info, ids: list[strawberry.ID] | None = None
    ) -> list[Author | None] | None:
        place = info.context.saw(info, ids=ids)
        return await info.context.chance.settle_late(
            lambda: [author(info.context, n) for n in range(len(ids or "abc") % 5)], *place
        )

    describe = strawberry.field(resolver=describe)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def rename(self, info: Info, id: strawberry.ID, name: str) -> Author | None:
        place = info.context.saw(info, id=id, name=name)
        await info.context.chance.wait("rename", *place)
        return await info.context.chance.settle_late(
            lambda: author(info.context, len(name)), *place
        )

    @strawberry.mutation
    def add(self, info: Info, where: BookFilter) -> Book:
        place = info.context.saw(info, where=where)
        return info.context.chance.settle(lambda: book(info.context, 3), *place)

    @strawberry.mutation
    async def remove(self, info: Info, key: Key | None = None) -> list[Item]:
        place = info.context.saw(info, key=key)
        return await info.context.chance.settle_late(lambda: items(info.context, 2), *place)


LIBRARY = strawberry.Schema(query=Query, mutation=Mutation, config=SCALARS)
ROOT = Query(motto="Read.", founded=1884)
