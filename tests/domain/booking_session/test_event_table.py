"""A test per cell of the table of events: what each is refused for, and what it does."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.booking_session import derive as derive_module
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.decide import decide
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.event_types import StepNavigationEventData
from app.domain.booking_session.state import SelectedTimeslot, SessionState
from tests.domain.booking_session.builders import (
    AC_REPAIR,
    AC_TUNE_UP,
    CUSTOMER,
    DETAILS,
    DRAIN,
    NO_STEP,
    REPAIR_PATH,
    ROSA,
    SERVICE,
    SLOT,
    SUMMARY,
    THROUGH_CUSTOMER,
    THROUGH_DETAILS,
    THROUGH_SERVICE,
    THROUGH_ZIP,
    TIME,
    ZIP,
    a_flow,
    a_session,
    answered,
    chose_service,
    chose_time,
    completed,
    entered,
    failed,
    given,
    record,
    refusal,
    try_recording,
    updated,
    went_back,
)


def visited(state: SessionState) -> tuple[str, ...]:
    return state.current_state.navigation_state.visited_step_ids


def service_of(state: SessionState) -> str | None:
    assert state.current_state.temp_selections is not None
    return state.current_state.temp_selections.service_id


# Step entered


def test_entering_a_step_makes_it_the_current_the_last_visited_and_the_furthest() -> None:
    state = a_session(*THROUGH_ZIP, entered(SERVICE, from_step_id=ZIP))

    assert state.current_state.step_id == SERVICE
    assert visited(state) == (ZIP, SERVICE)
    progression = state.step_progression
    assert (progression.furthest_step_id, progression.furthest_step_index) == (SERVICE, 1)


def test_entering_the_current_step_again_does_not_visit_it_twice() -> None:
    assert visited(a_session(entered(ZIP), entered(ZIP))) == (ZIP,)


def test_entering_an_earlier_step_visits_it_again_and_leaves_the_furthest_step() -> None:
    state = a_session(*THROUGH_ZIP, entered(SERVICE), entered(ZIP))

    assert visited(state) == (ZIP, SERVICE, ZIP)
    assert state.step_progression.furthest_step_id == SERVICE


def test_a_step_is_reached_when_the_one_before_it_is_completed() -> None:
    assert refusal(a_session(), entered(SERVICE)) == [("STEP_NOT_REACHED", "events", 0, "step_id")]
    assert refusal(a_session(*THROUGH_ZIP), entered(SERVICE)) == []
    assert refusal(a_session(*THROUGH_ZIP), entered(DETAILS)) == [
        ("STEP_NOT_REACHED", "events", 0, "step_id")
    ]


def test_a_step_after_the_furthest_completed_one_stays_reached_when_an_earlier_one_reopens() -> (
    None
):
    reopened = a_session(*THROUGH_DETAILS, answered("need", "ac"))

    assert reopened.step_progression.completed_step_ids == (ZIP, DETAILS)
    assert refusal(reopened, entered(TIME)) == []


# Step completed


def test_completing_a_step_keeps_its_form_over_the_fields_updated_before() -> None:
    state = a_session(
        *THROUGH_SERVICE,
        entered(DETAILS),
        updated(DETAILS, "notes", "Dog"),
        updated(DETAILS, "property", "apartment"),
        completed(DETAILS, property="house"),
    )

    assert state.current_state.form_data[DETAILS] == {"notes": "Dog", "property": "house"}
    assert state.step_progression.completed_step_ids == (ZIP, SERVICE, DETAILS)
    assert state.step_progression.completed_count == 3


def test_completing_a_step_twice_counts_once() -> None:
    state = a_session(*THROUGH_ZIP, completed(ZIP, zipcode="01901"))

    assert state.step_progression.completed_count == 1
    assert state.current_state.form_data == {ZIP: {"zipcode": "01901"}}


def test_completed_steps_stand_in_the_order_of_the_flow() -> None:
    reopened = (answered("need", "ac"), *REPAIR_PATH[1:], completed(SERVICE))
    state = a_session(*THROUGH_DETAILS, *reopened)

    assert state.step_progression.completed_step_ids == (ZIP, SERVICE, DETAILS)


@pytest.mark.parametrize(
    ("before", "command", "problems"),
    [
        ((), completed(SERVICE), [("STEP_NOT_REACHED", "step_id")]),
        ((), completed(ZIP), [("REQUIRED", "data", "step_completed", "form_data", "zipcode")]),
        (
            (),
            completed(ZIP, zipcode="90210"),
            [("ZIPCODE_NOT_COVERED", "data", "step_completed", "form_data", "zipcode")],
        ),
        (
            (*THROUGH_ZIP, entered(SERVICE), *REPAIR_PATH[:-1]),
            completed(SERVICE),
            [("SERVICE_NOT_SELECTED", "step_id")],
        ),
        (
            THROUGH_SERVICE,
            completed(SERVICE, zipcode="01963"),
            [("INVALID", "data", "step_completed", "form_data", "zipcode")],
        ),
        (
            (*THROUGH_SERVICE, entered(DETAILS)),
            completed(DETAILS, property="castle", colour="red"),
            [
                ("INVALID", "data", "step_completed", "form_data", "colour"),
                ("INVALID", "data", "step_completed", "form_data", "property"),
            ],
        ),
        (
            (*THROUGH_DETAILS, entered(TIME)),
            completed(TIME),
            [("TIMESLOT_NOT_SELECTED", "step_id")],
        ),
        (
            (*THROUGH_CUSTOMER, entered(SUMMARY)),
            completed(SUMMARY, consent=False),
            [("REQUIRED", "data", "step_completed", "form_data", "consent")],
        ),
    ],
)
def test_completing_a_step_is_refused(
    before: tuple[SessionCommand, ...], command: SessionCommand, problems: list[tuple[Any, ...]]
) -> None:
    expected = [(code, "events", 0, *path) for code, *path in problems]

    assert refusal(a_session(*before), command) == expected


# Field updated, validation error


def test_updating_a_field_keeps_any_value_unjudged_and_counts() -> None:
    state = a_session(
        updated(ZIP, "zipcode", "9"), updated(CUSTOMER, "firstName", {"set$": {"a.b": None}})
    )

    assert state.current_state.form_data == {
        ZIP: {"zipcode": "9"},
        CUSTOMER: {"firstName": {"set$": {"a.b": None}}},
    }
    assert state.metrics.field_update_count == 2


@pytest.mark.parametrize("field", ["colour", "booking_outcome.status", "$where"])
def test_updating_an_unknown_field_is_refused(field: str) -> None:
    assert refusal(a_session(), updated(ZIP, field, "x")) == [
        ("INVALID", "events", 0, "data", "field_updated", "field")
    ]


def test_a_validation_error_only_counts() -> None:
    before, after = a_session(), a_session(failed(ZIP, "whatever the widget calls it"))

    assert after.metrics.validation_error_count == 1
    assert after.current_state.form_data == {}
    assert after.step_progression == before.step_progression


# Question answered


def test_answering_appends_the_answer_and_what_follows_by_itself() -> None:
    state = a_session(answered("need", "ac"), answered("cooling", "no"))

    assert state.current_state.service_selection_path == ("need", "ac", "cooling", "no", "repair")
    assert state.current_state.service_node_id == "repair"
    assert service_of(state) == AC_REPAIR
    assert not state.current_state.is_service_selection_complete


def test_answering_an_earlier_question_anew_unselects_the_service_cut_off() -> None:
    state = a_session(*REPAIR_PATH, answered("need", "ac"))

    assert state.current_state.service_selection_path == ("need", "ac")
    assert service_of(state) is None


def test_answering_an_earlier_question_anew_selects_the_service_on_the_new_part() -> None:
    state = a_session(*REPAIR_PATH, answered("cooling", "checkup"))

    assert state.current_state.service_selection_path == (
        "need",
        "ac",
        "cooling",
        "checkup",
        "tuneup",
    )
    assert service_of(state) == AC_TUNE_UP


def test_a_path_no_longer_complete_takes_the_step_out_of_the_completed_ones() -> None:
    state = a_session(*THROUGH_DETAILS, answered("cooling", "no"))

    assert state.step_progression.completed_step_ids == (ZIP, DETAILS)
    assert state.step_progression.completed_count == 2
    assert state.step_progression.furthest_step_id == DETAILS


def test_a_path_complete_in_another_way_leaves_the_step_completed() -> None:
    state = a_session(*THROUGH_DETAILS, answered("cooling", "checkup"))

    assert state.step_progression.completed_step_ids == (ZIP, SERVICE, DETAILS)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (answered("need", "young"), "answer_node_id"),
        (answered("age", "young"), "question_node_id"),
        (answered("nowhere", "ac"), "question_node_id"),
        (answered("ac", "ac"), "question_node_id"),
    ],
)
def test_an_answer_out_of_reach_is_refused(command: SessionCommand, field: str) -> None:
    assert refusal(a_session(answered("need", "ac")), command) == [
        ("NODE_NOT_REACHABLE", "events", 0, "data", "question_answered", field)
    ]


# Service selected


def test_a_service_chosen_directly_is_selected_with_its_node_on_the_path() -> None:
    state = a_session(chose_service("drain"))

    assert state.current_state.service_selection_path == ("need", "drain")
    assert service_of(state) == DRAIN
    assert state.current_state.is_service_selection_complete


def test_a_service_of_an_earlier_question_replaces_the_one_cut_off() -> None:
    state = a_session(*REPAIR_PATH, chose_service("drain"))

    assert state.current_state.service_selection_path == ("need", "drain")
    assert service_of(state) == DRAIN


@pytest.mark.parametrize("node_id", ["repair", "ac", "nowhere"])
def test_a_service_out_of_reach_is_refused(node_id: str) -> None:
    assert refusal(a_session(answered("need", "ac")), chose_service(node_id)) == [
        ("NODE_NOT_REACHABLE", "events", 0, "data", "service_selected", "node_id")
    ]


def test_a_service_is_refused_while_another_stays_on_the_path() -> None:
    # No such graph can be published; the session holds the line all the same.
    ends = [("need", "one"), ("one", "then"), ("then", "two")]
    flow = a_flow(
        service_selection={
            "root_node_id": "need",
            "nodes": [
                {"id": "need", "type": "question_reference", "question_id": "d" * 24},
                {"id": "one", "type": "service_reference", "service_id": DRAIN},
                {"id": "then", "type": "question_reference", "question_id": "d" * 24},
                {"id": "two", "type": "service_reference", "service_id": AC_REPAIR},
            ],
            "edges": [
                {"id": target, "source_node_id": source, "target_node_id": target}
                for source, target in ends
            ],
        }
    )
    state = a_session(chose_service("one"), flow=flow)

    assert refusal(state, chose_service("two"), flow=flow) == [
        ("SERVICE_ALREADY_SELECTED", "events", 0, "data", "service_selected", "node_id")
    ]


# Navigation back


def test_going_back_cuts_the_visited_steps_and_counts() -> None:
    state = a_session(*THROUGH_DETAILS, went_back(ZIP))

    assert state.current_state.step_id == ZIP
    assert visited(state) == (ZIP,)
    assert not state.current_state.navigation_state.can_go_back
    assert state.metrics.back_navigation_count == 1
    assert state.step_progression.furthest_step_id == DETAILS


def test_going_back_cuts_to_the_latest_visit() -> None:
    again = (entered(ZIP), entered(SERVICE))
    state = a_session(*THROUGH_ZIP, entered(SERVICE), *again, went_back(ZIP))

    assert visited(state) == (ZIP, SERVICE, ZIP)


def test_a_step_visited_before_and_cut_off_since_is_visited_anew() -> None:
    state = a_session(*THROUGH_DETAILS, went_back(ZIP), entered(DETAILS), went_back(SERVICE))

    assert visited(state) == (ZIP, DETAILS, SERVICE)


def test_going_back_remembers_the_step_left() -> None:
    data = decide(a_session(*THROUGH_SERVICE), went_back(ZIP), given=given())

    assert data == StepNavigationEventData(from_step_id=SERVICE, to_step_id=ZIP, step_index=0)


def test_going_back_to_a_step_never_visited_is_refused() -> None:
    assert refusal(a_session(*THROUGH_ZIP), went_back(SERVICE)) == [
        ("STEP_NOT_REACHED", "events", 0, "data", "navigation_back", "to_step_id")
    ]


# Timeslot selected


def test_of_very_many_visits_the_first_and_the_newest_are_kept_and_one_can_go_back_to_any_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(derive_module, "MAX_VISITS_KEPT", 4)
    reached = [completed(ZIP, zipcode="01901"), *[entered(SERVICE), entered(ZIP)] * 3]

    at_bound = a_session(*reached[:4])
    beyond = a_session(*reached)
    back = record(beyond, went_back(SERVICE)).state

    assert visited(at_bound) == (ZIP, SERVICE, ZIP, SERVICE)
    assert visited(beyond) == (ZIP, ZIP, SERVICE, ZIP)
    assert visited(back) == (ZIP, ZIP, SERVICE)
    assert back.current_state.step_id == SERVICE


def test_a_selected_timeslot_replaces_the_one_before() -> None:
    afternoon = (SLOT[0] + timedelta(hours=5), SLOT[1] + timedelta(hours=5))
    state = a_session(chose_time(*afternoon), chose_time())

    assert state.current_state.temp_selections is not None
    assert state.current_state.temp_selections.timeslot == SelectedTimeslot(
        start_time=SLOT[0], end_time=SLOT[1]
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (SLOT[0] + timedelta(minutes=30), SLOT[1]),
        (SLOT[0], SLOT[1] + timedelta(hours=1)),
        (SLOT[0] - timedelta(days=7), SLOT[1] - timedelta(days=7)),
        (SLOT[0] + timedelta(days=70), SLOT[1] + timedelta(days=70)),
        (SLOT[0].replace(year=1), SLOT[1].replace(year=9999)),
    ],
)
def test_a_timeslot_not_offered_is_refused(start: Any, end: Any) -> None:
    assert refusal(a_session(), chose_time(start, end)) == [
        ("TIMESLOT_UNAVAILABLE", "events", 0, "data", "timeslot_selected", "start_time")
    ]


def test_a_timeslot_booked_out_is_refused() -> None:
    assert refusal(a_session(), chose_time(), taken={SLOT[0]: 2}) == []
    assert refusal(a_session(), chose_time(), taken={SLOT[0]: 3}) == [
        ("TIMESLOT_UNAVAILABLE", "events", 0, "data", "timeslot_selected", "start_time")
    ]


# Any event

EVERY_KIND = [
    entered(NO_STEP),
    completed(NO_STEP),
    updated(NO_STEP, "zipcode", "01963"),
    failed(NO_STEP, "zipcode"),
    answered("need", "ac", step_id=NO_STEP),
    chose_service("drain", step_id=NO_STEP),
    went_back(ZIP, step_id=NO_STEP),
    chose_time(step_id=NO_STEP),
]


@pytest.mark.parametrize("command", EVERY_KIND, ids=lambda each: each.data.event_type.value)
def test_an_event_on_a_step_outside_the_flow_is_refused(command: SessionCommand) -> None:
    assert refusal(a_session(), command) == [("STEP_NOT_IN_FLOW", "events", 0, "step_id")]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (entered(ZIP, from_step_id=NO_STEP), ("step_entered", "from_step_id")),
        (went_back(NO_STEP), ("navigation_back", "to_step_id")),
    ],
)
def test_a_move_from_or_to_a_step_outside_the_flow_is_refused(
    command: SessionCommand, field: tuple[str, str]
) -> None:
    assert refusal(a_session(), command) == [("STEP_NOT_IN_FLOW", "events", 0, "data", *field)]


@pytest.mark.parametrize(
    "command",
    [
        answered("need", "ac", step_id=ZIP),
        chose_service("drain", step_id=DETAILS),
        chose_time(step_id=SERVICE),
    ],
)
def test_an_event_on_a_step_of_another_type_is_refused(command: SessionCommand) -> None:
    assert refusal(a_session(), command) == [("INVALID", "events", 0, "step_id")]


def test_a_batch_is_refused_whole_with_all_problems_of_its_first_refused_event() -> None:
    state = a_session()

    decided = try_recording(
        state,
        updated(ZIP, "zipcode", "01963"),
        completed(ZIP, zipcode="90210", colour="red"),
        entered(DETAILS),
        entered(NO_STEP),
        given=given(),
    )

    assert isinstance(decided, tuple)
    assert [(problem.code.value, *problem.path) for problem in decided] == [
        ("INVALID", "events", 1, "data", "step_completed", "form_data", "colour"),
        ("ZIPCODE_NOT_COVERED", "events", 1, "data", "step_completed", "form_data", "zipcode"),
        ("STEP_NOT_IN_FLOW", "events", 3, "step_id"),
    ]


def test_events_of_a_batch_follow_the_last_one_and_name_the_end_of_the_batch() -> None:
    decision = record(a_session(entered(ZIP)), entered(ZIP), completed(ZIP, zipcode="01963"))

    assert isinstance(decision, Decision)
    assert [(event.sequence, event.batch_end) for event in decision.events] == [(3, 4), (4, 4)]


def test_completing_the_customer_step_needs_its_whole_form() -> None:
    state = a_session(*THROUGH_DETAILS, entered(TIME), chose_time(), completed(TIME))
    form = {**ROSA, "phone": "555", "email": "nobody"}

    problems = refusal(record(state, entered(CUSTOMER)).state, completed(CUSTOMER, **form))

    assert [path[-1] for path in problems] == ["phone", "email"]
