"""`scheduler analytics`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Unpack

import click
from rich.console import Console

from app.cli.analytics_rebuild import rebuild
from app.cli.analytics_report.loading import load_report
from app.cli.analytics_report.numbers import Report
from app.cli.analytics_report.page import render_page
from app.cli.analytics_report.terminal import print_report
from app.cli.analytics_scope import ScopeOptions, check_options, read_request, scope_options
from app.cli.common import console, json_option, open_database, run
from app.cli.errors import CommandError
from app.documents.organization import Organization
from app.settings import Settings


@click.group()
def analytics() -> None:
    """Reports on booking sessions."""


analytics.add_command(rebuild)


@analytics.command("report")
@click.option("--organization", "slug", required=True, help="The organization's slug.")
@scope_options
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
    html: Path | None,
    as_json: bool,
    **options: Unpack[ScopeOptions],
) -> None:
    """Show how an organization's booking sessions went: totals, funnels, choices, breakdowns."""
    now = datetime.now(UTC)
    check_options(options, now=now)
    loaded = run(_load(settings, slug, options, now=now))
    if html is not None:
        _write(html, render_page(loaded))
    if as_json:
        click.echo(json.dumps(loaded.to_json()))
    else:
        print_report(loaded, Console())
    if html is not None:
        console.print(f"Written to {html}", markup=False, soft_wrap=True)


async def _load(settings: Settings, slug: str, options: ScopeOptions, *, now: datetime) -> Report:
    async with open_database(settings):
        organization = await Organization.find_one({"slug": slug})
        if organization is None:
            raise CommandError(f"There is no organization with the slug {slug}")
        request = await read_request(organization.id, options, now=now)
        return await load_report(organization, request)


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"--html: {path} cannot be written: {error.strerror}") from error
