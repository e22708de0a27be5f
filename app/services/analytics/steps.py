"""Reports on steps: who gave up where, and how long customers take."""

from datetime import datetime

from app.documents.flow_outlines import stream_revision_outlines
from app.documents.session_moments import stream_moments
from app.documents.session_reports import stream_session_groups
from app.domain.analytics.field_statistics import FieldStatistics, build_field_statistics
from app.domain.analytics.field_times import FieldFact, FieldTimes
from app.domain.analytics.funnel import FunnelStep, build_funnel
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.step_counts import SessionGroup, StepCount, count_steps
from app.domain.analytics.step_times import TIMING_EVENT_TYPES, StepTimes
from app.domain.analytics.tally import CountSection, TimeSection
from app.domain.booking_session.state import BookingSessionStatus
from app.services.analytics.sources import OpenSource, ReportSource, open_source
from app.services.analytics.times import read_whole, summarize_times


async def load_step_counts(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> tuple[StepCount, ...]:
    """Return what became of the sessions on each step, in flow order."""
    return await _count_steps(await open_with(scope, CountSection.GROUPS, now=now))


async def load_funnel(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> tuple[FunnelStep, ...]:
    """Return the same with the times spent on each step."""
    sections = CountSection.GROUPS, TimeSection.STEP_TIMES
    return await read_whole(scope, *sections, now=now, open_with=open_with, read=_read_funnel)


async def _read_funnel(source: ReportSource) -> tuple[FunnelStep, ...]:
    counts, times = await _count_steps(source), StepTimes()
    for part in source.direct:
        async for moment in stream_moments(part, now=source.now, event_types=TIMING_EVENT_TYPES):
            times.follow(moment)
    measured = [((step_id,), durations) for step_id, durations in times.all()]
    summaries = await summarize_times(source, TimeSection.STEP_TIMES, measured)
    return build_funnel(counts, {step_id: each for (step_id,), each in summaries.items()})


async def load_field_statistics(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> tuple[FieldStatistics, ...]:
    """Return how customers fare with each field on which anything happened."""
    sections = CountSection.FIELDS, TimeSection.FIELD_TIMES
    return await read_whole(scope, *sections, now=now, open_with=open_with, read=_read_fields)


async def _read_fields(source: ReportSource) -> tuple[FieldStatistics, ...]:
    fields = FieldTimes()
    for part in source.direct:
        async for moment in stream_moments(part, now=source.now):
            fields.follow(moment)
    fields.finish()
    for _, (step_id, field, fact), number in source.counted(CountSection.FIELDS):
        fields.counts[(step_id, field), FieldFact(fact)] += number
    measured = list(fields.times.items())
    summaries = await summarize_times(source, TimeSection.FIELD_TIMES, measured)
    times = {(step_id, field): each for (step_id, field), each in summaries.items()}
    revisions = [revision async for revision in stream_revision_outlines(source.scope)]
    return build_field_statistics(fields.counts, times, revisions)


async def _count_steps(source: ReportSource) -> tuple[StepCount, ...]:
    groups = [
        SessionGroup(
            revision_id=cell.revision_id,
            status=BookingSessionStatus(status),
            furthest_step_index=furthest,
            step_id=step_id,
            completed_step_ids=completed,
            sessions=sessions,
        )
        for cell, (status, furthest, step_id, completed), sessions in source.counted(
            CountSection.GROUPS
        )
    ]
    # Sessions first: the revision of one that starts in between would be missing.
    for part in source.direct:
        groups += [group async for group in stream_session_groups(part)]
    revisions = [revision async for revision in stream_revision_outlines(source.scope)]
    return count_steps(groups, revisions)
