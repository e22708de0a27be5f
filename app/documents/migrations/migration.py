"""What a migration is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from app.documents.driver import Database


class Phase(StrEnum):
    """When a migration may be made.

    EXPAND adds what the new version needs and leaves what the one before needs, so it is made
    before the first new server starts. CONTRACT removes the rest once the last old one has ended.
    """

    EXPAND = "expand"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A part that is done: how many changes it made, and where to go on after it.

    `seen_count` says how many documents it looked at, for the progress.
    """

    changed_count: int
    checkpoint: str
    seen_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One small change of what is stored.

    `preview` returns a sentence for each kind of change that is to be made, none when there is
    nothing to do. `run` makes them in batches, going on after the checkpoint of the last one that
    is known to be done; a batch may be made again. `count` estimates how many documents are seen.
    """

    id: str
    description: str
    phase: Phase
    preview: Callable[[Database], Awaitable[tuple[str, ...]]]
    run: Callable[[Database, str | None], AsyncIterator[Batch]]
    count: Callable[[Database], Awaitable[int]]
