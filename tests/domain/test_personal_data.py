"""Recognising a person in texts."""

from typing import Any

import pytest

from app.domain.personal_data import Person, mentions
from app.services.personal_data.persons import to_person

JANE = to_person(email="jane@harbor.example", phone="+17815550199")


@pytest.mark.parametrize(
    "value",
    [
        "jane@harbor.example",
        "JANE@Harbor.Example",
        "write to <jane@harbor.example>, please.",
        "mailto:jane@harbor.example",
        "https://x.example/?email=jane%40harbor.example&a=b",
        "Mail jane@harbor.example.",
        "+17815550199",
        "(781) 555-0199",
        "+1 781.555.0199",
        "7815550199",
        7815550199,
        {"notes": ["call", {"deep": "781-555-0199 after five"}]},
        {"jane@harbor.example": True},
    ],
)
def test_person_is_recognised(value: Any) -> None:
    assert mentions(JANE, value)


@pytest.mark.parametrize(
    "value",
    [
        "maryjane@harbor.example",
        "jane@harbor.example.org",
        "jane+other@harbor.example",
        "jane at harbor.example",
        "781-555-0198",
        "5550199",
        "",
        None,
        True,
        {"zip": "01963"},
        "%",
        "%E0%A4%A",
    ],
)
def test_others_are_not_taken_for_the_person(value: Any) -> None:
    assert not mentions(JANE, value)


def test_short_national_number_needs_its_country_code() -> None:
    andorran = to_person(email=None, phone="+376312345")

    assert mentions(andorran, "+376 312 345")
    assert not mentions(andorran, "order 9312345")


def test_nobody_is_mentioned_nowhere() -> None:
    assert not mentions(Person(), "jane@harbor.example +17815550199")
