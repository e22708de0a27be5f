"""`scheduler analytics rebuild`."""

from datetime import UTC, datetime

import click

from app.cli.common import json_option, open_database, print_answer, run
from app.cli.errors import CommandError
from app.documents.organization import Organization
from app.services.analytics.rollups import RollupProgress, rebuild_rollups
from app.settings import Settings


@click.command("rebuild")
@click.option("--organization", "slug", help="The organization's slug; without it, all.")
@json_option
@click.pass_obj
def rebuild(settings: Settings, slug: str | None, *, as_json: bool) -> None:
    """Make the rollups that reports are read from anew, while the service goes on."""
    print_answer(run(_rebuild(settings, slug)), as_json=as_json)


async def _rebuild(settings: Settings, slug: str | None) -> dict[str, int]:
    counts = dict.fromkeys(("organizationCount", "hourCount", "dayCount"), 0)
    async with open_database(settings):
        query = {} if slug is None else {"slug": slug}
        organizations = await Organization.find(query).to_list()
        if slug is not None and not organizations:
            raise CommandError(f"There is no organization with the slug {slug}")
        for organization in organizations:
            progress = RollupProgress()
            async for step in rebuild_rollups(organization.id, now=datetime.now(UTC)):
                progress = step
            counts["organizationCount"] += 1
            counts["hourCount"] += progress.hour_count
            counts["dayCount"] += progress.day_count
    return counts
