"""Reports on what customers chose, and on those who could not be served."""

from datetime import datetime

from app.documents.base import chunked
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.flow_outlines import stream_zipcode_step_ids
from app.documents.revision_cache import load_revisions
from app.documents.session_reports import stream_path_groups, stream_zipcode_counts
from app.documents.vendor_reports import stream_vendor_counts
from app.domain.analytics.answer_statistics import AnswerStatistics, PathGroup, count_answers
from app.domain.analytics.lost_demand import LostDemand, ZipcodeCount, find_lost_demand
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import CountSection
from app.domain.analytics.vendor_outcome import (
    VendorCount,
    VendorOutcome,
    VendorState,
    sum_up_vendor,
)
from app.domain.booking_flow.steps import ServiceSelectionStep, ZipcodeStep, ZipcodeTypeConfig
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import EntityId, Value
from app.services.analytics.sources import OpenSource, open_source


class GraphStatistics(Value):
    """The numbers on the graph of one revision, and the step that has it."""

    revision_id: EntityId
    revision: int
    step_id: EntityId
    answers: AnswerStatistics


async def load_answer_statistics(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> GraphStatistics | None:
    """Return the numbers on the service-selection graph of a flow's revision.

    That of `scope.revision`, or else the newest of `scope.booking_flow_id`. None when there is no
    such revision or it has no service selection.
    """
    revision = await _find_revision(scope)
    if revision is None:
        return None
    found = ((n, s) for n, s in enumerate(revision.steps) if isinstance(s, ServiceSelectionStep))
    position, step = next(found, (0, None))
    if step is None:
        return None
    pinned = scope.model_copy(update={"revision": revision.revision})
    groups = await _load_paths(pinned, now=now, open_with=open_with)
    return GraphStatistics(
        revision_id=revision.id,
        revision=revision.revision,
        step_id=step.id,
        answers=count_answers(groups, graph=step.type_config, step_index=position),
    )


async def _find_revision(scope: ReportScope) -> BookingFlowRevision | None:
    owner, flow_id = scope.organization_id, scope.booking_flow_id
    flow = None if flow_id is None else await BookingFlow.get_owned(owner, flow_id)
    if flow is None or not flow.revision_ids:
        return None
    number = len(flow.revision_ids) if scope.revision is None else scope.revision
    if not 1 <= number <= len(flow.revision_ids):
        return None
    key = owner, flow.revision_ids[number - 1]
    return (await load_revisions([key])).get(key)


async def _load_paths(
    scope: ReportScope, *, now: datetime, open_with: OpenSource
) -> list[PathGroup]:
    source = await open_with(scope, CountSection.PATHS, now=now)
    groups = [
        PathGroup(cell.revision_id, BookingSessionStatus(status), furthest, path, sessions)
        for cell, (status, furthest, path), sessions in source.counted(CountSection.PATHS)
    ]
    for part in source.direct:
        groups += [group async for group in stream_path_groups(part)]
    return groups


async def load_lost_demand(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> LostDemand:
    """Return the zip codes that were asked for and are not covered."""
    source = await open_with(scope, CountSection.ZIPCODES, now=now)
    counts = [
        ZipcodeCount(cell.revision_id, zipcode, BookingSessionStatus(status), sessions)
        for cell, (zipcode, status), sessions in source.counted(CountSection.ZIPCODES)
    ]
    if source.direct:
        steps = [step_id async for step_id in stream_zipcode_step_ids(scope)]
        for part in source.direct:
            counts += [count async for count in stream_zipcode_counts(part, steps)]
    coverage = await _load_coverage(scope, {count.revision_id for count in counts})
    return find_lost_demand(counts, coverage)


async def _load_coverage(
    scope: ReportScope, revision_ids: set[EntityId]
) -> dict[EntityId, tuple[ZipcodeTypeConfig, ...]]:
    coverage = {}
    for chunk in chunked(sorted(revision_ids)):
        revisions = await load_revisions([(scope.organization_id, each) for each in chunk])
        for revision in revisions.values():
            steps = [step for step in revision.steps if isinstance(step, ZipcodeStep)]
            coverage[revision.id] = tuple(step.type_config for step in steps)
    return coverage


async def load_vendor_outcome(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> VendorOutcome:
    """Return what became of the bookings at the vendor."""
    source = await open_with(scope, CountSection.BOOKINGS, now=now)
    counts = [
        VendorCount(VendorState.of(*key), bookings)
        for _, key, bookings in source.counted(CountSection.BOOKINGS)
    ]
    for part in source.direct:
        counts += [count async for count in stream_vendor_counts(part)]
    return sum_up_vendor(counts)
