"""Planned visits, without a database."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from app.domain.booking_flow.flow import FlowDefinition
from app.domain.booking_flow.steps import with_id
from app.domain.booking_session.commands import SelectTimeslot
from app.domain.booking_session.flow_index import FlowIndex, index_flow
from app.services.demonstration.flows import FlowKey, outline_flows
from app.services.demonstration.visits.planning import plan_visits
from app.services.demonstration.visits.visit import Ending
from tests.services.demonstration.test_content import STORED

NOW = datetime(2026, 6, 15, 18, 30, tzinfo=UTC)


def some_flows(*, prefix: str = "") -> dict[FlowKey, FlowIndex]:
    return {
        key: index_flow(
            FlowDefinition(
                booking_flow_id=f"{prefix}{key}",
                revision=1,
                content=content.content,
                steps=tuple(
                    with_id(step, f"{prefix}{key}-{index}")
                    for index, step in enumerate(content.steps)
                ),
            )
        )
        for key, content in outline_flows(STORED, today=NOW.date()).items()
    }


def test_same_time_gives_the_same_visits_whatever_the_ids() -> None:
    first = plan_visits(80, flows=some_flows(), now=NOW)
    second = plan_visits(80, flows=some_flows(prefix="other-"), now=NOW)

    assert [visit.arrival for visit in first] == [visit.arrival for visit in second]
    assert [(visit.ending, visit.ended_at, visit.reason) for visit in first] == [
        (visit.ending, visit.ended_at, visit.reason) for visit in second
    ]
    assert [
        [(event.client_event_id, event.data.event_type) for event in batch.events]
        for visit in first
        for batch in visit.batches
    ] == [
        [(event.client_event_id, event.data.event_type) for event in batch.events]
        for visit in second
        for batch in visit.batches
    ]


def test_visits_lie_in_the_last_sixty_days_and_are_over_but_for_the_last_ones() -> None:
    visits = plan_visits(400, flows=some_flows(), now=NOW)

    assert len(visits) == 400
    assert all(NOW - timedelta(days=60) <= visit.arrival.at <= NOW for visit in visits)
    assert all(visit.ended_at <= NOW for visit in visits)
    assert all(batch.sent_at <= NOW for visit in visits for batch in visit.batches)
    assert [visit.ending for visit in visits[-4:]] == [Ending.STILL_THERE] * 4
    assert {visit.ending for visit in visits[:-4]} == {Ending.BOOKED, Ending.LEFT}


def test_no_window_is_chosen_more_often_than_it_has_places() -> None:
    flows = some_flows()
    chosen = Counter(
        (event.step_id, event.data.start_time)
        for visit in plan_visits(3_000, flows=flows, now=NOW)
        for batch in visit.batches
        for event in batch.events
        if isinstance(event.data, SelectTimeslot)
    )
    smallest = {
        step.id: min(window.capacity or 0 for window in step.type_config.windows)
        for flow in flows.values()
        if (step := flow.timeslot_step) is not None
    }
    largest = {
        step.id: max(window.capacity or 0 for window in step.type_config.windows)
        for flow in flows.values()
        if (step := flow.timeslot_step) is not None
    }
    assert all(count <= largest[step_id] for (step_id, _), count in chosen.items())
    # The plan would not show anything if no window was ever full.
    assert any(count >= smallest[step_id] for (step_id, _), count in chosen.items())
