"""The part of a session that follows from its events, as it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.booking_session.state import SessionState, SessionStateBase
from app.domain.values import EntityId

SNAPSHOT_FIELDS = (*SessionStateBase.model_fields, "booking_outcome")

_NEVER_CHANGED = frozenset(
    {
        "booking_flow_id",
        "revision",
        "started_at",
        "session_context",
        "resumed_from_session_id",
    }
)
"""What a snapshot has from the first event on."""

_CHANGING_FIELDS = set(SNAPSHOT_FIELDS) - _NEVER_CHANGED


@dataclass(frozen=True, slots=True)
class SnapshotUpdate:
    """The snapshot of a session as of `state`, and the event ids kept with it."""

    session_id: EntityId
    state: SessionState
    event_ids: tuple[EntityId, ...]
    now: datetime

    def record(self) -> dict[str, Any]:
        """Return the fields as stored, but for those that are the same from the first event on."""
        return {
            **self.state.model_dump(include=_CHANGING_FIELDS),
            "booking_session_event_ids": list(self.event_ids),
            "updated_at": self.now,
        }


def replace_older(updates: Sequence[SnapshotUpdate]) -> dict[str, Any]:
    """Return the stage that puts its own snapshot into each session that has an older one."""
    # As literals: what a customer entered may look like an operator.
    session_ids = {"$literal": [update.session_id for update in updates]}
    records = {"$literal": [update.record() for update in updates]}
    own_record = {"$arrayElemAt": [records, {"$indexOfArray": [session_ids, "$_id"]}]}
    is_older = {"$lt": ["$sequence", "$$new.sequence"]}
    replaced = {"$cond": [is_older, {"$mergeObjects": ["$$ROOT", "$$new"]}, "$$ROOT"]}
    return {"$replaceWith": {"$let": {"vars": {"new": own_record}, "in": replaced}}}


def newest_of_each(updates: Sequence[SnapshotUpdate]) -> list[SnapshotUpdate]:
    """Return the newest snapshot of each session."""
    by_age = sorted(updates, key=lambda update: update.state.sequence)
    return list({update.session_id: update for update in by_age}.values())


def snapshot_record(state: SessionState) -> dict[str, Any]:
    """Return the fields of the session document that are derived from events."""
    return state.model_dump(include=set(SNAPSHOT_FIELDS))
