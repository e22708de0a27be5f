from datetime import UTC, date, datetime

import pytest
from graphql import GraphQLError

from app.api.scalars import parse_date, parse_datetime, serialize_datetime


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(99, 1, 2, 3, 4, 5, 6_999, tzinfo=UTC), "0099-01-02T03:04:05.006Z"),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "9999-12-31T23:59:59.999Z"),
    ],
)
def test_moment_is_written_with_four_digits_of_year_and_whole_milliseconds(
    moment: datetime, text: str
) -> None:
    assert serialize_datetime(moment) == text
    assert parse_datetime(text) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.mark.parametrize("text", ["2026-01-31T08:00Z", "2026-01-31T10:00:00.0+02:00"])
def test_moment_is_read_in_any_zone_with_or_without_seconds(text: str) -> None:
    assert parse_datetime(text) == datetime(2026, 1, 31, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T08:00:00",
        "2026-01-31",
        "20260131T080000Z",
        "2026-W05-6T08:00:00Z",
        "2026-01-31 08:00:00Z",
        "٢٠٢٦-01-31T08:00:00Z",
        "2026-02-30T08:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-01-31T08:00:00Z\n",
    ],
)
def test_moment_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(GraphQLError):
        parse_datetime(text)


def test_date_is_read_in_one_form_only() -> None:
    assert parse_date("2026-01-31") == date(2026, 1, 31)
    for text in ("20260131", "2026-W05-6", "2026-02-30", "2026-1-31", "2026-01-31\n"):
        with pytest.raises(GraphQLError):
            parse_date(text)
