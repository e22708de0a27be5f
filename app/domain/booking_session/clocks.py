"""When events happened, as far as a client's clock can be believed.

Two clocks tell of an event: the server's when it arrived, the client's when it happened. The newest
client time of a batch shows whether that clock can be right: it cannot be later than the arrival,
nor earlier than what the session is already known to have seen. If it is, the clock is off, and the
whole batch is shifted so that its newest event coincides with the arrival. Every time is then
clamped between the event before it and the arrival. An event without a client time happened when it
arrived.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

NO_SKEW = timedelta(0)


def correct_client_times(
    client_times: Sequence[datetime | None], *, earliest: datetime, arrived_at: datetime
) -> tuple[datetime, ...]:
    """Return one time per event of a batch, never decreasing, from `earliest` to `arrived_at`."""
    newest = max((moment for moment in client_times if moment is not None), default=arrived_at)
    # What a believable newest event leaves between itself and the arrival is not skew but delay.
    reference = newest if earliest <= newest <= arrived_at else arrived_at
    occurred: list[datetime] = []
    floor = earliest
    for moment in client_times:
        age = NO_SKEW if moment is None else newest - moment
        base = arrived_at if moment is None else reference
        # Comparing spans first: a time of the year 1 could not be shifted at all.
        if age < base - floor:
            floor = base - age
        occurred.append(floor)
    return tuple(occurred)
