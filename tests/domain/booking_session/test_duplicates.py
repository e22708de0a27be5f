from datetime import timedelta

from app.domain.booking_session.commands import SessionCommand, content_hash
from app.domain.booking_session.duplicates import (
    SplitBatch,
    find_batch_size_problem,
    split_duplicates,
)
from tests.domain.booking_session.builders import (
    NOW,
    TIME,
    ZIP,
    a_command,
    completed,
    record,
    start,
)


def an_update(client_event_id: str, value: str) -> SessionCommand:
    return a_command("field_updated", ZIP, client_event_id, field="zipcode", value=value)


def test_what_is_stored_is_told_from_what_is_new() -> None:
    stored = record(start().state, an_update("c-1", "01963")).events

    split = split_duplicates([an_update("c-1", "01963"), an_update("c-2", "01901")], stored)

    assert isinstance(split, SplitBatch)
    assert split.known == {0: stored[0]}
    assert [(item.index, item.command.client_event_id) for item in split.fresh] == [(1, "c-2")]


def test_an_item_repeated_within_a_batch_is_recorded_once() -> None:
    split = split_duplicates([an_update("c-1", "01963"), an_update("c-1", "01963")], [])

    assert isinstance(split, SplitBatch)
    assert [item.index for item in split.fresh] == [0]
    assert split.repeated == {1: 0}


def test_every_id_used_for_other_content_is_reported_stored_or_not() -> None:
    stored = record(start().state, an_update("c-1", "01963")).events
    batch = [an_update("c-1", "x"), an_update("c-2", "x"), an_update("c-2", "y")]

    problems = split_duplicates(batch, stored)

    assert isinstance(problems, tuple)
    assert [(problem.code.value, *problem.path) for problem in problems] == [
        ("EVENT_ID_CONFLICT", "events", 0, "client_event_id"),
        ("EVENT_ID_CONFLICT", "events", 2, "client_event_id"),
    ]


def test_content_is_the_same_whatever_its_key_order_time_stamp_or_left_out_default() -> None:
    one = completed(ZIP, zipcode="01963", other={"a": 1, "b": 2})
    other = completed(ZIP, other={"b": 2, "a": 1}, zipcode="01963")
    stamped = other.model_copy(update={"client_timestamp": NOW})

    assert content_hash(one) == content_hash(other) == content_hash(stamped)
    assert content_hash(a_command("step_entered", ZIP)) == content_hash(
        a_command("step_entered", ZIP, from_step_id=None)
    )


def test_content_differs_by_step_by_kind_and_by_value() -> None:
    commands = [
        a_command("step_entered", ZIP),
        a_command("step_entered", TIME),
        a_command("step_completed", ZIP),
        completed(ZIP, zipcode="1"),
        completed(ZIP, zipcode=1),
        a_command("timeslot_selected", TIME, start_time=NOW, end_time=NOW + timedelta(hours=1)),
        a_command("timeslot_selected", TIME, start_time=NOW, end_time=NOW + timedelta(hours=2)),
    ]

    assert len({content_hash(command) for command in commands}) == len(commands)


def test_a_batch_has_1_to_100_events() -> None:
    refused = [size for size in (0, 1, 100, 101, 10_000) if find_batch_size_problem(size)]

    assert refused == [0, 101, 10_000]
