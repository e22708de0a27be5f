import pytest

from app.services.text_checks import LibraryTextChecks

CHECKS = LibraryTextChecks()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+17815550199", True),
        ("+442079460958", True),
        ("17815550199", False),
        ("+1 781 555 0199", False),
        ("+1781555019", False),
        ("+999123456789", False),
        ("+1781555\u0660199", False),
        ("+17815550199;ext=5", False),
        ("+" + "1" * 100_000, False),
        ("", False),
    ],
)
def test_phone_numbers_are_in_e164_form(text: str, expected: bool) -> None:
    assert CHECKS.is_phone_number(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rosa@example.com", True),
        ("rosa.diaz+visits@harbor.example", True),
        ("rosa@", False),
        ("rosa", False),
        ("rosa@harbor", False),
        ("Rosa <rosa@example.com>", False),
        ("a@" + "b" * 10_000 + ".com", False),
    ],
)
def test_email_addresses_are_judged_by_their_form(text: str, expected: bool) -> None:
    assert CHECKS.is_email_address(text) is expected


def test_a_pattern_must_match_the_whole_text() -> None:
    assert CHECKS.matches_pattern("[A-Z]{2}", "AB")
    assert not CHECKS.matches_pattern("[A-Z]{2}", "ABC")


def test_a_pattern_outside_re2_syntax_has_an_error_and_matches_nothing() -> None:
    assert CHECKS.find_pattern_error("[A-Z]{2}") is None
    assert CHECKS.find_pattern_error("(?=a)") is not None
    with pytest.raises(ValueError, match="RE2"):
        CHECKS.matches_pattern("(?=a)", "a")
