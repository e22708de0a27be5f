"""Relay connections over sorted collections."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import strawberry

from app.api.context import Info
from app.api.errors import ErrorCode, RequestError, bad_user_input
from app.documents.base import StoredDocument
from app.documents.paging import Page, PageRequest, SortOrder, find_page, sort_key
from app.services.cursors import CursorCodec, InvalidCursor

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100

D = TypeVar("D", bound=StoredDocument)
T = TypeVar("T")

First: TypeAlias = Annotated[
    int | None, strawberry.argument(description="How many from the start, 1 to 100; default 20.")
]
After: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Only what follows this cursor.")
]
Last: TypeAlias = Annotated[
    int | None, strawberry.argument(description="How many from the end, 1 to 100.")
]
Before: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Only what precedes this cursor.")
]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before.")
    start_cursor: str | None = strawberry.field(description="The first item's cursor.")
    end_cursor: str | None = strawberry.field(description="The last item's cursor.")


@strawberry.type(description="An item of a list with its place.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Its place, for `after` and `before`.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items with their places.")
    nodes: list[T] = strawberry.field(description="The items.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
    count: strawberry.Private[Callable[[], Coroutine[Any, Any, int]]]
    counting: strawberry.Private[asyncio.Task[int] | None] = None

    @strawberry.field(description="How many items the whole list has.")
    async def total_count(self) -> int:
        # However many aliases ask: it is counted once.
        if self.counting is None:
            self.counting = asyncio.create_task(self.count())
        return await self.counting


async def paginate(
    info: Info,
    document: type[D],
    query: Mapping[str, Any],
    *,
    order: SortOrder,
    to_node: Callable[[D], T],
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    visible: Mapping[str, Any] | None = None,
) -> Connection[T]:
    """Return one page of the documents that match `query`, sorted by `order`.

    `visible` limits the list further by what changes between requests; cursors are not bound to it.

    Raises RequestError: BAD_USER_INPUT for bounds that make no sense, INVALID_CURSOR for a cursor
    made for another list, order or filter.
    """
    cursors = info.context.cursors
    binding = [document.__name__, query, order]
    request = _read_page(cursors, binding, first=first, after=after, last=last, before=before)
    limited = {**query, **(visible or {})}
    page = await find_page(document, limited, order=order, page=request, now=info.context.now)

    async def count() -> int:
        return await document.get_motor_collection().count_documents(limited)

    return _to_connection(page, cursors, binding, order=order, to_node=to_node, count=count)


async def paginate_numbers(
    info: Info,
    total: int,
    *,
    binding: list[Any],
    load: Callable[[Sequence[int]], Awaitable[Sequence[T]]],
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[T]:
    """Return one page of the items numbered `total` down to 1, which `load` gives by number.

    Raises RequestError like `paginate`.
    """
    cursors = info.context.cursors
    page = _read_page(cursors, binding, first=first, after=after, last=last, before=before)
    newest = total if page.after is None else min(total, int(page.after[0]) - 1)
    oldest = 1 if page.before is None else max(1, int(page.before[0]) + 1)
    numbers = range(newest, oldest - 1, -1)
    chosen = numbers[-page.size :] if page.backward else numbers[: page.size]
    has_more = len(numbers) > len(chosen)
    items = await load(chosen)
    edges = [
        Edge(node=item, cursor=cursors.encode([number], binding=binding))
        for number, item in zip(chosen, items, strict=True)
    ]

    async def count() -> int:
        return total

    return Connection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=page.before is not None if page.backward else has_more,
            has_previous_page=has_more if page.backward else page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        count=count,
    )


def _to_connection(
    page: Page[D],
    cursors: CursorCodec,
    binding: list[Any],
    *,
    order: SortOrder,
    to_node: Callable[[D], T],
    count: Callable[[], Coroutine[Any, Any, int]],
) -> Connection[T]:
    edges = [
        Edge(node=to_node(item), cursor=cursors.encode(sort_key(item, order), binding=binding))
        for item in page.items
    ]
    return Connection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        count=count,
    )


def _read_page(
    cursors: CursorCodec,
    binding: list[Any],
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> PageRequest:
    if first is not None and last is not None:
        raise bad_user_input("Ask for `first` or `last`, not for both.", argument="last")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= MAX_PAGE_SIZE:
            raise bad_user_input(f"`{name}` is 1 to {MAX_PAGE_SIZE}.", argument=name)
    return PageRequest(
        size=first or last or DEFAULT_PAGE_SIZE,
        backward=last is not None,
        after=_read_cursor(cursors, after, binding, argument="after"),
        before=_read_cursor(cursors, before, binding, argument="before"),
    )


def _read_cursor(
    cursors: CursorCodec, cursor: str | None, binding: list[Any], *, argument: str
) -> list[Any] | None:
    if cursor is None:
        return None
    try:
        return cursors.decode(cursor, binding=binding)
    except InvalidCursor as error:
        raise RequestError(
            ErrorCode.INVALID_CURSOR,
            f"`{argument}` is no cursor of this list, order and filter.",
            argument=argument,
        ) from error
