"""What is erased of one session."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.booking_session.flow_index import FlowIndex
from app.domain.personal_data import Person
from app.domain.values import EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionErasure:
    """One session of a person, closed and with its snapshot and its booking stored.

    `flow` is the revision the session is pinned to, None when the session has no document.
    `booking_ids` are its bookings: one or none. What is erased is marked with `erasure_id`.
    """

    erasure_id: EntityId
    organization_id: EntityId
    session_id: EntityId
    booking_ids: tuple[EntityId, ...]
    person: Person
    flow: FlowIndex | None
    now: datetime
