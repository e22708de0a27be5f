"""How many sessions came to each step, completed it, were lost on it or are on it now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from app.domain.analytics.flow_steps import RevisionOutline, StepOutline, list_newest_steps
from app.domain.analytics.rates import quotient
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import EntityId, Value


class SessionGroup(NamedTuple):
    """A number of sessions that are alike in everything the counts depend on.

    `step_id` is the step an abandoned session ended on, and the one any other is on.
    """

    revision_id: EntityId
    status: BookingSessionStatus
    furthest_step_index: int
    step_id: EntityId
    completed_step_ids: tuple[EntityId, ...]
    sessions: int


class StepCount(Value):
    """What became of the sessions on one step.

    Entered counts every session that ever was on the step, however often; completed, those in
    which it stands completed; dropped, abandoned ones that ended on it; active, ones on it now.
    """

    step: StepOutline
    entered_count: int
    completed_count: int
    dropped_count: int
    active_count: int

    @property
    def abandonment_rate(self) -> float | None:
        """The part of those who entered that ended here without a booking, 0 to 1."""
        return quotient(self.dropped_count, self.entered_count)


@dataclass(slots=True)
class _Tally:
    entered: int = 0
    completed: int = 0
    dropped: int = 0
    active: int = 0


def count_steps(
    groups: Iterable[SessionGroup], revisions: Iterable[RevisionOutline]
) -> tuple[StepCount, ...]:
    """Return the count of each step of the sessions' revisions, in flow order.

    `revisions` are all that the flows ever had, so that a step bears its newest name. Steps are
    entered without leaving one out, so a session entered those up to its furthest. KeyError when a
    session is on none of the revisions.
    """
    known = {revision.id: revision for revision in revisions}
    tallies: dict[EntityId, _Tally] = {}
    for group in groups:
        for position, step in enumerate(known[group.revision_id].steps):
            _count_in(tallies.setdefault(step.id, _Tally()), group, position, step.id)
    return tuple(
        _to_count(step, tallies[step.id])
        for step in list_newest_steps(known.values())
        if step.id in tallies
    )


def _count_in(tally: _Tally, group: SessionGroup, position: int, step_id: EntityId) -> None:
    if position <= group.furthest_step_index:
        tally.entered += group.sessions
    if step_id in group.completed_step_ids:
        tally.completed += group.sessions
    if step_id != group.step_id:
        return
    match group.status:
        case BookingSessionStatus.ABANDONED:
            tally.dropped += group.sessions
        case BookingSessionStatus.ACTIVE:
            tally.active += group.sessions
        case BookingSessionStatus.COMPLETED:
            pass
        case _:
            assert_never(group.status)


def _to_count(step: StepOutline, tally: _Tally) -> StepCount:
    return StepCount(
        step=step,
        entered_count=tally.entered,
        completed_count=tally.completed,
        dropped_count=tally.dropped,
        active_count=tally.active,
    )
