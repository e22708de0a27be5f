from app.domain.booking_session.completion import decide_completion
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.derive import derive
from app.domain.booking_session.state import (
    SelectedTimeslot,
    TempSelections,
    is_completed,
)
from app.domain.problems import ProblemCode
from tests.domain.booking_session.builders import (
    AC_REPAIR,
    CUSTOMER,
    DETAILS,
    FLOW_ID,
    ROSA,
    SERVICE,
    SLOT,
    STEPS,
    SUMMARY,
    TIME,
    ZIP,
    answered,
    chose_time,
    completed,
    entered,
    event_id,
    failed,
    given,
    record,
    start,
    try_recording,
    updated,
)

FIRST_BATCH = (
    entered(ZIP),
    updated(ZIP, "zipcode", "01963"),
    completed(ZIP, zipcode="01963"),
    entered(SERVICE, from_step_id=ZIP),
    answered("need", "ac"),
    answered("cooling", "no"),
    answered("age", "old"),
    completed(SERVICE),
)
SECOND_BATCH = (
    entered(DETAILS, from_step_id=SERVICE),
    completed(DETAILS, property="house", notes="Dog in the yard"),
    entered(TIME, from_step_id=DETAILS),
    chose_time(),
    completed(TIME),
    entered(CUSTOMER, from_step_id=TIME),
    failed(CUSTOMER, "phone"),
    completed(CUSTOMER, **ROSA),
    entered(SUMMARY, from_step_id=CUSTOMER),
    completed(SUMMARY, consent=True),
)
TIMESLOT = SelectedTimeslot(start_time=SLOT[0], end_time=SLOT[1])


def test_the_first_half_of_a_booking_selects_the_service_the_path_leads_to() -> None:
    state = record(start().state, *FIRST_BATCH).state

    assert state.sequence == 9
    assert state.metrics.event_count == 9
    assert state.metrics.duration_ms == 1_000
    assert state.metrics.field_update_count == 1
    assert state.step_progression.completed_count == 2
    assert state.step_progression.completed_step_ids == (ZIP, SERVICE)
    assert (state.step_progression.furthest_step_id, state.step_progression.total_in_flow) == (
        SERVICE,
        6,
    )
    current = state.current_state
    assert current.step_id == SERVICE
    assert current.form_data == {ZIP: {"zipcode": "01963"}}
    assert current.navigation_state.visited_step_ids == (ZIP, SERVICE)
    assert current.navigation_state.can_go_back
    assert current.service_selection_path == ("need", "ac", "cooling", "no", "repair", "age", "old")
    assert current.temp_selections == TempSelections(service_id=AC_REPAIR)
    assert current.last_event_id == event_id(9)


def test_a_whole_booking_ends_completed_with_its_selections_in_the_outcome() -> None:
    started = start()
    first = record(started.state, *FIRST_BATCH)
    second = record(first.state, *SECOND_BATCH)
    assert second.state.sequence == 19
    assert second.state.metrics.validation_error_count == 1
    assert second.state.step_progression.completed_step_ids == STEPS
    assert second.state.current_state.form_data[CUSTOMER] == ROSA
    assert second.state.current_state.temp_selections == TempSelections(
        service_id=AC_REPAIR, timeslot=TIMESLOT
    )

    closing = decide_completion(
        second.state,
        given=given(),
        booking_id="a" * 24,
        confirmation_code="K7Q2MX",
        event_id=event_id(20),
    )

    assert isinstance(closing, Decision)
    assert is_completed(closing.state)
    outcome = closing.state.booking_outcome
    assert (outcome.booking_id, outcome.selected_service_id) == ("a" * 24, AC_REPAIR)
    assert outcome.selected_timeslot == TIMESLOT
    assert outcome.completed_at == closing.events[0].timestamp
    assert closing.state.current_state.temp_selections is None
    assert closing.state.booking_flow_id == FLOW_ID
    stream = (*started.events, *first.events, *second.events, *closing.events)
    assert derive(stream) == closing.state

    refused = try_recording(closing.state, entered(ZIP), given=given())
    assert isinstance(refused, tuple)
    assert [problem.code for problem in refused] == [ProblemCode.SESSION_CLOSED]
