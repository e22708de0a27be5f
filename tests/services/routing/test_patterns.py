import pytest

from app.services.patterns import Re2Pattern, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a(?=b)", "invalid perl operator: (?="),
        ("(", "missing ): ("),
        ("((a{100}){10}){10}", "invalid repetition size"),
        (r"\pL{1000}" * 20, "pattern too large"),
        ("\ud800", "not valid Unicode"),
    ],
)
def test_pattern_that_re2_refuses_is_explained(pattern: str, reason: str) -> None:
    error = compile_pattern(pattern, ignore_case=False)
    assert isinstance(error, str)
    assert reason in error


@pytest.mark.parametrize(
    ("ignore_case", "text", "matches"),
    [(False, "Ab", True), (False, "AB", False), (True, "aB", True), (False, "xAb", False)],
)
def test_pattern_matches_whole_texts(ignore_case: bool, text: str, matches: bool) -> None:
    pattern = compile_pattern("A(b)", ignore_case=ignore_case)
    assert isinstance(pattern, Re2Pattern)
    assert pattern.fullmatch(text) is matches
