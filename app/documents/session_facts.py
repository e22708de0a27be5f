"""Sessions as rollups count them."""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from app.documents.booking_session import BookingSession
from app.documents.driver import aggregate
from app.documents.session_reports import ROWS_PER_BATCH, match_scope
from app.domain.analytics.cells import Cell, cell_of
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.session_facts import SessionFacts
from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.forms import ZIPCODE_KEY
from app.domain.values import EntityId

FIELDS = (
    "created_at",
    "events_expire_at",
    "booking_flow_id",
    "revision",
    "booking_flow_revision_id",
    "resumed_from_session_id",
    "session_context.utm",
    "session_context.route",
    "session_context.device",
    "step_progression",
    "booking_outcome",
    "current_state.step_id",
    "current_state.temp_selections.service_id",
    "current_state.service_selection_path",
)


async def stream_session_facts(
    scope: ReportScope, *, zipcode_step_ids: Collection[EntityId]
) -> AsyncIterator[SessionFacts]:
    """Yield the sessions of a report; one command."""
    forms = [f"current_state.form_data.{step_id}.{ZIPCODE_KEY}" for step_id in zipcode_step_ids]
    pipeline = [*match_scope(scope), {"$project": dict.fromkeys((*FIELDS, *forms), 1)}]
    cursor = aggregate(BookingSession.get_motor_collection(), pipeline, batchSize=ROWS_PER_BATCH)
    async for raw in cursor:
        yield to_facts(raw)


def to_facts(raw: Mapping[str, Any]) -> SessionFacts:
    """Return a session as stored, or no more than its `FIELDS` and form of the zip code step."""
    outcome, current = raw["booking_outcome"], raw["current_state"]
    progression = raw["step_progression"]
    selected = (current.get("temp_selections") or {}).get("service_id")
    service_id = outcome.get("selected_service_id")
    return SessionFacts(
        id=raw["_id"],
        cell=_to_cell(raw),
        created_at=raw["created_at"],
        events_expire_at=raw.get("events_expire_at"),
        status=outcome["status"],
        step_id=outcome.get("drop_off_step_id") or current["step_id"],
        furthest_step_index=progression["furthest_step_index"],
        completed_step_ids=tuple(progression["completed_step_ids"]),
        completed_count=progression["completed_count"],
        total_in_flow=progression["total_in_flow"],
        service_id=selected if service_id is None else service_id,
        is_resumed=raw.get("resumed_from_session_id") is not None,
        path=tuple(current["service_selection_path"]),
        zipcode=_find_zipcode(current.get("form_data") or {}),
    )


def _to_cell(raw: Mapping[str, Any]) -> Cell:
    return cell_of(
        SessionContext.model_validate(raw["session_context"]),
        booking_flow_id=raw["booking_flow_id"],
        revision=raw["revision"],
        revision_id=raw["booking_flow_revision_id"],
    )


def _find_zipcode(forms: Mapping[EntityId, Mapping[str, Any]]) -> str | None:
    values = (form.get(ZIPCODE_KEY) for form in forms.values())
    return next((value for value in values if isinstance(value, str)), None)
