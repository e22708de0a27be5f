import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.booking_session import events as event_format
from app.domain.booking_session.batches import split_whole
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.derive import BrokenEventStreamError, derive, evolve
from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.booking_session.events import (
    BookingSessionEvent,
    event_from_document,
    stored_client_event_id,
)
from app.domain.booking_session.lifecycle import decide_abandonment
from app.domain.booking_session.state import (
    SESSION_STATE_ADAPTER,
    SessionState,
    is_abandoned,
    is_active,
    is_completed,
)
from tests.domain.booking_session.builders import (
    CUSTOMER,
    DETAILS,
    NOW,
    ROSA,
    SERVICE,
    STEPS,
    SUMMARY,
    THROUGH_DETAILS,
    TIME,
    ZIP,
    a_command,
    answered,
    chose_service,
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
    went_back,
)

GOLDEN = Path(__file__).parent / "golden"

step_ids = st.sampled_from(STEPS)
commands = st.one_of(
    st.sampled_from(
        [
            completed(ZIP, zipcode="01963"),
            completed(SERVICE),
            completed(DETAILS, property="house"),
            completed(TIME),
            completed(CUSTOMER, **ROSA),
            completed(SUMMARY, consent=True),
            chose_service("drain"),
            chose_time(),
        ]
    ),
    step_ids.map(entered),
    step_ids.map(went_back),
    st.sampled_from(["zipcode", "colour"]).map(lambda field: updated(ZIP, field, field)),
    step_ids.map(lambda step_id: failed(step_id, "x")),
    st.sampled_from(
        ["need>ac", "cooling>no", "cooling>checkup", "age>old", "need>drain", "age>young"]
    ).map(lambda edge: answered(*edge.split(">"))),
)
batches = st.lists(st.lists(commands, min_size=1, max_size=6), max_size=25)


def record_whatever_is_accepted(
    first: Decision, plan: list[list[SessionCommand]]
) -> tuple[list[BookingSessionEvent], SessionState]:
    events, state = list(first.events), first.state
    for number, batch in enumerate(plan):
        decided = try_recording(
            state, *batch, given=given(now=NOW + timedelta(milliseconds=number))
        )
        if isinstance(decided, Decision):
            events.extend(decided.events)
            state = decided.state
    return events, state


@settings(max_examples=150, deadline=None)
@examples(batches)
def test_the_state_decided_is_the_state_derived_and_the_state_evolved(
    plan: list[list[SessionCommand]],
) -> None:
    events, decided = record_whatever_is_accepted(start(), plan)

    assert derive(events) == decided
    evolved = None
    for number, event in enumerate(events, start=1):
        evolved = evolve(evolved, event)
        assert evolved == derive(events[:number])
        assert evolved.sequence == number


@settings(max_examples=150, deadline=None)
@examples(batches)
def test_steps_are_entered_without_leaving_one_out(plan: list[list[SessionCommand]]) -> None:
    events, state = record_whatever_is_accepted(start(), plan)

    entries = [event for event in events if event.event_type == "step_entered"]
    assert {ZIP, *(event.step_id for event in entries)} == set(
        STEPS[: state.step_progression.furthest_step_index + 1]
    )
    current = state.current_state
    assert current.navigation_state.visited_step_ids[-1] == current.step_id
    assert set(state.step_progression.completed_step_ids) <= set(
        STEPS[: state.step_progression.furthest_step_index + 1]
    )


def test_a_state_is_not_touched_by_the_events_after_it() -> None:
    before = record(start().state, updated(ZIP, "zipcode", "0")).state
    kept = before.model_dump()

    record(before, updated(ZIP, "zipcode", "1"), *THROUGH_DETAILS)

    assert before.model_dump() == kept


def test_a_stored_state_reads_back_equal() -> None:
    state = record(start().state, *THROUGH_DETAILS, entered(TIME), chose_time()).state

    assert SESSION_STATE_ADAPTER.validate_python(state.model_dump()) == state
    assert SESSION_STATE_ADAPTER.validate_json(SESSION_STATE_ADAPTER.dump_json(state)) == state


def a_stream(*commands: SessionCommand) -> tuple[BookingSessionEvent, ...]:
    first = start()
    return (*first.events, *record(first.state, *commands).events) if commands else first.events


def closed_stream() -> tuple[BookingSessionEvent, ...]:
    closing = decide_abandonment(
        start().state, reason=AbandonmentReason.TIMEOUT, event_id=event_id(2), now=NOW
    )
    assert isinstance(closing, Decision)
    late = a_stream(entered(ZIP), entered(ZIP))[2]
    return (*start().events, *closing.events, late)


@pytest.mark.parametrize(
    ("events", "sequence"),
    [
        ((), 0),
        (a_stream(entered(ZIP))[1:], 2),
        ((a_stream(entered(ZIP), entered(ZIP))[0], a_stream(entered(ZIP), entered(ZIP))[2]), 3),
        ((*a_stream(), *a_stream()), 1),
        (closed_stream(), 3),
    ],
    ids=["empty", "no start", "gap", "twice", "after the end"],
)
def test_events_that_are_no_stream_are_not_made_a_state(
    events: tuple[BookingSessionEvent, ...], sequence: int
) -> None:
    with pytest.raises(BrokenEventStreamError) as caught:
        derive(events)
    assert caught.value.sequence == sequence


def test_a_session_is_exactly_one_of_active_completed_and_abandoned() -> None:
    active = start().state
    abandoned = derive(closed_stream()[:2])

    assert (is_active(active), is_completed(active), is_abandoned(active)) == (True, False, False)
    assert (is_active(abandoned), is_completed(abandoned), is_abandoned(abandoned)) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("stream", ["completed", "abandoned"])
def test_events_of_every_version_mean_what_they_meant(stream: str, version: int) -> None:
    golden: dict[str, Any] = json.loads((GOLDEN / f"v{version}.json").read_text())[stream]

    events = [event_from_document(document) for document in golden["events"]]

    assert derive(events) == SESSION_STATE_ADAPTER.validate_python(golden["state"])
    assert split_whole(events) == (tuple(events), ())


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_golden_events_of_a_version_are_of_every_type(version: int) -> None:
    golden = json.loads((GOLDEN / f"v{version}.json").read_text())
    documents = [document for stream in golden.values() for document in stream["events"]]

    assert {each["event_type"] for each in documents} == set(BookingSessionEventType)
    assert {each["schema_version"] for each in documents} == {version}


def test_a_document_with_fields_of_its_own_or_of_a_newer_version_is_read() -> None:
    event = a_stream(entered(ZIP))[1]
    document = event.model_dump()
    document["_id"] = document.pop("id")
    del document["schema_version"]

    read = event_from_document({**document, "booking_session_id": "a" * 24, "mood": "good"})

    assert read == event


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_event_of_no_client_has_no_client_event_id_however_it_is_stored(version: int) -> None:
    golden = json.loads((GOLDEN / f"v{version}.json").read_text())["completed"]
    first, *others, last = golden["events"]
    filled = {**first, "client_event_id": stored_client_event_id(None, sequence=1)}

    assert event_from_document(first).client_event_id is None
    assert event_from_document(filled) == event_from_document(first)
    assert event_from_document(last).client_event_id is None
    assert {event_from_document(each).client_event_id for each in others} == {"c"}


def test_what_is_stored_for_events_of_no_client_differs_and_cannot_be_sent() -> None:
    stored = [stored_client_event_id(None, sequence=sequence) for sequence in (1, 2, 12)]

    assert len(set(stored)) == 3
    for client_event_id in stored:
        with pytest.raises(ValidationError):
            a_command("field_updated", ZIP, client_event_id, field="zipcode", value="01963")
    assert stored_client_event_id("c-1", sequence=1) == "c-1"


def test_a_document_of_an_older_version_is_brought_up_version_by_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newest = event_format.SCHEMA_VERSION
    monkeypatch.setattr(event_format, "SCHEMA_VERSION", newest + 1)
    monkeypatch.setitem(event_format.UPCASTERS, 1, lambda old: {**old, "step": old["where"]})
    monkeypatch.setitem(event_format.UPCASTERS, newest, lambda old: {**old, "step_id": old["step"]})
    document = {**a_stream(entered(ZIP))[1].model_dump(), "schema_version": 1}
    document["where"] = document.pop("step_id")

    read = event_from_document(document)

    assert (read.step_id, read.schema_version) == (ZIP, newest + 1)


def test_stored_times_without_a_zone_are_read_as_utc() -> None:
    event = a_stream()[0]
    document = event.model_dump()
    for field in ("timestamp", "occurred_at"):
        document[field] = document[field].replace(tzinfo=None)

    assert event_from_document(document) == event
