"""Reading whom to erase."""

import pytest

from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.services.personal_data.persons import Contact, read_contact


def test_contact_is_brought_into_one_form() -> None:
    contact = read_contact(email=" Rosa@Harbor.Example ", phone="+1 (781) 555-0199")

    assert contact == Contact(email="rosa@harbor.example", phone="+17815550199")


@pytest.mark.parametrize(
    ("email", "phone", "expected"),
    [
        (None, None, [(ProblemCode.REQUIRED, "email")]),
        ("rosa", None, [(ProblemCode.INVALID, "email")]),
        ("", "555-0199", [(ProblemCode.INVALID, "email"), (ProblemCode.INVALID, "phone")]),
        (
            "a" * 100_000,
            "+" * 100_000,
            [(ProblemCode.INVALID, "email"), (ProblemCode.INVALID, "phone")],
        ),
        (
            "rosa@\ud800.example",
            "+1781555\x00",
            [(ProblemCode.INVALID, "email"), (ProblemCode.INVALID, "phone")],
        ),
    ],
)
def test_contact_that_is_none_is_refused(
    email: str | None, phone: str | None, expected: list[tuple[ProblemCode, str]]
) -> None:
    with pytest.raises(Refused) as refused:
        read_contact(email=email, phone=phone)

    assert [(each.code, each.path[0]) for each in refused.value.problems] == expected
