"""Booking sessions: the snapshot of what their events say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DESCENDING, IndexModel
from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.state import (
    SESSION_STATE_ADAPTER,
    BookingOutcome,
    CurrentState,
    SessionMetrics,
    SessionState,
    SessionStateBase,
    StepProgression,
)
from app.domain.values import EntityId


class BookingSession(OrganizationDocument):
    """A customer's session; everything from `sequence` on down is derived from its events."""

    scheduler_config_id: EntityId | None = None
    idempotency_key: str | None = None
    request_hash: str | None = None
    booking_session_event_ids: list[EntityId] = []
    sequence: int
    booking_flow_id: EntityId
    revision: int
    booking_flow_revision_id: EntityId
    started_at: datetime
    session_context: SessionContext
    resumed_from_session_id: EntityId | None = None
    step_progression: StepProgression
    metrics: SessionMetrics
    current_state: CurrentState
    booking_outcome: BookingOutcome

    class Settings:
        name = "booking_sessions"
        indexes = [
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("booking_outcome.status", ASCENDING),
                    ("created_at", DESCENDING),
                ],
                name="organization_status_created",
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("created_at", DESCENDING),
                    ("_id", DESCENDING),
                ],
                name="organization_created",
            ),
            IndexModel([("booking_outcome.booking_id", ASCENDING)], name="booking", sparse=True),
            IndexModel(
                [
                    ("booking_outcome.status", ASCENDING),
                    ("booking_outcome.drop_off_step_id", ASCENDING),
                ],
                name="status_drop_off_step",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("idempotency_key", ASCENDING)],
                name="organization_idempotency_key",
                unique=True,
                partialFilterExpression={"idempotency_key": {"$type": "string"}},
            ),
        ]

    def to_state(self) -> SessionState:
        """Return the stored snapshot as a domain value."""
        return SESSION_STATE_ADAPTER.validate_python(
            {name: getattr(self, name) for name in SNAPSHOT_FIELDS}
        )

    @classmethod
    async def save_snapshot(
        cls,
        session_id: EntityId,
        state: SessionState,
        *,
        event_ids: Sequence[EntityId],
        now: datetime,
    ) -> None:
        """Store the state, unless a later one is stored already."""
        await cls.get_motor_collection().update_one(
            {"_id": session_id, "sequence": {"$lt": state.sequence}},
            {
                "$set": {
                    **snapshot_record(state),
                    "booking_session_event_ids": list(event_ids),
                    "updated_at": now,
                }
            },
        )

    @classmethod
    async def find_organization_id(cls, session_id: EntityId) -> EntityId | None:
        """Return the organization of a session, or None when there is no such session."""
        raw = await cls.get_motor_collection().find_one({"_id": session_id}, {"organization_id": 1})
        return None if raw is None else str(raw["organization_id"])

    @classmethod
    async def find_by_idempotency_key(
        cls, organization_id: EntityId, idempotency_key: str
    ) -> "BookingSession | None":
        """Return the session that was started with this key."""
        return await cls.find_one(
            {"organization_id": organization_id, "idempotency_key": idempotency_key}
        )


SNAPSHOT_FIELDS = (*SessionStateBase.model_fields, "booking_outcome")


def snapshot_record(state: SessionState) -> dict[str, Any]:
    """Return the fields of the session document that are derived from events."""
    return state.model_dump(include=set(SNAPSHOT_FIELDS))
