"""Points in time: aware, in UTC, whole milliseconds, which is what the database can hold."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def to_instant(moment: datetime) -> datetime:
    """Return `moment` in UTC, cut to milliseconds; a naive one is read as UTC, as stored.

    Everything kept in events passes through here: a state derived from events before they were
    stored would otherwise differ by microseconds from one derived after.
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elif moment.tzinfo is not UTC:
        moment = _in_utc(moment)
    excess = moment.microsecond % 1_000
    return moment.replace(microsecond=moment.microsecond - excess) if excess else moment


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is outside the years 1 to 9999 in UTC") from error


Instant = Annotated[datetime, AfterValidator(to_instant)]
