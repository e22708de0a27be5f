"""Counting the sessions of one hour."""

from datetime import datetime
from typing import NamedTuple

from app.documents.analytics_rollup import Span
from app.documents.flow_outlines import stream_zipcode_step_ids
from app.documents.session_facts import stream_session_facts
from app.documents.session_moments import stream_moments
from app.documents.vendor_reports import stream_vendor_states
from app.domain.analytics.cells import Cell
from app.domain.analytics.event_tallies import EventTallies
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.session_facts import count_session
from app.domain.analytics.tally import CountSection, Tally
from app.domain.values import EntityId


class Counted(NamedTuple):
    """A tally, and when the events of a session in it expire next, if ever."""

    tally: Tally
    next_expiry_at: datetime | None


class Counting(NamedTuple):
    """What all hours of one run need: the zip code steps the organization has ever published."""

    organization_id: EntityId
    zipcode_step_ids: frozenset[EntityId]
    now: datetime


async def open_counting(organization_id: EntityId, *, now: datetime) -> Counting:
    """Return what a run needs; one command.

    A flow published after that has only sessions which change after `now`: they are counted again.
    """
    everything = ReportScope(organization_id=organization_id, created_from=now, created_to=now)
    steps = [each async for each in stream_zipcode_step_ids(everything)]
    return Counting(organization_id, frozenset(steps), now)


async def count_hour(counting: Counting, hour: datetime) -> Counted:
    """Return the tally of the organization's sessions created in an hour; three commands."""
    now = counting.now
    scope = ReportScope(
        organization_id=counting.organization_id,
        created_from=hour,
        created_to=hour + Span.HOUR.length,
        includes_bots=True,
    )
    tally, cells, next_expiry_at = Tally(), dict[EntityId, Cell](), None
    async for facts in stream_session_facts(scope, zipcode_step_ids=counting.zipcode_step_ids):
        count_session(tally, facts)
        cells[facts.id] = facts.cell
        expiry = facts.events_expire_at
        if expiry is not None and expiry > now:
            next_expiry_at = min(expiry, next_expiry_at or expiry)
    await _count_bookings(tally, cells, scope)
    events = EventTallies(cells)
    async for moment in stream_moments(scope, now=now):
        events.follow(moment)
    events.add_to(tally)
    return Counted(tally, next_expiry_at)


async def _count_bookings(tally: Tally, cells: dict[EntityId, Cell], scope: ReportScope) -> None:
    async for session_id, state in stream_vendor_states(scope):
        # Sessions started after they were read have changed: their hour is counted again.
        if session_id in cells:
            tally.count(CountSection.BOOKINGS, cells[session_id], state)
