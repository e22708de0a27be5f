"""How far sessions have come."""

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


def sort_progression(rows: Iterable[ProgressionRow]) -> tuple[ProgressionRow, ...]:
    """Return the rows by status, then steps in all, then steps completed."""
    statuses = list(BookingSessionStatus)
    return tuple(
        sorted(
            rows,
            key=lambda row: (statuses.index(row.status), row.total_steps, row.steps_completed),
        )
    )
