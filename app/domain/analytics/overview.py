"""The numbers of a range of time at a glance, to be put beside those of another."""

from collections.abc import Iterable
from typing import NamedTuple

from app.domain.analytics.rates import quotient
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import Value


class TotalCount(NamedTuple):
    """How many sessions of a status there are, begun anew or resumed from an abandoned one."""

    status: BookingSessionStatus
    is_resumed: bool
    sessions: int


class Overview(Value):
    """How the sessions ended; recovered ones were resumed from an abandoned session.

    `bot_count` are the sessions of bots that the same filter, asked for bots, would count.
    """

    started_count: int
    completed_count: int
    abandoned_count: int
    active_count: int
    recovered_count: int
    recovered_completed_count: int
    bot_count: int

    @property
    def conversion_rate(self) -> float | None:
        """The part of the sessions started that led to a booking, 0 to 1."""
        return quotient(self.completed_count, self.started_count)

    @property
    def ended_count(self) -> int:
        """Sessions of which it is known how they ended."""
        return self.completed_count + self.abandoned_count

    @property
    def ended_conversion_rate(self) -> float | None:
        """The part of the sessions ended that led to a booking, 0 to 1; no active one lowers it."""
        return quotient(self.completed_count, self.ended_count)

    @property
    def recovered_conversion_rate(self) -> float | None:
        """The part of the sessions resumed that led to a booking, 0 to 1."""
        return quotient(self.recovered_completed_count, self.recovered_count)


def sum_up(totals: Iterable[TotalCount], *, bot_count: int) -> Overview:
    """Return the overview of the sessions counted."""
    totals = list(totals)

    def count(*statuses: BookingSessionStatus, resumed_only: bool = False) -> int:
        return sum(
            total.sessions
            for total in totals
            if total.status in statuses and (total.is_resumed or not resumed_only)
        )

    return Overview(
        started_count=count(*BookingSessionStatus),
        completed_count=count(BookingSessionStatus.COMPLETED),
        abandoned_count=count(BookingSessionStatus.ABANDONED),
        active_count=count(BookingSessionStatus.ACTIVE),
        recovered_count=count(*BookingSessionStatus, resumed_only=True),
        recovered_completed_count=count(BookingSessionStatus.COMPLETED, resumed_only=True),
        bot_count=bot_count,
    )
