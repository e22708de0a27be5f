"""Which sessions `scheduler analytics report` is about: the API's arguments as options."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, TypeVar
from zoneinfo import ZoneInfo

import click

from app.api.analytics.inputs import read_time_zone
from app.api.analytics.reports import ReportRequest
from app.api.errors import RequestError
from app.api.ids import EntityType, decode_id
from app.cli.errors import CommandError
from app.documents.booking_flow import BookingFlow
from app.domain.analytics.scope import EARLIEST, ReportScope, SessionFilter, find_range_problem
from app.domain.booking_session.context import DeviceType
from app.domain.values import EntityId

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_DAYS = 30
GREATEST_INT = 2**31 - 1
MOMENT = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"))


class ScopeOptions(TypedDict):
    """What the options say; moments are without a zone, as they were written."""

    first: datetime | None
    end: datetime | None
    compared_with: tuple[datetime, datetime] | None
    booking_flow_id: str | None
    revision: int | None
    routing_rule_id: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    device_type: str | None
    include_bots: bool
    zone_name: str


OPTIONS = (
    click.option(
        "--from",
        "first",
        type=MOMENT,
        help=f"When the first sessions began; without it, {DEFAULT_DAYS} days before the end.",
    ),
    click.option(
        "--to",
        "end",
        type=MOMENT,
        help="Before when the last ones began, as the day after; without it, the end of today.",
    ),
    click.option(
        "--compared-with",
        type=MOMENT,
        nargs=2,
        metavar="FROM TO",
        help="What to compare with; without it, as many days just before.",
    ),
    click.option(
        "--booking-flow-id",
        "--flow",
        "booking_flow_id",
        help="The global id of a flow; without it, all flows.",
    ),
    click.option(
        "--revision",
        type=click.IntRange(1, GREATEST_INT),
        help="Only sessions on this revision of the flow.",
    ),
    click.option("--routing-rule-id", help="Only sessions whose flow this rule chose."),
    click.option("--utm-source", help="Only sessions of a campaign with this source."),
    click.option("--utm-medium", help="Only sessions of a campaign with this medium."),
    click.option("--utm-campaign", help="Only sessions of this campaign."),
    click.option(
        "--device-type",
        type=click.Choice([device.name for device in DeviceType], case_sensitive=False),
        help="Only sessions on this kind of device; BOT shows bots and nothing else.",
    ),
    click.option("--include-bots", is_flag=True, help="Count bots, too."),
    click.option(
        "--time-zone",
        "zone_name",
        default="UTC",
        show_default=True,
        help="The IANA time zone of all days and times, as America/New_York.",
    ),
)


def scope_options(command: F) -> F:
    """Give a command the options; they arrive as those of `ScopeOptions`."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def read_when(
    options: ScopeOptions, *, now: datetime
) -> tuple[ZoneInfo, tuple[datetime, datetime], tuple[datetime, datetime]]:
    """Return the zone, the range and the one to compare with; raises CommandError.

    Moments are those of the zone, and the default to compare with is as many days of the zone,
    though an hour longer or shorter where its clocks were changed.
    """
    zone = _read_zone(options["zone_name"])
    today = now.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    end = options["end"] or today + timedelta(days=1)
    first = options["first"] or end - timedelta(days=DEFAULT_DAYS)
    created = _read_range(first, end, zone=zone, names="--from, --to")
    if options["compared_with"] is not None:
        other = _read_range(*options["compared_with"], zone=zone, names="--compared-with")
        return zone, created, other
    before = (first - (end - first)).replace(tzinfo=zone).astimezone(UTC)
    return zone, created, (max(EARLIEST, before), created[0])


async def read_request(
    organization_id: EntityId, options: ScopeOptions, *, now: datetime
) -> ReportRequest:
    """Return what the options ask for; raises CommandError for what cannot be meant."""
    zone, (created_from, created_to), other = read_when(options, now=now)
    scope = ReportScope(
        organization_id=organization_id,
        created_from=created_from,
        created_to=created_to,
        **dict(await _read_filter(organization_id, options)),
    )
    return ReportRequest(scope=scope, now=now, compared_with=scope.within(*other), zone=zone)


async def _read_filter(organization_id: EntityId, options: ScopeOptions) -> SessionFilter:
    device = options["device_type"]
    return SessionFilter(
        booking_flow_id=await _read_flow(organization_id, options["booking_flow_id"]),
        revision=options["revision"],
        device_type=None if device is None else DeviceType[device],
        includes_bots=options["include_bots"],
        routing_rule_id=options["routing_rule_id"],
        utm_source=options["utm_source"],
        utm_medium=options["utm_medium"],
        utm_campaign=options["utm_campaign"],
    )


def check_options(options: ScopeOptions, *, now: datetime) -> None:
    """Raise CommandError for what cannot be meant, so far as no database is needed to tell."""
    read_when(options, now=now)
    if options["revision"] is not None and options["booking_flow_id"] is None:
        raise CommandError("--revision needs --booking-flow-id")
    for name, text in options.items():
        # What the terminal sent was no UTF-8; Python keeps it as what no database takes.
        if isinstance(text, str) and any("\ud800" <= letter <= "\udfff" for letter in text):
            raise CommandError(f"--{name.replace('_', '-')}: this is no text")


def _read_zone(name: str) -> ZoneInfo:
    try:
        return read_time_zone(name)
    except RequestError as error:
        raise CommandError(f"--time-zone: {error.message}") from error


def _read_range(
    first: datetime, end: datetime, *, zone: ZoneInfo, names: str
) -> tuple[datetime, datetime]:
    try:
        start, stop = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (first, end))
    except OverflowError as error:
        raise CommandError(f"{names}: these lie too far away") from error
    problem = find_range_problem(start, stop)
    if problem is not None:
        raise CommandError(f"{names}: {problem}")
    return start, stop


async def _read_flow(organization_id: EntityId, flow_id: str | None) -> EntityId | None:
    if flow_id is None:
        return None
    raw_id = decode_id(EntityType.BOOKING_FLOW, flow_id)
    flow = None if raw_id is None else await BookingFlow.get_owned(organization_id, raw_id)
    if flow is None:
        raise CommandError(f"The organization has no flow {flow_id}")
    return flow.id
