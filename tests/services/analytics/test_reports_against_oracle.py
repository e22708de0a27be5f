"""The reports on random histories equal those told event by event."""

import random

import pytest

from app.domain.analytics.scope import ReportScope
from app.services.analytics.sources import read_directly
from app.services.analytics.steps import load_step_counts
from tests.domain.booking_session.builders import CUSTOMER, NOW, SERVICE, STEPS, SUMMARY, TIME, ZIP
from tests.services.analytics.histories import play_history, republish
from tests.services.analytics.worlds import WEEK, a_world, require_true_reports
from tests.services.booking_sessions.builders import a_place

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("seed", [1, 2])
async def test_reports_equal_what_the_events_of_every_session_tell(seed: int) -> None:
    world = await a_world(seed)

    await require_true_reports(world, now=NOW, open_with=read_directly)


async def test_random_histories_know_every_way_to_end_and_to_wander() -> None:
    sessions = (await a_world(1)).sessions

    assert {told.status for told in sessions} == {"active", "completed", "abandoned"}
    assert any(told.state.metrics.back_navigation_count for told in sessions)
    assert any(told.state.metrics.validation_error_count for told in sessions)
    assert any(told.state.resumed_from_session_id for told in sessions)
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
        organization_id=first.organization_id,
        created_from=NOW - WEEK,
        created_to=NOW + WEEK,
        includes_bots=True,
    )

    counts = await load_step_counts(scope, now=NOW)

    assert [count.step.name for count in counts] == [
        "zipcode 2",
        "service_selection 2",
        "timeslot_selection 2",
        "details",
        "customer 2",
        "summary 2",
    ]
    assert {count.step.id for count in counts} == {first.step_ids[step] for step in STEPS}
