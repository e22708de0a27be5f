"""Exact percentiles of times that lie in bands and in many places."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.analytics.band_times import BandTimes, split_into_bands
from app.domain.analytics.bands import band_of, band_range
from app.domain.analytics.percentiles import TimeSummary, find_bands, summarize

TIMES = st.one_of(
    st.integers(0, 40), st.integers(60_000, 61_000), st.integers(0, 10**7), st.integers(0, 10**13)
)


def summary_of(*places: Sequence[int]) -> TimeSummary:
    """Return the summary of the times of all places, as it is made of what each has stored."""
    numbers, parts = Counter[int](), defaultdict[int, list[BandTimes]](list)
    for times in places:
        for band, part in split_into_bands(sorted(times)):
            numbers[band] += part.totals[-1]
            parts[band].append(BandTimes.decode(part.encode(), band))
    return summarize(numbers, {band: parts[band] for band in find_bands(numbers)})


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([], None, None),
        ([7], 7.0, 7.0),
        ([10, 20], 15.0, 19.0),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5.0, 9.0),
        ([5, 5, 5, 100], 5.0, 71.5),
        ([1_000, 3_000_000], 1_500_500.0, 2_700_100.0),
    ],
)
def test_percentiles_are_interpolated_between_the_values_around_them(
    values: list[int], median: float | None, p90: float | None
) -> None:
    assert summary_of(values) == TimeSummary(len(values), median, p90)


@given(st.lists(st.lists(TIMES, max_size=40), max_size=6))
def test_percentiles_are_those_of_all_times_however_they_are_spread(
    places: list[list[int]],
) -> None:
    times = sorted(value for place in places for value in place)
    p90 = statistics.quantiles(times, n=10, method="inclusive")[-1] if len(times) > 1 else None

    summary = summary_of(*places)

    assert summary.number == len(times)
    assert summary.median_ms == (statistics.median(times) if times else None)
    assert summary.p90_ms == (p90 if len(times) != 1 else times[0])


@given(st.integers(0, 10**15))
def test_bands_follow_upon_each_other_and_are_a_quarter_of_a_doubling(duration_ms: int) -> None:
    band = band_of(duration_ms)
    around = band_range(band)

    assert duration_ms in around
    assert band_of(around[-1]) == band
    assert band_of(around.stop) == band + 1
    assert len(around) <= max(1, duration_ms // 4)


@given(st.lists(TIMES, min_size=1))
def test_times_are_read_as_they_were_stored(times: list[int]) -> None:
    stored = [(band, part.encode()) for band, part in split_into_bands(sorted(times))]

    read = [value for band, part in stored for value in BandTimes.decode(part, band).all()]

    assert read == sorted(times)


def test_what_is_stored_of_a_band_grows_with_different_times_only() -> None:
    few, many = ([1_000, 1_001] * n for n in (1, 5_000))

    assert [
        [len(part.encode()) for _, part in split_into_bands(sorted(t))] for t in (few, many)
    ] == [
        [5],
        [13],
    ]
