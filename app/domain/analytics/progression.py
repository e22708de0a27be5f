"""How far sessions have come."""

from collections import Counter
from collections.abc import Iterable

from app.domain.analytics.rates import quotient
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import Value


class ProgressionRow(Value):
    """How many sessions of a status stand at so many steps completed out of so many."""

    status: BookingSessionStatus
    steps_completed: int
    total_steps: int
    count: int

    @property
    def completion_percentage(self) -> float | None:
        """The part of the steps that is completed, 0 to 100; None without steps."""
        return quotient(self.steps_completed * 100, self.total_steps)


def add_up_progression(rows: Iterable[ProgressionRow]) -> tuple[ProgressionRow, ...]:
    """Return one row for all that differ in their count only, sorted as by `sort_progression`."""
    counts: Counter[tuple[BookingSessionStatus, int, int]] = Counter()
    for row in rows:
        counts[row.status, row.steps_completed, row.total_steps] += row.count
    return sort_progression(
        ProgressionRow(status=status, steps_completed=completed, total_steps=total, count=count)
        for (status, completed, total), count in counts.items()
    )


def sort_progression(rows: Iterable[ProgressionRow]) -> tuple[ProgressionRow, ...]:
    """Return the rows by status, then steps in all, then steps completed."""
    statuses = list(BookingSessionStatus)
    return tuple(
        sorted(
            rows,
            key=lambda row: (statuses.index(row.status), row.total_steps, row.steps_completed),
        )
    )
