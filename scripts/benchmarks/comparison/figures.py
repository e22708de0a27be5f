"""What is computed from measurements: percentiles, medians over rounds, rows, ratios."""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the result: an operation on a server with so many clients.

    Rates and times are medians over the rounds, CPU is the mean over all of their requests; what
    could not be measured is None.
    """

    operation: str
    server: str
    clients: int
    requests_per_second: float | None
    p50_ms: float | None
    p99_ms: float | None
    cpu_ms_per_request: float | None
    database_commands: float | None
    rss_mb_before: float | None
    rss_mb_after: float | None


class Round(NamedTuple):
    """One server under load for a moment."""

    request_count: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_seconds: float
    generator_share: float
    """How much of its core the load generator used, 0 to 1; near 1 it is what was measured."""


class Memory(NamedTuple):
    """Resident memory of a server before and after so many requests."""

    before_mb: float
    after_mb: float
    request_count: int


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    if not sorted_values:
        raise ValueError("no values")
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def to_row(
    operation: str,
    server: str,
    clients: int,
    *,
    rounds: Sequence[Round],
    commands: float | None,
    memory: Memory | None,
) -> Row:
    """Return what the rounds say; without rounds the row says that nothing was measured."""
    measured = [each for each in rounds if each.request_count]
    request_count = sum(each.request_count for each in measured)
    # The kernel counts in hundredths of a second, too coarse for the few requests of one round.
    cpu_ms = sum(each.cpu_seconds for each in measured) * 1_000
    return Row(
        operation=operation,
        server=server,
        clients=clients,
        requests_per_second=_median([each.request_count / each.seconds for each in measured]),
        p50_ms=_median([each.p50_ms for each in measured]),
        p99_ms=_median([each.p99_ms for each in measured]),
        cpu_ms_per_request=round(cpu_ms / request_count, 3) if request_count else None,
        database_commands=commands,
        rss_mb_before=None if memory is None else round(memory.before_mb, 1),
        rss_mb_after=None if memory is None else round(memory.after_mb, 1),
    )


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 3) if values else None


def ratio(value: float | None, other: float | None) -> float | None:
    """Return the quotient, or None where one of the two was not measured."""
    return None if value is None or not other else value / other
