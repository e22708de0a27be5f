"""What the reports on sessions read: aggregations, one command each.

Results come in batches of `ROWS_PER_BATCH`, so that no report holds all sessions in memory.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.analytics.breakdown import BreakdownDimension, KeyCount, QuarterCount
from app.domain.analytics.flow_steps import RevisionOutline, StepOutline
from app.domain.analytics.progression import ProgressionRow
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.step_counts import SessionGroup
from app.domain.analytics.step_times import TIMING_EVENT_TYPES, StepMoment
from app.domain.booking_flow.steps import StepType
from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import EntityId

Pipeline: TypeAlias = list[dict[str, Any]]

ROWS_PER_BATCH = 500
MILLISECOND = timedelta(milliseconds=1)

STATUS = "$booking_outcome.status"
STANDING_STEP = {"$ifNull": ["$booking_outcome.drop_off_step_id", "$current_state.step_id"]}

KEYS: Mapping[BreakdownDimension, Any] = {
    BreakdownDimension.UTM_SOURCE: "$session_context.utm.source",
    BreakdownDimension.UTM_MEDIUM: "$session_context.utm.medium",
    BreakdownDimension.UTM_CAMPAIGN: "$session_context.utm.campaign",
    BreakdownDimension.ROUTING_RULE: "$session_context.route.rule_id",
    BreakdownDimension.SERVICE: {
        "$ifNull": [
            "$booking_outcome.selected_service_id",
            "$current_state.temp_selections.service_id",
        ]
    },
    BreakdownDimension.DEVICE: "$session_context.device.type",
}
QUARTER = {"$dateTrunc": {"date": "$created_at", "unit": "minute", "binSize": 15}}


def match_scope(scope: ReportScope) -> Pipeline:
    """Return the stages that let through the sessions of a report.

    The lower bound is `$gt` of the millisecond before: at `$gte` beside `$lt` the embedded database
    loses what equals the bound, and for bounds in an `$and` it uses no index. The flow has a stage
    of its own, since with it in the first one that database would not use the index either.
    """
    created = {"$gt": scope.created_from - MILLISECOND, "$lt": scope.created_to}
    stages: Pipeline = [
        {"$match": {"organization_id": scope.organization_id, "created_at": created}}
    ]
    if scope.booking_flow_id is not None:
        stages.append({"$match": {"booking_flow_id": scope.booking_flow_id}})
    return stages


async def stream_session_groups(scope: ReportScope) -> AsyncIterator[SessionGroup]:
    """Yield the sessions in groups that are alike in all that counts of steps depend on."""
    keys = {
        "revision_id": "$booking_flow_revision_id",
        "status": STATUS,
        "furthest_step_index": "$step_progression.furthest_step_index",
        "step_id": STANDING_STEP,
        "completed_step_ids": "$step_progression.completed_step_ids",
    }
    async for raw in _count_by(scope, keys):
        key = raw["_id"]
        yield SessionGroup(
            revision_id=key["revision_id"],
            status=BookingSessionStatus(key["status"]),
            furthest_step_index=key["furthest_step_index"],
            step_id=key["step_id"],
            completed_step_ids=tuple(key["completed_step_ids"]),
            sessions=raw["sessions"],
        )


async def stream_progression(scope: ReportScope) -> AsyncIterator[ProgressionRow]:
    """Yield how many sessions have each status, number of steps completed and of steps in all."""
    keys = {
        "status": STATUS,
        "steps_completed": "$step_progression.completed_count",
        "total_steps": "$step_progression.total_in_flow",
    }
    async for raw in _count_by(scope, keys):
        yield ProgressionRow(**raw["_id"], count=raw["sessions"])


async def stream_key_counts(
    scope: ReportScope, dimension: BreakdownDimension
) -> AsyncIterator[KeyCount]:
    """Yield how many sessions have each key and status; KeyError for `DAY`."""
    # A field that is not there would be no part of the key, and so another key than null.
    keys = {"key": {"$ifNull": [KEYS[dimension], None]}, "status": STATUS}
    async for raw in _count_by(scope, keys):
        status = BookingSessionStatus(raw["_id"]["status"])
        yield KeyCount(raw["_id"]["key"], status, raw["sessions"])


async def stream_quarter_counts(scope: ReportScope) -> AsyncIterator[QuarterCount]:
    """Yield how many sessions of each status began in each quarter of an hour."""
    async for raw in _count_by(scope, {"starts_at": QUARTER, "status": STATUS}):
        status = BookingSessionStatus(raw["_id"]["status"])
        yield QuarterCount(raw["_id"]["starts_at"], status, raw["sessions"])


async def stream_step_moments(scope: ReportScope) -> AsyncIterator[StepMoment]:
    """Yield the events that tell times on steps, session by session and in order.

    One by one, since nothing bounds the events of a session. Those later than the session's
    snapshot are left out: they may not be acknowledged yet, and the counts do not know them either.
    """
    async for raw in _stream(_moments_pipeline(scope)):
        if raw["event"]["sequence"] <= raw["sequence"]:
            yield _to_moment(raw["_id"], raw["event"])


def _moments_pipeline(scope: ReportScope) -> Pipeline:
    events: Pipeline = [
        {"$match": {"event_type": {"$in": [kind.value for kind in TIMING_EVENT_TYPES]}}},
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
        {"$project": {"sequence": 1}},
        {"$lookup": join},
        {"$unwind": "$event"},
    ]


def _to_moment(booking_session_id: EntityId, event: Mapping[str, Any]) -> StepMoment:
    data: Mapping[str, Any] = event.get("data") or {}
    reason = data.get("reason")
    return StepMoment(
        booking_session_id=booking_session_id,
        event_type=BookingSessionEventType(event["event_type"]),
        step_id=data.get("to_step_id") or event["step_id"],
        occurred_at=event["occurred_at"],
        reason=None if reason is None else AbandonmentReason(reason),
    )


async def stream_revision_outlines(scope: ReportScope) -> AsyncIterator[RevisionOutline]:
    """Yield every revision of the flow, or of all the organization's flows."""
    query = {"organization_id": scope.organization_id}
    if scope.booking_flow_id is not None:
        query["booking_flow_id"] = scope.booking_flow_id
    fields = ("booking_flow_id", "revision", "published_at")
    step_fields = ("steps.id", "steps.step_type", "steps.step_config.title")
    cursor = BookingFlowRevision.get_motor_collection().find(
        query, dict.fromkeys((*fields, *step_fields), 1)
    )
    async for raw in cursor.batch_size(ROWS_PER_BATCH):
        yield RevisionOutline(
            **{name: raw[name] for name in fields},
            id=raw["_id"],
            steps=tuple(_to_outline(step) for step in raw["steps"]),
        )


def _to_outline(step: Mapping[str, Any]) -> StepOutline:
    return StepOutline(step["id"], step["step_config"]["title"], StepType(step["step_type"]))


def _count_by(scope: ReportScope, keys: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    group = {"_id": dict(keys), "sessions": {"$sum": 1}}
    return _stream([*match_scope(scope), {"$group": group}])


async def _stream(pipeline: Pipeline) -> AsyncIterator[dict[str, Any]]:
    cursor = BookingSession.get_motor_collection().aggregate(pipeline, batchSize=ROWS_PER_BATCH)
    async for raw in cursor:
        yield raw
