"""What one session adds to a tally."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.domain.analytics.cells import Cell
from app.domain.analytics.tally import CountSection, Tally, TimeSection
from app.domain.values import EntityId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


class SessionFacts(NamedTuple):
    """A session as its snapshot stands; `step_id` is the one it ended on or is on.

    `zipcode` is what stands in the zip code step's form, whether covered or not, None when nothing
    does that could be a zip code.
    """

    id: EntityId
    cell: Cell
    created_at: datetime
    events_expire_at: datetime | None
    status: str
    step_id: EntityId
    furthest_step_index: int
    completed_step_ids: tuple[EntityId, ...]
    completed_count: int
    total_in_flow: int
    service_id: EntityId | None
    is_resumed: bool
    path: tuple[str, ...]
    zipcode: str | None


def count_session(tally: Tally, facts: SessionFacts) -> None:
    """Add a session to every section but those that need its events."""
    status, cell = facts.status, facts.cell
    furthest = facts.furthest_step_index
    keys = {
        CountSection.GROUPS: (status, furthest, facts.step_id, facts.completed_step_ids),
        CountSection.PROGRESS: (status, facts.completed_count, facts.total_in_flow),
        CountSection.SERVICES: (facts.service_id, status),
        CountSection.TOTALS: (status, facts.is_resumed),
        CountSection.PATHS: (status, furthest, facts.path),
    }
    if facts.zipcode is not None:
        keys[CountSection.ZIPCODES] = (facts.zipcode, status)
    for section, key in keys.items():
        tally.count(section, cell, key)
    quarter = quarter_number(facts.created_at)
    tally.add_times(TimeSection.QUARTERS, cell, (status,), (quarter,))


def quarter_number(moment: datetime) -> int:
    """Return the number of the quarter of an hour of a moment, counted from 1970."""
    return (moment - EPOCH) // QUARTER


def quarter_start(number: int) -> datetime:
    """Return when the quarter of an hour of this number begins."""
    return EPOCH + number * QUARTER
