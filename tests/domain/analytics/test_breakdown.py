from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.analytics.breakdown import (
    BreakdownRow,
    KeyCount,
    QuarterCount,
    break_down,
    break_down_days,
)
from app.domain.booking_session.state import BookingSessionStatus as Status

NEW_YORK = ZoneInfo("America/New_York")


def test_rows_hold_the_sessions_of_a_key_most_first_and_none_last() -> None:
    counts = [
        KeyCount(None, Status.ABANDONED, 50),
        KeyCount("b", Status.COMPLETED, 1),
        KeyCount("a", Status.ACTIVE, 1),
        KeyCount("c", Status.COMPLETED, 3),
        KeyCount("c", Status.ABANDONED, 4),
        KeyCount("c", Status.ACTIVE, 5),
    ]

    rows = break_down(counts)

    assert [row.key for row in rows] == ["c", "a", "b", None]
    assert rows[0] == BreakdownRow(
        key="c", started_count=12, completed_count=3, abandoned_count=4, active_count=5
    )
    assert [row.conversion_rate for row in rows] == [0.25, 0.0, 1.0, 0.0]


def test_days_are_those_of_the_zone_where_the_clocks_change_too() -> None:
    # On 8 March 2026 the clocks of New York went from UTC-5 to UTC-4 at seven o'clock UTC.
    counts = [
        QuarterCount(datetime(2026, 3, 9, 3, 45, tzinfo=UTC), Status.ACTIVE, 1),
        QuarterCount(datetime(2026, 3, 9, 4, 0, tzinfo=UTC), Status.ACTIVE, 10),
        QuarterCount(datetime(2026, 3, 8, 4, 45, tzinfo=UTC), Status.ACTIVE, 100),
        QuarterCount(datetime(2026, 3, 8, 5, 0, tzinfo=UTC), Status.ACTIVE, 1_000),
    ]

    rows = break_down_days(counts, NEW_YORK)

    assert [(row.key, row.started_count) for row in rows] == [
        ("2026-03-07", 100),
        ("2026-03-08", 1_001),
        ("2026-03-09", 10),
    ]
