"""One page of a list."""

from typing import Generic, TypeVar

from app.servicetitan.payloads.base import Payload

Row = TypeVar("Row")


class Page(Payload, Generic[Row]):
    """One page of rows; `page` counts from 1, and the total comes only when asked for."""

    page: int
    page_size: int | None = None
    has_more: bool = False
    total_count: int | None = None
    data: tuple[Row, ...]
