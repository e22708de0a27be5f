"""The working memory in which events are applied one after another."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.event_types import FormValues
from app.domain.booking_session.state import BookingOutcome, BookingSessionStatus, SelectedTimeslot
from app.domain.values import EntityId


@dataclass(slots=True)
class SessionFold:
    """A session state laid flat and open to change; only the code of this package sees one.

    `derive` feeds a whole stream into it, `evolve` one event, and the decisions about a batch read
    it between the batch's events, so that nothing is copied per event. The lists and the outer
    dict are its own; inner dicts may be shared with frozen states and are replaced, never changed.
    """

    booking_flow_id: EntityId
    revision: int
    started_at: datetime
    session_context: SessionContext
    resumed_from_session_id: EntityId | None
    total_in_flow: int
    completed_step_ids: list[EntityId]
    completed_step_indexes: list[int]
    furthest_step_id: EntityId
    furthest_step_index: int
    back_navigation_count: int
    validation_error_count: int
    field_update_count: int
    step_id: EntityId
    form_data: dict[EntityId, FormValues]
    visited_step_ids: list[EntityId]
    service_selection_path: tuple[str, ...]
    service_node_id: str | None
    is_service_selection_complete: bool
    service_id: EntityId | None
    timeslot: SelectedTimeslot | None
    sequence: int
    last_event_id: EntityId
    last_activity_at: datetime
    last_occurred_at: datetime
    booking_outcome: BookingOutcome

    @property
    def is_closed(self) -> bool:
        """Whether the session takes no more events."""
        return self.booking_outcome.status is not BookingSessionStatus.ACTIVE

    @property
    def furthest_completed_index(self) -> int:
        """The position of the furthest step completed, -1 before the first."""
        return self.completed_step_indexes[-1] if self.completed_step_indexes else -1

    def values_of(self, step_id: EntityId) -> FormValues:
        """Return the form values kept for a step, to be read only."""
        return self.form_data.get(step_id, {})
