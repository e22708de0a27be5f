"""Bookings: each acknowledged one is stored and at the vendor, once, and no window is overfull."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from app.api.ids import EntityType, encode_id
from app.documents.booking import Booking
from app.documents.booking_session_event import BookingSessionEventDocument
from scripts.soaking.ledger import Ledger
from scripts.soaking.stage import AMPLE_CAPACITY, OPENING_HOUR, SCARCE_CAPACITY
from scripts.soaking.verdicts import Verdict, judge

LONGEST_SECONDS = 240.0
ZONE = ZoneInfo("America/New_York")


async def wait_until_told() -> int:
    """Return how many bookings are still missing or untold when nothing more happens for long.

    A worker killed in the middle of a call keeps its bookings for some fifty seconds.
    """
    deadline = time.monotonic() + LONGEST_SECONDS
    while waiting := await _count_waiting():
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(1)
    return waiting


async def _count_waiting() -> int:
    bookings = Booking.get_motor_collection()
    events = BookingSessionEventDocument.get_motor_collection()
    untold = await bookings.count_documents({"vendor_push": {"$ne": None}})
    completed = await events.count_documents({"event_type": "session_completed"})
    return int(untold + completed - await bookings.estimated_document_count())


async def read_vendor_bookings(vendor_url: str) -> list[dict[str, Any]]:
    """Return the bookings the vendor holds."""
    async with httpx.AsyncClient(base_url=vendor_url, timeout=60) as http:
        rows: list[dict[str, Any]] = (await http.get("/bookings")).json()["bookings"]
        return rows


def prove_bookings(
    ledger: Ledger, bookings: Sequence[Booking], at_vendor: Sequence[dict[str, Any]]
) -> Iterator[Verdict]:
    """Yield what is true of the bookings."""
    told = Counter(visit.booking_id for visit in ledger.visits if visit.booking_id)
    stored = Counter(str(encode_id(EntityType.BOOKING, booking.id)) for booking in bookings)
    yield judge(
        "every acknowledged booking is stored, and no other",
        f"{len(bookings)} bookings",
        [
            f"{booking_id}: told {told[booking_id]} times, stored {stored[booking_id]} times"
            for booking_id in told | stored
            if (told[booking_id], stored[booking_id]) != (1, 1)
        ],
    )
    yield judge(
        "every booking is at the vendor once",
        f"{len(at_vendor)} bookings at the vendor",
        [*_find_untold(bookings, at_vendor)],
    )
    windows = Counter(booking.timeslot.start_time for booking in bookings if booking.timeslot)
    yield judge(
        "no window has more bookings than places",
        f"{len(windows)} windows",
        [
            f"{start}: {count} bookings, {_capacity(start)} places"
            for start, count in windows.items()
            if count > _capacity(start)
        ],
    )


def _capacity(start: Any) -> int:
    is_scarce = start.astimezone(ZONE).hour == OPENING_HOUR
    return SCARCE_CAPACITY if is_scarce else AMPLE_CAPACITY


def _find_untold(bookings: Sequence[Booking], at_vendor: Sequence[dict[str, Any]]) -> Iterator[str]:
    counts = Counter(str(row["externalId"]) for row in at_vendor)
    ids = {str(row["externalId"]): str(row["id"]) for row in at_vendor}
    for booking in bookings:
        count = counts.pop(booking.id, 0)
        if count != 1:
            outcomes = [attempt.outcome for attempt in booking.vendor_attempts]
            yield f"{booking.id}: {count} times, {booking.vendor_sync_status}, {outcomes}"
        elif booking.vendor_booking_id != ids[booking.id]:
            yield f"{booking.id}: {booking.vendor_booking_id} here, {ids[booking.id]} there"
    yield from (f"{external_id}: {count} times, not here" for external_id, count in counts.items())
