"""`scheduler analytics`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from app.api.analytics.inputs import read_time_zone
from app.api.errors import RequestError
from app.api.ids import EntityType, decode_id
from app.cli.analytics_rebuild import rebuild
from app.cli.analytics_report.numbers import Report, load_report
from app.cli.analytics_report.page import render_page
from app.cli.analytics_report.terminal import print_report
from app.cli.common import console, json_option, open_database, run
from app.cli.errors import CommandError
from app.documents.booking_flow import BookingFlow
from app.documents.organization import Organization
from app.domain.analytics.scope import ReportScope, find_range_problem
from app.domain.values import EntityId
from app.settings import Settings

DEFAULT_DAYS = 30
MOMENT_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


@click.group()
def analytics() -> None:
    """Reports on booking sessions."""


analytics.add_command(rebuild)


@analytics.command("report")
@click.option("--organization", "slug", required=True, help="The organization's slug.")
@click.option(
    "--from",
    "first",
    type=click.DateTime(MOMENT_FORMATS),
    help=f"When the first sessions began; without it, {DEFAULT_DAYS} days before the end.",
)
@click.option(
    "--to",
    "end",
    type=click.DateTime(MOMENT_FORMATS),
    help="Before when the last ones began, as the day after; without it, the end of today.",
)
@click.option("--flow", "flow_id", help="The global id of a flow; without it, all flows.")
@click.option(
    "--time-zone",
    "zone_name",
    default="UTC",
    show_default=True,
    help="The IANA time zone of all days and times, as America/New_York.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="A file to write the report to, as a page with plots that needs no network.",
)
@json_option
@click.pass_obj
def report(
    settings: Settings,
    *,
    slug: str,
    first: datetime | None,
    end: datetime | None,
    flow_id: str | None,
    zone_name: str,
    html: Path | None,
    as_json: bool,
) -> None:
    """Show how an organization's booking sessions went: totals, funnels, breakdowns."""
    zone = _read_zone(zone_name)
    now = datetime.now(UTC)
    created_from, created_to = _read_range(first, end, zone=zone, now=now)

    async def load() -> Report:
        async with open_database(settings):
            organization = await Organization.find_one({"slug": slug})
            if organization is None:
                raise CommandError(f"There is no organization with the slug {slug}")
            scope = ReportScope(
                organization_id=organization.id,
                created_from=created_from,
                created_to=created_to,
                booking_flow_id=await _read_flow(organization.id, flow_id),
            )
            return await load_report(organization, scope, zone=zone, now=now)

    loaded = run(load())
    if html is not None:
        html.write_text(render_page(loaded), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(loaded.to_json()))
    else:
        print_report(loaded, Console())
    if html is not None:
        console.print(f"Written to {html}", markup=False, soft_wrap=True)


def _read_zone(name: str) -> ZoneInfo:
    try:
        return read_time_zone(name)
    except RequestError as error:
        raise CommandError(f"--time-zone: {error.message}") from error


def _read_range(
    first: datetime | None, end: datetime | None, *, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime]:
    """Return the range; times without a zone are those of `zone`."""
    today = now.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    local_end = end or today + timedelta(days=1)
    local_first = first or local_end - timedelta(days=DEFAULT_DAYS)
    try:
        created_from, created_to = (
            moment.replace(tzinfo=zone).astimezone(UTC) for moment in (local_first, local_end)
        )
    except OverflowError as error:
        raise CommandError("--from and --to lie too far away") from error
    problem = find_range_problem(created_from, created_to)
    if problem is not None:
        raise CommandError(f"--from, --to: {problem}")
    return created_from, created_to


async def _read_flow(organization_id: EntityId, flow_id: str | None) -> EntityId | None:
    if flow_id is None:
        return None
    raw_id = decode_id(EntityType.BOOKING_FLOW, flow_id)
    flow = None if raw_id is None else await BookingFlow.get_owned(organization_id, raw_id)
    if flow is None:
        raise CommandError(f"The organization has no flow {flow_id}")
    return flow.id
