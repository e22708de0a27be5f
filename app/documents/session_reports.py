"""What the reports on sessions read: aggregations, one command each.

Results come in batches of `ROWS_PER_BATCH`, so that no report holds all sessions in memory.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from app.documents.booking_session import BookingSession
from app.documents.driver import aggregate
from app.domain.analytics.answer_statistics import PathGroup
from app.domain.analytics.breakdown import BreakdownDimension, KeyCount, QuarterCounts
from app.domain.analytics.lost_demand import ZipcodeCount
from app.domain.analytics.overview import TotalCount
from app.domain.analytics.progression import ProgressionRow
from app.domain.analytics.scope import BOT_DEVICE_TYPES, ReportScope
from app.domain.analytics.step_counts import SessionGroup
from app.domain.booking_session.forms import ZIPCODE_KEY
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
DEVICE_TYPE = "session_context.device.type"
FILTERED_FIELDS: Mapping[str, str] = {
    "booking_flow_id": "booking_flow_id",
    "revision": "revision",
    "routing_rule_id": "session_context.route.rule_id",
    "utm_source": "session_context.utm.source",
    "utm_medium": "session_context.utm.medium",
    "utm_campaign": "session_context.utm.campaign",
    "device_type": DEVICE_TYPE,
}
"""Where each field of a filter is stored."""

QUARTER = {"$dateTrunc": {"date": "$created_at", "unit": "minute", "binSize": 15}}


def match_scope(scope: ReportScope) -> Pipeline:
    """Return the stages that let through the sessions of a report.

    The lower bound is `$gt` of the millisecond before: at `$gte` beside `$lt` the embedded database
    loses what equals the bound, and for bounds in an `$and` it uses no index. The rest has a stage
    of its own, since with it in the first one that database would not use the index either.
    """
    created = {"$gt": scope.created_from - MILLISECOND, "$lt": scope.created_to}
    stages: Pipeline = [
        {"$match": {"organization_id": scope.organization_id, "created_at": created}}
    ]
    conditions = _conditions(scope)
    if conditions:
        stages.append({"$match": conditions})
    return stages


def _conditions(scope: ReportScope) -> dict[str, Any]:
    # What clients ask for is compared, never interpreted.
    wanted = {
        path: {"$eq": value}
        for name, path in FILTERED_FIELDS.items()
        if (value := getattr(scope, name)) is not None
    }
    if scope.leaves_bots_out and scope.device_type is None:
        wanted[DEVICE_TYPE] = {"$nin": sorted(BOT_DEVICE_TYPES)}
    return wanted


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


async def stream_quarter_counts(scope: ReportScope) -> AsyncIterator[QuarterCounts]:
    """Yield how many sessions of each status began in each quarter of an hour."""
    async for raw in _count_by(scope, {"starts_at": QUARTER, "status": STATUS}):
        status = BookingSessionStatus(raw["_id"]["status"])
        yield QuarterCounts(raw["_id"]["starts_at"], status, (raw["sessions"],))


async def stream_totals(scope: ReportScope) -> AsyncIterator[TotalCount]:
    """Yield how many sessions of each status there are, resumed from others or not."""
    is_resumed = {"$ne": [{"$ifNull": ["$resumed_from_session_id", None]}, None]}
    async for raw in _count_by(scope, {"status": STATUS, "is_resumed": is_resumed}):
        status = BookingSessionStatus(raw["_id"]["status"])
        yield TotalCount(status, raw["_id"]["is_resumed"], raw["sessions"])


async def stream_path_groups(scope: ReportScope) -> AsyncIterator[PathGroup]:
    """Yield how many sessions of each status stand at each path of the service selection."""
    keys = {
        "revision_id": "$booking_flow_revision_id",
        "status": STATUS,
        "furthest_step_index": "$step_progression.furthest_step_index",
        "path": "$current_state.service_selection_path",
    }
    async for raw in _count_by(scope, keys):
        key = raw["_id"]
        yield PathGroup(
            revision_id=key["revision_id"],
            status=BookingSessionStatus(key["status"]),
            furthest_step_index=key["furthest_step_index"],
            path=tuple(key["path"]),
            sessions=raw["sessions"],
        )


async def stream_zipcode_counts(
    scope: ReportScope, zipcode_step_ids: Sequence[EntityId]
) -> AsyncIterator[ZipcodeCount]:
    """Yield how often each value stands in the form of any of these zip code steps.

    A session is on one flow, so that at most one of the steps is its own.
    """
    if not zipcode_step_ids:
        return
    forms = [f"$current_state.form_data.{each}.{ZIPCODE_KEY}" for each in zipcode_step_ids]
    keys = {
        "revision_id": "$booking_flow_revision_id",
        "status": STATUS,
        "zipcode": {"$ifNull": [*forms, None]},
    }
    async for raw in _count_by(scope, keys):
        key = raw["_id"]
        if isinstance(key["zipcode"], str):
            status = BookingSessionStatus(key["status"])
            yield ZipcodeCount(key["revision_id"], key["zipcode"], status, raw["sessions"])


def _count_by(scope: ReportScope, keys: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    group = {"_id": dict(keys), "sessions": {"$sum": 1}}
    return _stream([*match_scope(scope), {"$group": group}])


async def _stream(pipeline: Pipeline) -> AsyncIterator[dict[str, Any]]:
    cursor = aggregate(BookingSession.get_motor_collection(), pipeline, batchSize=ROWS_PER_BATCH)
    async for raw in cursor:
        yield raw
