"""Waiting, as one of several, for what is done once."""

import asyncio
from typing import Any, TypeVar

T = TypeVar("T")


async def wait_among_others(shared: asyncio.Future[T]) -> T:
    """Return what `shared` comes to, or raise what it fails with.

    One who leaves does not end it for the others. When all have left, a failure is nobody's, and
    must not be reported as one that was forgotten.
    """
    shared.add_done_callback(_look_at_failure)
    return await asyncio.shield(shared)


def _look_at_failure(shared: asyncio.Future[Any]) -> None:
    if not shared.cancelled():
        shared.exception()
