"""Stretches of time."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """From `start` until just before `end`."""

    start: datetime
    end: datetime


def join(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same time in as few intervals as can be, in order; empty ones are left out."""
    joined: list[Interval] = []
    for each in sorted(each for each in intervals if each.start < each.end):
        if joined and each.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)


def subtract(whole: Interval, part: Interval) -> tuple[Interval, ...]:
    """Return what of `whole` lies before and after `part`, which lies within it."""
    return join([Interval(whole.start, part.start), Interval(part.end, whole.end)])
