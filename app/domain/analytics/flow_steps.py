"""Which steps flows have had, what they are called, and in which order they stand."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.domain.booking_flow.steps import StepType
from app.domain.values import EntityId, Value


class StepOutline(NamedTuple):
    """A step without its configuration."""

    id: EntityId
    name: str
    step_type: StepType


class RevisionOutline(Value):
    """A published revision with the outlines of its steps in order."""

    id: EntityId
    booking_flow_id: EntityId
    revision: int
    published_at: datetime
    steps: tuple[StepOutline, ...]


def list_newest_steps(revisions: Iterable[RevisionOutline]) -> tuple[StepOutline, ...]:
    """Return every step of the revisions once, as in the newest revision that has it.

    Flow by flow, the oldest first, in the order of those newest revisions; a step that newer
    revisions no longer have follows the one that took its place.
    """
    placed: dict[EntityId, tuple[tuple[EntityId, int, int], StepOutline]] = {}
    for revision in sorted(revisions, key=lambda each: (each.revision, each.published_at)):
        for position, step in enumerate(revision.steps):
            placed[step.id] = (revision.booking_flow_id, position, -revision.revision), step
    return tuple(step for _, step in sorted(placed.values(), key=lambda each: each[0]))
