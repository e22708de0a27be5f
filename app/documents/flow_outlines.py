"""The revisions of flows without their configuration: what reports call steps, and find them by."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.session_reports import ROWS_PER_BATCH
from app.domain.analytics.flow_steps import RevisionOutline, StepOutline
from app.domain.analytics.scope import ReportScope
from app.domain.booking_flow.steps import StepType
from app.domain.values import EntityId


async def stream_revision_outlines(scope: ReportScope) -> AsyncIterator[RevisionOutline]:
    """Yield every revision of the flow, or of all the organization's flows."""
    fields = ("booking_flow_id", "revision", "published_at")
    step_fields = ("steps.id", "steps.step_type", "steps.step_config.title")
    cursor = BookingFlowRevision.get_motor_collection().find(
        _revisions_of(scope), dict.fromkeys((*fields, *step_fields), 1)
    )
    async for raw in cursor.batch_size(ROWS_PER_BATCH):
        yield RevisionOutline(
            **{name: raw[name] for name in fields},
            id=raw["_id"],
            steps=tuple(_to_outline(step) for step in raw["steps"]),
        )


def _to_outline(step: Mapping[str, Any]) -> StepOutline:
    return StepOutline(step["id"], step["step_config"]["title"], StepType(step["step_type"]))


async def stream_zipcode_step_ids(scope: ReportScope) -> AsyncIterator[EntityId]:
    """Yield the ids of the zip code steps of the same revisions, each once."""
    met: set[EntityId] = set()
    cursor = BookingFlowRevision.get_motor_collection().find(
        _revisions_of(scope), {"steps.id": 1, "steps.step_type": 1}
    )
    async for raw in cursor.batch_size(ROWS_PER_BATCH):
        for step in raw["steps"]:
            if step["step_type"] == StepType.ZIPCODE.value and step["id"] not in met:
                met.add(step["id"])
                yield step["id"]


def _revisions_of(scope: ReportScope) -> dict[str, Any]:
    query = {"organization_id": scope.organization_id}
    if scope.booking_flow_id is not None:
        query["booking_flow_id"] = scope.booking_flow_id
    return query
