"""Exact percentiles of times that lie in many places.

Two looks are enough. The first one, at how many times are in each band, tells in which band a rank
lies; the second one is at the times of that band alone. Neither grows with the number of times.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.domain.analytics.band_times import BandTimes
from app.domain.analytics.bands import band_range

MEDIAN = 50
P90 = 90


class TimeSummary(NamedTuple):
    """How many times there are, and their median and 90th percentile; None without times."""

    number: int = 0
    median_ms: float | None = None
    p90_ms: float | None = None


def find_bands(numbers: Mapping[int, int]) -> set[int]:
    """Return the bands whose times `summarize` needs, from the number of times in each."""
    count = sum(numbers.values())
    ranks = {rank for percent in (MEDIAN, P90) for rank, _ in _ranks(count, percent)}
    return {_locate(numbers, rank)[0] for rank in ranks}


def summarize(numbers: Mapping[int, int], times: Mapping[int, Sequence[BandTimes]]) -> TimeSummary:
    """Return the summary of times, from the number in each band and all times of `find_bands`."""
    count = sum(numbers.values())

    def value_at(rank: int) -> int:
        band, rank_in_band = _locate(numbers, rank)
        return _select(times[band], rank_in_band, band_range(band))

    def percentile(percent: int) -> float | None:
        weighted = [value_at(rank) * hundredths for rank, hundredths in _ranks(count, percent)]
        return sum(weighted) / 100 if weighted else None

    return TimeSummary(count, percentile(MEDIAN), percentile(P90))


def _ranks(count: int, percent: int) -> list[tuple[int, int]]:
    """Return the ranks from 0 between whose values `percent` of the values lie, with hundredths.

    Between two values it is interpolated linearly, so that the 50th is the median: Hyndman and Fan,
    "Sample Quantiles in Statistical Packages" (1996), definition 7.
    """
    if not count:
        return []
    below, hundredths = divmod((count - 1) * percent, 100)
    return [(below, 100 - hundredths)] + ([(below + 1, hundredths)] if hundredths else [])


def _locate(numbers: Mapping[int, int], rank: int) -> tuple[int, int]:
    """Return the band in which a rank lies, and the rank within it; IndexError beyond all."""
    for band in sorted(numbers):
        if rank < numbers[band]:
            return band, rank
        rank -= numbers[band]
    raise IndexError(rank)


def _select(parts: Sequence[BandTimes], rank: int, among: range) -> int:
    """Return the time of this rank in all parts together, by halving the range it lies in."""
    low, high = among.start, among.stop - 1
    while low < high:
        middle = (low + high) // 2
        if sum(part.count_up_to(middle) for part in parts) > rank:
            high = middle
        else:
            low = middle + 1
    return low
