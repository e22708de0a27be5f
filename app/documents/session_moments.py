"""The events of a report's sessions, joined by the database: one command."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Any

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import aggregate
from app.documents.session_reports import ROWS_PER_BATCH, Pipeline, match_scope
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.step_times import StepMoment
from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.values import EntityId


async def stream_moments(
    scope: ReportScope,
    *,
    now: datetime,
    event_types: Collection[BookingSessionEventType] = tuple(BookingSessionEventType),
) -> AsyncIterator[StepMoment]:
    """Yield the sessions' events of these types, session by session and in order.

    One by one, since nothing bounds the events of a session. Those later than the session's
    snapshot are left out: they may not be acknowledged yet, and the counts do not know them either.
    So are sessions whose events have expired, of which any may be removed already.
    """
    pipeline = _moments_pipeline(scope, now, event_types)
    async for raw in _stream(pipeline):
        if raw["event"]["sequence"] <= raw["sequence"]:
            yield to_moment(raw["_id"], raw["event"])


def _moments_pipeline(
    scope: ReportScope, now: datetime, event_types: Collection[BookingSessionEventType]
) -> Pipeline:
    chosen: Pipeline = [{"$match": {"event_type": {"$in": sorted(event_types)}}}]
    events: Pipeline = [
        *(chosen if len(event_types) < len(BookingSessionEventType) else ()),
        {"$sort": {"sequence": 1}},
        {
            "$project": {
                "_id": 0,
                "sequence": 1,
                "event_type": 1,
                "step_id": 1,
                "occurred_at": 1,
                "data.to_step_id": 1,
                "data.reason": 1,
                "data.field": 1,
            }
        },
    ]
    join = {
        "from": BookingSessionEventDocument.get_motor_collection().name,
        "localField": "_id",
        "foreignField": "booking_session_id",
        "pipeline": events,
        "as": "event",
    }
    return [
        *match_scope(scope),
        {"$match": {"events_expire_at": {"$not": {"$lte": now}}}},
        {"$project": {"sequence": 1}},
        {"$lookup": join},
        {"$unwind": "$event"},
    ]


def to_moment(booking_session_id: EntityId, event: Mapping[str, Any]) -> StepMoment:
    """Return an event as stored."""
    data: Mapping[str, Any] = event.get("data") or {}
    reason = data.get("reason")
    return StepMoment(
        booking_session_id=booking_session_id,
        event_type=BookingSessionEventType(event["event_type"]),
        step_id=data.get("to_step_id") or event["step_id"],
        occurred_at=event["occurred_at"],
        reason=None if reason is None else AbandonmentReason(reason),
        field=data.get("field"),
    )


async def _stream(pipeline: Pipeline) -> AsyncIterator[dict[str, Any]]:
    cursor = aggregate(BookingSession.get_motor_collection(), pipeline, batchSize=ROWS_PER_BATCH)
    async for raw in cursor:
        yield raw
