"""What files of sessions and events show of the stored records.

Nothing that a customer entered, no address of a page and no identifier of a visitor or a click is
among it: only what is listed here leaves the database.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.api.ids import EntityType, encode_id
from app.api.scalars import serialize_datetime

FIELD_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class Column(NamedTuple):
    """A column, the path of its value in the record, and how that is shown."""

    name: str
    path: str
    show: Callable[[Any], Any] = lambda value: value

    def read(self, record: Mapping[str, Any]) -> Any:
        """Return the value as clients know it, None where the record has none."""
        value: Any = record
        for key in self.path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return None if value is None else self.show(value)


def _id(entity_type: EntityType) -> Callable[[str], str]:
    return lambda entity_id: str(encode_id(entity_type, entity_id))


def _time(moment: datetime) -> str:
    return serialize_datetime(moment)


def _number_from_one(index: int) -> int:
    return index + 1


def _field_key(text: str) -> str | None:
    # Which field failed is the widget's word, which nobody compares with the step.
    return text if FIELD_KEY.fullmatch(text) else None


_STEP = _id(EntityType.BOOKING_FLOW_STEP)
_SERVICE = _id(EntityType.BOOKING_SERVICE)

SESSION_COLUMNS = (
    Column("id", "_id", _id(EntityType.BOOKING_SESSION)),
    Column("createdAt", "created_at", _time),
    Column("bookingFlowId", "booking_flow_id", _id(EntityType.BOOKING_FLOW)),
    Column("revision", "revision"),
    Column("status", "booking_outcome.status", str.upper),
    Column("completedAt", "booking_outcome.completed_at", _time),
    Column("bookingId", "booking_outcome.booking_id", _id(EntityType.BOOKING)),
    Column("abandonedAt", "booking_outcome.abandoned_at", _time),
    Column("abandonmentReason", "booking_outcome.reason", str.upper),
    Column("dropOffStepId", "booking_outcome.drop_off_step_id", _STEP),
    Column("serviceId", "booking_outcome.selected_service_id", _SERVICE),
    Column("timeslotStart", "booking_outcome.selected_timeslot.start_time", _time),
    Column("timeslotEnd", "booking_outcome.selected_timeslot.end_time", _time),
    Column("currentStepId", "current_state.step_id", _STEP),
    Column("lastActivityAt", "current_state.last_activity_at", _time),
    Column("stepsCompleted", "step_progression.completed_count"),
    Column("totalSteps", "step_progression.total_in_flow"),
    Column("furthestStepId", "step_progression.furthest_step_id", _STEP),
    Column("furthestStepNumber", "step_progression.furthest_step_index", _number_from_one),
    Column("durationMs", "metrics.duration_ms"),
    Column("eventCount", "metrics.event_count"),
    Column("backNavigationCount", "metrics.back_navigation_count"),
    Column("validationErrorCount", "metrics.validation_error_count"),
    Column("fieldUpdateCount", "metrics.field_update_count"),
    Column("utmSource", "session_context.utm.source"),
    Column("utmMedium", "session_context.utm.medium"),
    Column("utmCampaign", "session_context.utm.campaign"),
    Column("utmTerm", "session_context.utm.term"),
    Column("utmContent", "session_context.utm.content"),
    Column("device", "session_context.device.type", str.upper),
    Column("browser", "session_context.device.browser"),
    Column("os", "session_context.device.os"),
    Column("locale", "session_context.locale"),
    Column("routingRuleId", "session_context.route.rule_id"),
    Column("resumedFromSessionId", "resumed_from_session_id", _id(EntityType.BOOKING_SESSION)),
)

EVENT_COLUMNS = (
    Column("id", "_id", _id(EntityType.BOOKING_SESSION_EVENT)),
    Column("bookingSessionId", "booking_session_id", _id(EntityType.BOOKING_SESSION)),
    Column("bookingFlowId", "booking_flow_id", _id(EntityType.BOOKING_FLOW)),
    Column("sequence", "sequence"),
    Column("eventType", "event_type", str.upper),
    Column("timestamp", "timestamp", _time),
    Column("clientTimestamp", "client_timestamp", _time),
    Column("occurredAt", "occurred_at", _time),
    Column("stepId", "step_id", _STEP),
    Column("fromStepId", "data.from_step_id", _STEP),
    Column("toStepId", "data.to_step_id", _STEP),
    Column("field", "data.field", _field_key),
    Column("questionNodeId", "data.question_node_id"),
    Column("answerNodeId", "data.answer_node_id"),
    Column("nodeId", "data.node_id"),
    Column("serviceId", "data.service_id", _SERVICE),
    Column("timeslotStart", "data.start_time", _time),
    Column("timeslotEnd", "data.end_time", _time),
    Column("reason", "data.reason", str.upper),
    Column("bookingId", "data.booking_id", _id(EntityType.BOOKING)),
)
