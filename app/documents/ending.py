"""Ending tasks that may be speaking with the database."""

import asyncio
from typing import Any

SECONDS_BEFORE_SAYING_IT_AGAIN = 0.5


async def end_tasks(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks, and return when all of them have ended; what they came to is left in them.

    They are told until they have. Python 3.11's `asyncio.wait_for` forgets a cancellation that
    comes in the very turn of the loop in which what it waits for is done, and PyMongo's
    asynchronous API sends every command through it.
    https://github.com/python/cpython/issues/86296
    """
    unfinished = set(tasks)
    while unfinished:
        for task in unfinished:
            task.cancel()
        _, unfinished = await asyncio.wait(unfinished, timeout=SECONDS_BEFORE_SAYING_IT_AGAIN)
