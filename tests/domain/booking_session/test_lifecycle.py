from datetime import timedelta

from app.domain.booking_session.completion import decide_completion
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.lifecycle import decide_abandonment, recover_progress
from app.domain.booking_session.state import (
    AbandonedSession,
    SelectedTimeslot,
    SessionState,
    is_abandoned,
    is_completed,
)
from app.domain.problems import Problem
from tests.domain.booking_session.builders import (
    AC_REPAIR,
    CUSTOMER,
    DETAILS,
    FLOW,
    FLOW_ID,
    NOW,
    REPAIR_PATH,
    SERVICE,
    SLOT,
    STEPS,
    SUMMARY,
    THROUGH_CUSTOMER,
    THROUGH_DETAILS,
    THROUGH_SERVICE,
    THROUGH_SUMMARY,
    THROUGH_TIME,
    THROUGH_ZIP,
    TIME,
    TYPE_CONFIGS,
    ZIP,
    a_flow,
    a_session,
    answered,
    completed,
    entered,
    event_id,
    given,
    start,
    updated,
)

LATER = NOW + timedelta(minutes=1)


def complete(
    state: SessionState, *, flow: FlowIndex = FLOW, after: timedelta = timedelta(minutes=1)
) -> Decision | tuple[Problem, ...]:
    return decide_completion(
        state,
        given=given(flow=flow, now=NOW + after),
        booking_id="a" * 24,
        confirmation_code="K7Q2MX",
        event_id=event_id(state.sequence + 1),
    )


def refusals(decided: Decision | tuple[Problem, ...]) -> list[tuple[str | int, ...]]:
    assert isinstance(decided, tuple)
    return [(problem.code.value, *problem.path) for problem in decided]


def abandon(state: SessionState) -> AbandonedSession:
    decided = decide_abandonment(
        state, reason=AbandonmentReason.CUSTOMER, event_id=event_id(99), now=LATER
    )
    assert isinstance(decided, Decision)
    assert is_abandoned(decided.state)
    return decided.state


# Start


def test_a_session_starts_on_the_first_step_which_counts_as_visited() -> None:
    state = start().state

    assert (state.sequence, state.booking_flow_id, state.revision) == (1, FLOW_ID, 1)
    assert state.current_state.step_id == ZIP
    assert state.current_state.navigation_state.visited_step_ids == (ZIP,)
    assert not state.current_state.navigation_state.can_go_back
    assert state.step_progression.total_in_flow == len(STEPS)
    assert (state.step_progression.furthest_step_id, state.step_progression.completed_count) == (
        ZIP,
        0,
    )
    assert state.session_context.locale == "en-US"
    assert (state.metrics.event_count, state.metrics.duration_ms) == (1, 0)


# Abandonment


def test_abandoning_moves_the_selections_into_the_outcome_and_drops_off_at_the_current_step() -> (
    None
):
    abandoned = abandon(a_session(*THROUGH_TIME))

    outcome = abandoned.booking_outcome
    assert outcome.reason is AbandonmentReason.CUSTOMER
    assert outcome.drop_off_step_id == TIME
    assert outcome.abandoned_at == LATER
    assert outcome.selected_service_id == AC_REPAIR
    assert outcome.selected_timeslot == SelectedTimeslot(start_time=SLOT[0], end_time=SLOT[1])
    assert abandoned.current_state.temp_selections is None


def test_a_closed_session_can_be_neither_abandoned_nor_completed() -> None:
    abandoned = abandon(start().state)

    again = decide_abandonment(
        abandoned, reason=AbandonmentReason.TIMEOUT, event_id=event_id(3), now=LATER
    )

    assert refusals(again) == [("SESSION_CLOSED", "booking_session_id")]
    assert refusals(complete(abandoned)) == [("SESSION_CLOSED", "booking_session_id")]


# Recovery


def test_a_session_resumed_from_an_abandoned_one_has_its_forms_and_path_but_not_its_progress() -> (
    None
):
    abandoned = abandon(a_session(*THROUGH_DETAILS, updated(CUSTOMER, "firstName", "Rosa")))

    recovered = recover_progress(abandoned, booking_session_id="5" * 24, flow=FLOW)
    state = start(recovered=recovered).state

    assert state.resumed_from_session_id == "5" * 24
    assert state.current_state.form_data == abandoned.current_state.form_data
    assert (
        state.current_state.service_selection_path == abandoned.current_state.service_selection_path
    )
    assert state.current_state.is_service_selection_complete
    assert state.current_state.temp_selections is not None
    assert state.current_state.temp_selections.service_id == AC_REPAIR
    assert state.current_state.step_id == ZIP
    assert state.step_progression.completed_count == 0


def test_what_the_new_revision_lacks_is_not_recovered() -> None:
    abandoned = abandon(a_session(*THROUGH_DETAILS, updated(DETAILS, "notes", "Dog")))
    newer = a_flow(
        steps=(SERVICE, DETAILS),
        details={"fields": [{"key": "notes", "label": "Notes", "input_type": "text"}]},
        service_selection={
            "root_node_id": "need",
            "nodes": [
                {"id": "need", "type": "question_reference", "question_id": "d" * 24},
                {"id": "ac", "type": "answer_reference", "answer_content": {"text": "AC"}},
                {"id": "cooling", "type": "question_reference", "question_id": "d" * 24},
            ],
            "edges": [
                {"id": "e1", "source_node_id": "need", "target_node_id": "ac"},
                {"id": "e2", "source_node_id": "ac", "target_node_id": "cooling"},
            ],
        },
    )

    recovered = recover_progress(abandoned, booking_session_id="5" * 24, flow=newer)

    assert recovered.form_data == {DETAILS: {"notes": "Dog"}}
    assert recovered.path == ("need", "ac")
    assert (recovered.service_id, recovered.is_complete) == (None, False)


# Completion


def test_completing_needs_every_step_a_service_and_a_timeslot_all_reported_together() -> None:
    decided = complete(a_session(*THROUGH_ZIP))

    assert refusals(decided) == [
        ("INCOMPLETE_STEPS", "booking_session_id"),
        ("SERVICE_NOT_SELECTED", "booking_session_id"),
        ("TIMESLOT_NOT_SELECTED", "booking_session_id"),
    ]
    assert isinstance(decided, tuple)
    titles = [f"“{TYPE_CONFIGS[step][0]}”" for step in STEPS]
    named = [title in decided[0].message for title in titles]
    assert named == [False, True, True, True, True, True]


def test_a_summary_must_be_completed_only_where_it_asks_for_consent() -> None:
    without_consent = a_flow(summary={})
    state = a_session(*THROUGH_CUSTOMER, flow=without_consent)

    assert isinstance(complete(state, flow=without_consent), Decision)
    assert refusals(complete(a_session(*THROUGH_CUSTOMER))) == [
        ("INCOMPLETE_STEPS", "booking_session_id")
    ]


def test_a_flow_without_a_timeslot_step_needs_no_timeslot() -> None:
    flow = a_flow(steps=(ZIP, SERVICE))
    decided = complete(a_session(*THROUGH_SERVICE, flow=flow), flow=flow)

    assert isinstance(decided, Decision)
    assert is_completed(decided.state)
    assert decided.state.booking_outcome.selected_timeslot is None


def test_a_service_on_a_path_not_yet_at_its_end_is_not_enough() -> None:
    state = a_session(*THROUGH_SUMMARY, *REPAIR_PATH[:-1])

    assert refusals(complete(state)) == [
        ("INCOMPLETE_STEPS", "booking_session_id"),
        ("SERVICE_NOT_SELECTED", "booking_session_id"),
    ]


def test_forms_changed_after_their_steps_were_completed_are_validated_again() -> None:
    state = a_session(
        *THROUGH_SUMMARY,
        updated(ZIP, "zipcode", "90210"),
        updated(CUSTOMER, "phone", None),
        updated(SUMMARY, "consent", False),
    )

    assert refusals(complete(state)) == [
        ("ZIPCODE_NOT_COVERED", "booking_session_id"),
        ("REQUIRED", "booking_session_id"),
        ("REQUIRED", "booking_session_id"),
    ]


def test_a_timeslot_whose_lead_time_has_passed_is_not_booked() -> None:
    state = a_session(*THROUGH_SUMMARY)
    until_lead_time = SLOT[0] - timedelta(hours=2) - NOW

    assert isinstance(complete(state, after=until_lead_time), Decision)
    assert refusals(complete(state, after=until_lead_time + timedelta(milliseconds=1))) == [
        ("TIMESLOT_UNAVAILABLE", "booking_session_id")
    ]


def test_a_service_step_reopened_and_completed_again_can_be_booked() -> None:
    state = a_session(
        *THROUGH_SUMMARY, answered("age", "young"), entered(SERVICE), completed(SERVICE)
    )

    assert isinstance(complete(state), Decision)
