"""What the clients were promised: everything that was acknowledged, and everything refused."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Visit:
    """One session as its customer knows it; global ids throughout.

    `acknowledged` holds the stored id and sequence of events by their client ids, `refused` the
    client ids of batches that were turned down. `end` says how the customer saw it end.
    """

    id: str
    token: str
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    booking_id: str | None = None
    end: str | None = None
    followed: list[int] | None = None
    """The sequences a subscriber was sent, where there was one."""


@dataclass(frozen=True)
class Edit:
    """An edit that was acknowledged: the version it made, and the title it gave."""

    entity_id: str
    version: int
    title: str


@dataclass
class Ledger:
    """What all clients together were told."""

    visits: list[Visit] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    publications: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    """Answers that no failure excuses."""

    def note(self, surprise: str, *details: Any) -> None:
        """Keep what should not have happened."""
        self.counts["surprises"] += 1
        self.surprises.append(" ".join([surprise, *map(repr, details)]))
