"""When customers come, from which page, and with which device."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.domain.booking_session.context import Device, DeviceType
from app.domain.instants import to_instant
from app.services.booking_sessions.start import PageContext, ReportedContext
from app.services.demonstration.calendars import TIME_ZONE, local_date
from app.services.demonstration.routes import LANDING_PAGES, LandingPage
from app.services.demonstration.visits.visit import Arrival

T = TypeVar("T")

DAYS_OF_VISITS = 60
_LONGEST_VISIT = timedelta(hours=2)
_MONDAY_TO_SUNDAY = (1.3, 1.15, 1.05, 1.0, 0.95, 0.8, 0.75)
_BY_HOUR = (2, 1, 1, 1, 1, 3, 8, 14, 18, 20, 20, 18, 17, 15, 14, 14, 16, 18, 21, 23, 20, 14, 8, 4)
_GROWTH = 0.5
"""By how much the newest day has more visitors than the oldest."""

_DEVICES: tuple[tuple[Device, int], ...] = (
    (Device(type=DeviceType.MOBILE, browser="Safari", os="iOS"), 34),
    (Device(type=DeviceType.MOBILE, browser="Chrome", os="Android"), 24),
    (Device(type=DeviceType.DESKTOP, browser="Chrome", os="Windows"), 18),
    (Device(type=DeviceType.DESKTOP, browser="Safari", os="macOS"), 8),
    (Device(type=DeviceType.DESKTOP, browser="Edge", os="Windows"), 5),
    (Device(type=DeviceType.DESKTOP, browser="Firefox", os="Linux"), 2),
    (Device(type=DeviceType.TABLET, browser="Safari", os="iPadOS"), 6),
    (Device(type=DeviceType.TABLET, browser="Chrome", os="Android"), 2),
    (Device(type=DeviceType.BOT, browser="HeadlessChrome", os="Linux"), 1),
)
_LOCALES = (("en-US", 88), ("es-US", 8), ("so-US", 2), ("fr-CA", 2))


def pick_past_times(count: int, *, now: datetime, rng: Random) -> list[datetime]:
    """Return `count` times in order, of the last 60 days, all of visits that are over by `now`."""
    today = local_date(now)
    days = [today - timedelta(days=age) for age in range(DAYS_OF_VISITS, -1, -1)]
    weights = [
        _MONDAY_TO_SUNDAY[day.weekday()] * (1 + _GROWTH * index / DAYS_OF_VISITS)
        for index, day in enumerate(days)
    ]
    oldest, newest = now - timedelta(days=DAYS_OF_VISITS), now - _LONGEST_VISIT
    times: list[datetime] = []
    while len(times) < count:
        moment = _pick_moment(rng.choices(days, weights)[0], rng)
        if oldest <= moment <= newest:
            times.append(moment)
    return sorted(times)


def pick_present_times(count: int, *, now: datetime, rng: Random) -> list[datetime]:
    """Return `count` times in order, of visits that may well be going on."""
    ages = (timedelta(seconds=rng.uniform(45, 900)) for _ in range(count))
    return sorted(to_instant(now - age) for age in ages)


def pick_page(rng: Random) -> LandingPage:
    """Return a page by its share of the visitors."""
    return rng.choices(LANDING_PAGES, [page.weight for page in LANDING_PAGES])[0]


def make_arrival(page: LandingPage, *, at: datetime, rng: Random) -> Arrival:
    """Return the arrival of a customer on `page`."""
    return Arrival(
        at=at,
        page=PageContext(
            url=_with_click_id(page, rng),
            referrer=page.referrer,
            visitor_id=f"{rng.getrandbits(64):016x}",
        ),
        reported=ReportedContext(device=_pick(_DEVICES, rng), locale=_pick(_LOCALES, rng)),
    )


def _pick_moment(day: date, rng: Random) -> datetime:
    hour = rng.choices(range(24), _BY_HOUR)[0]
    wall = time(hour, rng.randrange(60), rng.randrange(60), rng.randrange(1_000) * 1_000)
    return to_instant(datetime.combine(day, wall, tzinfo=ZoneInfo(TIME_ZONE)))


def _with_click_id(page: LandingPage, rng: Random) -> str:
    if page.click_id is None:
        return page.url
    separator = "&" if "?" in page.url else "?"
    return f"{page.url}{separator}{page.click_id}=demo-{rng.getrandbits(48):012x}"


def _pick(weighted: Sequence[tuple[T, int]], rng: Random) -> T:
    return rng.choices([item for item, _ in weighted], [weight for _, weight in weighted])[0]
