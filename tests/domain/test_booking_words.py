"""What customers told us, in words, and who they are."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from app.domain.booking import AnswerGiven, Timeslot
from app.domain.booking_contact import BookingContact, PostalAddress, read_contact
from app.domain.booking_flow.form_fields import FieldOption, FormField, InputType
from app.domain.booking_words import describe_answers, describe_fields, describe_window
from app.domain.redaction import redact
from app.domain.service_selection.graph import (
    AnswerContent,
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceReferenceNode,
)

QUESTION = QuestionReferenceNode(id="q", question_id="q1")
OTHER_QUESTION = QuestionReferenceNode(id="r", question_id="q2")
ANSWER = AnswerReferenceNode(id="a", answer_content=AnswerContent(text="No cold air"))
SERVICE = ServiceReferenceNode(id="s", service_id="s1")


def a_field(key: str, input_type: InputType = InputType.TEXT, **options: str) -> FormField:
    return FormField(
        key=key,
        label=key.title(),
        input_type=input_type,
        options=tuple(FieldOption(value=value, label=label) for value, label in options.items()),
    )


def at(hour: int, *, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_path_is_told_as_questions_and_what_was_chosen_at_each() -> None:
    given = describe_answers(
        (QUESTION, ANSWER, OTHER_QUESTION, SERVICE),
        question_titles={"q1": "What is wrong?", "q2": "What do you need?"},
        service_titles={"s1": "AC Repair"},
    )

    assert given == (
        AnswerGiven(question="What is wrong?", answer="No cold air"),
        AnswerGiven(question="What do you need?", answer="AC Repair"),
    )


def test_a_service_reached_through_an_answer_is_no_answer_itself() -> None:
    given = describe_answers(
        (QUESTION, ANSWER, SERVICE, OTHER_QUESTION, ANSWER), question_titles={}, service_titles={}
    )

    assert given == (AnswerGiven(question=None, answer="No cold air"),) * 2


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        (
            (at(13), at(17)),
            "Tuesday, November 24, 2026, 8:00 AM to 12:00 PM (America/New_York)",
        ),
        (
            (at(4, day=25), at(6, day=25)),
            "Tuesday, November 24, 2026, 11:00 PM to "
            "Wednesday, November 25, 2026, 1:00 AM (America/New_York)",
        ),
    ],
)
def test_a_window_is_told_in_local_time(slot: tuple[datetime, datetime], words: str) -> None:
    timeslot = Timeslot(start_time=slot[0], end_time=slot[1])

    assert describe_window(timeslot, "America/New_York") == words


def test_fields_are_told_by_their_labels_and_empty_ones_not_at_all() -> None:
    fields = [
        a_field("home", InputType.SELECT, house="A house"),
        a_field("pets", InputType.MULTI_SELECT, dog="Dog", cat="Cat"),
        a_field("gate", InputType.CHECKBOX),
        a_field("floors", InputType.NUMBER),
        a_field("notes"),
    ]
    values: dict[str, JsonValue] = {
        "home": "house",
        "pets": ["dog", "cat"],
        "gate": False,
        "floors": 2.0,
        "notes": "  ",
        "unknown": "x",
    }

    assert list(describe_fields(fields, values)) == [
        ("Home", "A house"),
        ("Pets", "Dog, Cat"),
        ("Gate", "no"),
        ("Floors", "2"),
    ]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"firstName": "Rosa", "lastName": "Diaz"}, "Rosa Diaz"),
        ({"first_name": " Rosa ", "surname": ""}, "Rosa"),
        ({"full-name": "Rosa Diaz", "lastName": "Other"}, "Rosa Diaz"),
        ({"nickname": "Ro"}, None),
        ({"name": ["Rosa"]}, None),
    ],
)
def test_names_are_known_by_their_keys(values: dict[str, JsonValue], name: str | None) -> None:
    assert read_contact([a_field(key) for key in values], values).name == name


def test_contacts_and_address_are_known_by_the_type_of_their_fields() -> None:
    fields = [
        a_field("mobile", InputType.PHONE),
        a_field("work", InputType.PHONE),
        a_field("mail", InputType.EMAIL),
        a_field("where", InputType.ADDRESS),
    ]
    address: JsonValue = {"street": "1 Elm", "unit": "", "city": "X", "state": "OH", "zip": "43201"}
    values: dict[str, JsonValue] = {
        "mobile": "+15550100",
        "work": "+15550101",
        "mail": "a@b.example",
        "where": address,
    }

    assert read_contact(fields, values) == BookingContact(
        phones=("+15550100", "+15550101"),
        emails=("a@b.example",),
        address=PostalAddress(street="1 Elm", city="X", state="OH", zip="43201"),
    )


@pytest.mark.parametrize("value", ["text", {}, {"street": "1 Elm"}, [], {"street": None}])
def test_what_is_no_whole_address_is_none(value: JsonValue) -> None:
    assert read_contact([a_field("a", InputType.ADDRESS)], {"a": value}).address is None


def test_personal_values_are_taken_out_wherever_and_however_they_are_written() -> None:
    said = "ROSA DIAZ (rosa) of 12 Cliff St., unit 4: phone +1781 is 100% bad.*"

    hidden = redact(said, [{"a": "Rosa Diaz", "b": {"c": "12 cliff st"}}, ["rosa", "4"], "bad.*"])

    assert hidden == "… (…) of …., unit 4: phone +1781 is 100% …"
    assert redact(said, []) == said
