"""What the comparison computes from its measurements."""

import pytest

from scripts.benchmarks.comparison.agreement import find_difference, without_own_values
from scripts.benchmarks.comparison.figures import Memory, Round, percentile, ratio, to_row


def a_round(*, requests: int, p50_ms: float = 1.0) -> Round:
    return Round(
        request_count=requests,
        seconds=2.0,
        p50_ms=p50_ms,
        p99_ms=9.0,
        cpu_seconds=0.5,
        generator_share=0.1,
    )


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.99, 7.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([float(n) for n in range(1, 101)], 0.99, 99.0),
        ([float(n) for n in range(1, 11)], 0.99, 10.0),
    ],
)
def test_percentile_is_the_nearest_rank(
    *, values: list[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == expected


def test_row_holds_what_the_rounds_say_under_the_promised_names() -> None:
    rounds = [
        a_round(requests=100, p50_ms=3),
        a_round(requests=400),
        a_round(requests=200, p50_ms=2),
    ]
    row = to_row(
        "event", "scheduler", 32, rounds=rounds, commands=2.0, memory=Memory(100.04, 110.0, 700)
    )
    assert row._asdict() == {
        "operation": "event",
        "server": "scheduler",
        "clients": 32,
        "requests_per_second": 100.0,
        "p50_ms": 2,
        "p99_ms": 9.0,
        "cpu_ms_per_request": 2.143,
        "database_commands": 2.0,
        "rss_mb_before": 100.0,
        "rss_mb_after": 110.0,
    }


def test_row_of_what_was_not_measured_holds_no_numbers() -> None:
    row = to_row("event", "yoga", 1, rounds=[], commands=None, memory=None)
    assert row[:3] == ("event", "yoga", 1)
    assert set(row[3:]) == {None}


def test_ratio_to_what_was_not_measured_is_unknown() -> None:
    assert ratio(3.0, 4.0) == 0.75
    assert ratio(3.0, None) is None
    assert ratio(None, 3.0) is None


def test_difference_is_told_with_its_place() -> None:
    expected = {"flows": [{"id": "a", "steps": [1, 2]}]}
    assert find_difference(expected, {"flows": [{"id": "a", "steps": [1, 2]}]}) is None
    assert (
        find_difference(expected, {"flows": [{"id": "a", "steps": [1, 3]}]})
        == ".flows[0].steps[1] is 3, not 2"
    )
    assert find_difference(expected, {"flows": [{"id": "a"}]}) == (
        ".flows[0].steps is on one side only"
    )


def test_only_the_values_every_server_makes_itself_are_left_out_of_the_comparison() -> None:
    event = {"_id": "6b03", "content_hash": None, "timestamp": "2026-01-31T08:00:00.000Z"}
    stored = {"events": [{**event, "data": {"field": "zipcode"}}], "sequence": 2}
    assert without_own_values(stored) == {
        "events": [
            {
                "_id": "str",
                "content_hash": "NoneType",
                "timestamp": "a time",
                "data": {"field": "zipcode"},
            }
        ],
        "sequence": 2,
    }
