"""What becomes of a field, decided by a seed: the same whoever executes, in whatever order."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from graphql import GraphQLError


class Fate(Enum):
    VALUE = auto()
    NULL = auto()
    RAISED = auto()
    REFUSED = auto()
    RETURNED_ERROR = auto()
    WRONG = auto()


FAILURES = tuple(fate for fate in Fate if fate is not Fate.VALUE)
LONGEST_WAIT = 4


class Broken(Exception):
    """An error of no kind that GraphQL knows."""


class RefusedError(GraphQLError):
    """An error with a code of its own, as an API raises."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "REFUSED", "place": message})


class Oddity:
    """A value of no type of any schema."""

    def __repr__(self) -> str:
        return "<oddity>"


@dataclass(frozen=True)
class Chance:
    """Draws by seed and place; `failing` and `waiting` are shares in percent."""

    seed: int
    failing: int = 10
    waiting: int = 50

    def draw(self, below: int, *place: object) -> int:
        """Return a number from 0 to `below` - 1 that is always the same for the place."""
        return zlib.crc32(repr((self.seed, place)).encode()) % below

    def happens(self, percent: int, *place: object) -> bool:
        """Return whether something of that probability happens at the place."""
        return self.draw(100, *place) < percent

    def fate(self, *place: object) -> Fate:
        """Return what becomes of the field at the place."""
        if not self.happens(self.failing, "fails", *place):
            return Fate.VALUE
        return FAILURES[self.draw(len(FAILURES), "how", *place)]

    def settle(self, value: Callable[[], Any], *place: object) -> Any:
        """Return the value, or what its fate has made of it; raises when that is its fate."""
        match self.fate(*place):
            case Fate.VALUE:
                return value()
            case Fate.NULL:
                return None
            case Fate.RAISED:
                raise Broken(f"broken at {place}")
            case Fate.REFUSED:
                raise RefusedError(f"refused at {place}")
            case Fate.RETURNED_ERROR:
                return Broken(f"returned at {place}")
            case Fate.WRONG:
                return self.wrong(*place)

    async def settle_late(self, value: Callable[[], Any], *place: object) -> Any:
        """Settle as `settle` does, after some turns of the event loop."""
        await self.wait(*place)
        return self.settle(value, *place)

    async def wait(self, *place: object) -> None:
        """Let others run, for a number of turns that is the place's own."""
        if self.happens(self.waiting, "waits", *place):
            for _ in range(1 + self.draw(LONGEST_WAIT, "turns", *place)):
                await asyncio.sleep(0)

    def hold(self, value: Any, *place: object) -> Any:
        """Return what an attribute holds: the value, its failure, or something to await."""
        held = self.hold_now(value, *place)
        if self.waiting and self.happens(4, "late", *place):
            return Later(self, held, place)
        return held

    def hold_now(self, value: Any, *place: object) -> Any:
        """Return what `hold` does, but nothing to await."""
        fate = self.fate(*place)
        return value if fate is Fate.VALUE else self._failure(fate, *place)

    def wrong(self, *place: object) -> Any:
        """Return a value that few types take."""
        kinds: tuple[Any, ...] = (
            Oddity(),
            "not a number",
            {},
            12.5,
            [1, [2]],
            b"bytes",
            2**40,
            True,
        )
        return kinds[self.draw(len(kinds), "wrong", *place)]

    def _failure(self, fate: Fate, *place: object) -> Any:
        if fate is Fate.NULL:
            return None
        return self.wrong(*place) if fate is Fate.WRONG else Broken(f"held at {place}")


@dataclass(frozen=True)
class Later(Awaitable[Any]):
    """Something to await that is no coroutine, so that nobody minds when nobody awaits it."""

    chance: Chance
    value: Any
    place: tuple[object, ...]

    def __await__(self) -> Any:
        yield from self.chance.wait("later", *self.place).__await__()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value
