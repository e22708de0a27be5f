"""Taking a place of a window, however many want one at once."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.documents.timeslot_reservation import (
    TakenPlace,
    Terms,
    TimeslotReservation,
    WantedPlace,
)
from app.domain.values import EntityId
from app.services.timeslots.doubts import settle_doubts

MAX_ATTEMPTS = 5


async def take_place(
    wanted: WantedPlace,
    *,
    terms: Terms,
    now: datetime,
    seen: Sequence[TakenPlace] | None = None,
) -> bool:
    """Take a place of the window on these terms; return whether there was one.

    A session that has a place of this window keeps it, so that a repeated attempt takes nothing
    twice. `seen` are the places as just read, if they were. Two commands where nobody interferes,
    one less when `seen` is given.
    """
    places = await _find_places(wanted) if seen is None else list(seen)
    for _ in range(MAX_ATTEMPTS):
        if _is_full(places, wanted, now):
            if not await settle_doubts(places, now=now):
                return False
        elif await _take_any(places, wanted, terms, now):
            return True
        places = await _find_places(wanted)
    return False


async def claim_place(
    wanted: WantedPlace, *, change_id: EntityId, now: datetime, may_be_held: bool
) -> bool:
    """Claim a place for a completion, that which the session holds if there is one."""
    terms = Terms(change_id=change_id, in_doubt_since=now)
    if may_be_held and await TimeslotReservation.claim_held(wanted, terms, now=now):
        return True
    return await take_place(wanted, terms=terms, now=now)


def count_taken(
    places: Iterable[TakenPlace], *, now: datetime, but_for: EntityId | None = None
) -> dict[datetime, int]:
    """Return how many places are taken by start time, not counting those of one session."""
    return dict(
        Counter(
            place.start_time
            for place in places
            if place.counts(now) and place.booking_session_id != but_for
        )
    )


async def _find_places(wanted: WantedPlace) -> list[TakenPlace]:
    return await TimeslotReservation.find_starting_at(
        wanted.organization_id, step_id=wanted.step_id, start_times=[wanted.start_time]
    )


def _is_full(places: Sequence[TakenPlace], wanted: WantedPlace, now: datetime) -> bool:
    others = count_taken(places, now=now, but_for=wanted.booking_session_id)
    return others.get(wanted.start_time, 0) >= wanted.capacity


async def _take_any(
    places: Sequence[TakenPlace], wanted: WantedPlace, terms: Terms, now: datetime
) -> bool:
    own = next((p for p in places if p.booking_session_id == wanted.booking_session_id), None)
    if own is not None:
        return await TimeslotReservation.keep(own, wanted, terms, now=now)
    for number, lapsed in _free_places(places, wanted, now):
        if lapsed is None:
            is_taken = await TimeslotReservation.insert_place(wanted, number, terms, now=now)
        else:
            is_taken = await TimeslotReservation.take_over(lapsed, wanted, terms, now=now)
        if is_taken:
            return True
    return False


def _free_places(
    places: Sequence[TakenPlace], wanted: WantedPlace, now: datetime
) -> Iterator[tuple[int, TakenPlace | None]]:
    """Yield the numbers that can be taken, each with the lapsed hold that is still stored there.

    Of a window whose capacity was lowered places beyond it can be taken; then as many of the lower
    numbers are left out, for everybody the same ones, so that no more than the capacity are taken.
    """
    taken = {place.place for place in places if place.counts(now)}
    free = [number for number in range(wanted.capacity) if number not in taken]
    free = free[: max(0, wanted.capacity - len(taken))]
    lapsed = {place.place: place for place in places if place.place not in taken}
    # Everybody begins elsewhere, or all who come at once would fight over one place after another.
    first = zlib.crc32(wanted.booking_session_id.encode()) % max(1, len(free))
    for number in (*free[first:], *free[:first]):
        yield number, lapsed.get(number)
