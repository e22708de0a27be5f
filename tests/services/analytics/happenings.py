"""What can happen to an organization's sessions and rollups, one thing at a time."""

import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from app.documents.analytics_rollup import AnalyticsRollup
from app.documents.analytics_times import AnalyticsTimes
from app.documents.booking import Booking
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.vendor_news import VendorNews, apply_news
from app.domain.access import OrganizationCredential, Role
from app.domain.booking import BookingChange, BookingChanger, BookingStatus
from app.domain.vendor import VendorBookingStatus
from app.services.analytics.rollups import RollupProgress, rebuild_rollups, refresh_rollups
from app.services.authoring import Author
from app.services.booking_sessions.retention import apply_retention
from app.services.personal_data.persons import read_contact
from app.services.personal_data.requests import erase_personal_data
from tests.services.analytics.histories import PHONES, play_history, play_late
from tests.services.analytics.worlds import World

RETENTION_DAYS = 5

Happening: TypeAlias = Callable[[World, random.Random, datetime], Awaitable[object]]


async def refresh(world: World, *, now: datetime) -> RollupProgress:
    progress = RollupProgress()
    for owner in world.owners:
        async for step in refresh_rollups(owner, now=now):
            progress = step
    return progress


async def customers_go_on(world: World, randomly: random.Random, now: datetime) -> None:
    going_on = [c for c in world.customers if world.told[c.session_id].status == "active"]
    for customer in going_on[::2]:
        await play_late(randomly, customer, now=now)


async def customers_come(world: World, randomly: random.Random, now: datetime) -> None:
    world.customers += [await play_history(randomly, world.places, at=now) for _ in range(4)]


async def a_person_is_erased(world: World, randomly: random.Random, now: datetime) -> None:
    credential = OrganizationCredential(
        organization_id=world.owner, api_key_id="a" * 24, role=Role.OWNER
    )
    contact = read_contact(phone=randomly.choice(PHONES), email=None)
    await erase_personal_data(contact, author=Author(credential=credential, now=now))


async def bookings_are_cancelled(world: World, randomly: random.Random, now: datetime) -> None:
    for booking in randomly.sample(bookings := await _bookings(world), min(3, len(bookings))):
        change = BookingChange(at=now, changed_by=BookingChanger.CUSTOMER)
        await booking.change(change, status=BookingStatus.CANCELLED, now=now)


async def the_vendor_tells(world: World, randomly: random.Random, now: datetime) -> None:
    for booking in randomly.sample(bookings := await _bookings(world), len(bookings) // 2):
        news = VendorNews(
            vendor_booking_id=booking.id,
            status=randomly.choice(list(VendorBookingStatus)),
            job_id=randomly.choice([None, "7"]),
            modified_on=now,
        )
        await apply_news(booking.organization_id, booking.id, news, now=now)


async def events_are_marked(world: World, randomly: random.Random, now: datetime) -> None:
    async for _ in apply_retention(now=now, default_days=RETENTION_DAYS):
        pass


async def events_expire(world: World, randomly: random.Random, now: datetime) -> None:
    """Remove what the database would have removed by now."""
    collection = BookingSessionEventDocument.get_motor_collection()
    await collection.delete_many({"expires_at": {"$lte": now}})


async def the_worker_runs(world: World, randomly: random.Random, now: datetime) -> None:
    await refresh(world, now=now)


async def the_worker_dies(world: World, randomly: random.Random, now: datetime) -> None:
    async for _ in refresh_rollups(world.owner, now=now):
        break


async def rollups_are_rebuilt(world: World, randomly: random.Random, now: datetime) -> None:
    damaged = {"organization_id": {"$in": sorted(world.owners)}}
    await AnalyticsRollup.get_motor_collection().update_many(damaged, {"$set": {"sections": {}}})
    await AnalyticsTimes.get_motor_collection().update_many(damaged, {"$set": {"times": {}}})
    for owner in world.owners:
        async for _ in rebuild_rollups(owner, now=now):
            pass


async def _bookings(world: World) -> list[Booking]:
    mine = {customer.session_id for customer in world.customers}
    return [each async for each in Booking.find({}).sort("_id") if each.booking_session_id in mine]


HAPPENINGS: tuple[Happening, ...] = (
    customers_go_on,
    customers_come,
    a_person_is_erased,
    bookings_are_cancelled,
    the_vendor_tells,
    events_are_marked,
    events_expire,
    the_worker_runs,
    the_worker_dies,
    rollups_are_rebuilt,
)
