from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.analytics.breakdown import (
    BreakdownRow,
    KeyCount,
    QuarterCounts,
    break_down,
    break_down_days,
)
from app.domain.analytics.session_facts import QUARTER, quarter_number, quarter_start
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
        QuarterCounts(datetime(2026, 3, 9, 3, 45, tzinfo=UTC), Status.ACTIVE, (1, 10)),
        QuarterCounts(datetime(2026, 3, 8, 4, 45, tzinfo=UTC), Status.ACTIVE, (100, 1_000)),
    ]

    rows = break_down_days(counts, NEW_YORK)

    assert [(row.key, row.started_count) for row in rows] == [
        ("2026-03-07", 100),
        ("2026-03-08", 1_001),
        ("2026-03-09", 10),
    ]


@given(
    zone=st.timezones(),
    starts_at=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    sessions=st.lists(st.integers(0, 9), min_size=1, max_size=300),
)
@example(ZoneInfo("America/New_York"), datetime(2026, 3, 7, 14), [1] * 300)
@example(ZoneInfo("America/St_Johns"), datetime(2006, 10, 28, 14), [1] * 300)
@example(ZoneInfo("Asia/Kathmandu"), datetime(2026, 1, 1, 18), [1, 2, 3])
def test_a_quarter_belongs_to_the_day_on_which_it_begins(
    zone: ZoneInfo, starts_at: datetime, sessions: list[int]
) -> None:
    first = quarter_start(quarter_number(starts_at.replace(tzinfo=UTC)))
    expected = Counter[str]()
    for number, each in enumerate(sessions):
        moment = (first + number * QUARTER).astimezone(zone)
        expected[moment.date().isoformat()] += each

    rows = break_down_days([QuarterCounts(first, Status.ACTIVE, sessions)], zone)

    assert {row.key: row.started_count for row in rows} == +expected
