"""Five hundred bookings, each at the vendor once, whatever fails meanwhile."""

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.documents.booking import Booking
from app.documents.driver import Database
from app.documents.in_memory_server import start_in_memory_server
from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import PushOutcome
from app.services.vendor.access import VendorAccess
from tests.services.vendor import push_worker
from tests.services.vendor.accounts import an_access
from tests.services.vendor.bookings import (
    SPRING_SALE,
    a_booking_of,
    a_connected_place,
    an_outbox,
    push_until_done,
)
from tests.services.vendor.faults import PATIENCE, SETTLE_SECONDS, fail_one_call_in_five
from tests.servicetitan.running_stand_in import RunningStandIn

pytestmark = pytest.mark.usefixtures("database")

BOOKINGS = 500
WITH_ATTRIBUTION = 50
WORKERS = 2
KILLS = 5
SECONDS_BETWEEN_KILLS = (1.0, 3.0)
LONGEST_SECONDS = 170
"""Far more than it takes, so that only a push that never ends fails for its time."""


@pytest.fixture(scope="module")
def database_uri() -> Iterator[str]:
    """A server of these tests' own: they write more than one in memory takes beside others."""
    with start_in_memory_server() as uri:
        yield uri


async def store_due_bookings(vendor: VendorAccess) -> str:
    """Return the organization whose bookings they are."""
    await Booking.get_motor_collection().delete_many({})
    place = await a_connected_place(vendor)
    bookings = [
        a_booking_of(place, **({"session_context": SPRING_SALE} if n < WITH_ATTRIBUTION else {}))
        for n in range(BOOKINGS)
    ]
    await Booking.insert_many(bookings)
    return place.organization_id


def assert_each_is_there_once(bookings: Sequence[Booking], stand_in: RunningStandIn) -> None:
    there = stand_in.bookings()
    counts = Counter(each["externalId"] for each in there)
    assert [booking_id for booking_id, count in counts.items() if count > 1] == []
    assert counts.keys() == {booking.id for booking in bookings}
    assert len(there) == BOOKINGS
    statuses = Counter(booking.vendor_sync_status for booking in bookings)
    assert statuses == {VendorBookingSyncStatus.SYNCED: BOOKINGS}
    ids_there = {each["externalId"]: str(each["id"]) for each in there}
    assert {booking.id: booking.vendor_booking_id for booking in bookings} == ids_there
    attributed = {str(each["bookingId"]) for each in stand_in.attributions()}
    expected = [each for each in bookings if each.session_context == SPRING_SALE]
    missing = [b for b in expected if b.vendor_booking_id not in attributed]
    assert [[(a.outcome, a.detail) for a in b.vendor_attempts] for b in missing] == []
    assert attributed == {booking.vendor_booking_id for booking in expected}
    assert len(attributed) == WITH_ATTRIBUTION


async def test_every_booking_is_there_once_though_one_call_in_five_fails(
    stand_in: RunningStandIn, tmp_path: Path
) -> None:
    async with an_access(stand_in, data_dir=tmp_path, **PATIENCE) as vendor:
        organization_id = await store_due_bookings(vendor)
        fail_one_call_in_five(stand_in)
        outbox = an_outbox(vendor, settle_seconds=SETTLE_SECONDS, call_seconds=5)

        bookings = await push_until_done(outbox, organization_id, seconds=LONGEST_SECONDS)

    assert_each_is_there_once(bookings, stand_in)
    # The faults did strike: some calls left it open what they had done.
    tried = Counter(attempt.outcome for each in bookings for attempt in each.vendor_attempts)
    assert tried[PushOutcome.FOUND] > BOOKINGS // 25
    assert tried[PushOutcome.UNCERTAIN] > BOOKINGS // 20


async def test_every_booking_is_there_once_though_workers_are_killed(
    stand_in: RunningStandIn, tmp_path: Path, database: Database, database_uri: str
) -> None:
    async with an_access(stand_in, data_dir=tmp_path) as vendor:
        organization_id = await store_due_bookings(vendor)
    fail_one_call_in_five(stand_in)
    arguments = (database_uri, database.name, stand_in.url, str(tmp_path))
    chance = random.Random(7)  # noqa: S311 - no secret.
    workers = [start_worker(arguments) for _ in range(WORKERS)]
    try:
        kills = 0
        async with asyncio.timeout(LONGEST_SECONDS):
            while unfinished := await count_unfinished(organization_id):
                await asyncio.sleep(chance.uniform(*SECONDS_BETWEEN_KILLS))
                if kills < KILLS and unfinished < BOOKINGS:
                    victim = chance.randrange(WORKERS)
                    kill(workers[victim])
                    workers[victim] = start_worker(arguments)
                    kills += 1
    finally:
        for worker in workers:
            kill(worker)

    pushed = await Booking.find({"organization_id": organization_id}).to_list()
    assert_each_is_there_once(pushed, stand_in)
    tried = Counter(attempt.outcome for each in pushed for attempt in each.vendor_attempts)
    assert tried[PushOutcome.INTERRUPTED] > 0
    assert kills > 0


async def count_unfinished(organization_id: str) -> int:
    query = {"organization_id": organization_id, "vendor_push": {"$ne": None}}
    return int(await Booking.get_motor_collection().count_documents(query))


def start_worker(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", push_worker.__name__, *arguments])


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
