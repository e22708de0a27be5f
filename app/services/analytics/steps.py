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


async def load_step_counts(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> tuple[StepCount, ...]:
    """Return what became of the sessions on each step, in flow order."""
    return await _count_steps(await open_with(scope, CountSection.GROUPS, now=now))


async def load_funnel(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> tuple[FunnelStep, ...]:
    """Return the same with the times spent on each step."""
    source = await open_with(scope, CountSection.GROUPS, TimeSection.STEP_TIMES, now=now)
    counts = await _count_steps(source)
    times = StepTimes()
    for (step_id,), durations in source.timed(TimeSection.STEP_TIMES):
        times.add(step_id, durations)
    for part in source.direct:
        async for moment in stream_moments(part, now=now, event_types=TIMING_EVENT_TYPES):
            times.follow(moment)
    return build_funnel(counts, times)


async def load_field_statistics(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> tuple[FieldStatistics, ...]:
    """Return how customers fare with each field on which anything happened."""
    source = await open_with(scope, CountSection.FIELDS, TimeSection.FIELD_TIMES, now=now)
    fields = FieldTimes()
    for _, (step_id, field, fact), number in source.counted(CountSection.FIELDS):
        fields.add_count((step_id, field), FieldFact(fact), number)
    for key, durations in source.timed(TimeSection.FIELD_TIMES):
        fields.add_times((key[0], key[1]), durations)
    for part in source.direct:
        async for moment in stream_moments(part, now=now):
            fields.follow(moment)
    fields.finish()
    revisions = [revision async for revision in stream_revision_outlines(scope)]
    return build_field_statistics(fields, revisions)


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
