"""The reports on random histories equal those told event by event."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.services.analytics.sessions import load_breakdown, load_progression
from app.services.analytics.steps import load_funnel, load_step_counts
from tests.domain.booking_session.builders import CUSTOMER, NOW, SERVICE, STEPS, SUMMARY, TIME, ZIP
from tests.services.analytics.histories import play_history, republish
from tests.services.analytics.oracle import (
    Told,
    naive_breakdown,
    naive_progression,
    naive_step,
    tell,
)
from tests.services.booking_sessions.builders import Place, a_place

pytestmark = pytest.mark.usefixtures("database")

KOLKATA = ZoneInfo("Asia/Kolkata")
WEEK = timedelta(days=7)


class World(NamedTuple):
    """Two organizations; the first has two flows, one of them in two revisions."""

    places: Sequence[Place]
    sessions: Sequence[Told]

    def scopes(self) -> list[ReportScope]:
        owner, stranger = self.places[0].organization_id, self.places[-1].organization_id
        flows = [self.places[n].flow.flow.booking_flow_id for n in (0, 2)]
        moments = sorted(told.created_at for told in self.sessions)
        first, last = moments[len(moments) // 4], moments[-len(moments) // 4]
        everything = {"created_from": NOW - WEEK, "created_to": NOW + WEEK}
        return [
            ReportScope(organization_id=owner, **everything),
            ReportScope(organization_id=owner, booking_flow_id=flows[0], **everything),
            ReportScope(organization_id=owner, booking_flow_id=flows[1], **everything),
            ReportScope(organization_id=stranger, booking_flow_id=flows[0], **everything),
            ReportScope(organization_id=owner, created_from=first, created_to=last),
            ReportScope(organization_id=owner, created_from=first, created_to=first),
            ReportScope(organization_id=stranger, created_from=first, created_to=last),
        ]

    def within(self, scope: ReportScope) -> list[Told]:
        return [told for told in self.sessions if told.is_in(scope)]

    def step_ids_of(self, sessions: Sequence[Told]) -> set[str]:
        revisions = {told.revision_id for told in sessions}
        places = [place for place in self.places if place.revision_id in revisions]
        return {step_id for place in places for step_id in place.flow.steps}


async def a_world(seed: int) -> World:
    randomly = random.Random(seed)  # noqa: S311 - not a secret.
    first = await a_place()
    places = [
        first,
        await republish(first, steps=(ZIP, SERVICE, TIME, CUSTOMER, SUMMARY), revision=2),
        await a_place(organization_id=first.organization_id),
        await a_place(),
    ]
    sessions = [await tell(await play_history(randomly, places)) for _ in range(45)]
    return World(places, sessions)


@pytest.mark.parametrize("seed", [1, 2])
async def test_reports_equal_what_the_events_of_every_session_tell(seed: int) -> None:
    world = await a_world(seed)

    for scope in world.scopes():
        sessions = world.within(scope)
        funnel = await load_funnel(scope)
        numbers = {row.step.id: row.model_dump(exclude={"step"}) for row in funnel}
        expected = {each: naive_step(each, sessions) for each in world.step_ids_of(sessions)}
        assert numbers == expected

        rows = await load_progression(scope)
        assert {
            (row.status.value, row.steps_completed, row.total_steps): row.count for row in rows
        } == naive_progression(sessions)

        for dimension in BreakdownDimension:
            breakdown = await load_breakdown(scope, dimension, zone=KOLKATA)
            counts = {
                row.key: (
                    row.started_count,
                    row.completed_count,
                    row.abandoned_count,
                    row.active_count,
                )
                for row in breakdown
            }
            assert counts == {
                key: (tally.total(), tally["completed"], tally["abandoned"], tally["active"])
                for key, tally in naive_breakdown(sessions, dimension, KOLKATA).items()
            }


async def test_random_histories_know_every_way_to_end_and_to_wander() -> None:
    sessions = (await a_world(1)).sessions

    assert {told.status for told in sessions} == {"active", "completed", "abandoned"}
    assert any(told.state.metrics.back_navigation_count for told in sessions)
    assert {told.state.step_progression.total_in_flow for told in sessions} == {5, 6}
    assert any(
        told.state.current_state.step_id != told.state.step_progression.furthest_step_id
        for told in sessions
    )


async def test_steps_are_named_by_the_newest_revision_that_has_them_in_the_order_of_the_flow() -> (
    None
):
    first = await a_place()
    await republish(first, steps=(ZIP, SERVICE, TIME, CUSTOMER, SUMMARY), revision=2)
    randomly = random.Random(3)  # noqa: S311 - not a secret.
    await play_history(randomly, [first])
    scope = ReportScope(
        organization_id=first.organization_id, created_from=NOW - WEEK, created_to=NOW + WEEK
    )

    counts = await load_step_counts(scope)

    assert [count.step.name for count in counts] == [
        "zipcode 2",
        "service_selection 2",
        "timeslot_selection 2",
        "details",
        "customer 2",
        "summary 2",
    ]
    assert {count.step.id for count in counts} == {first.step_ids[step] for step in STEPS}
