"""`scheduler schema`, `scheduler indexes` and `scheduler sessions`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import Progress

from app.api.ids import EntityType, encode_id
from app.api.schema import schema
from app.cli.common import console, json_option, open_database, run
from app.cli.errors import CommandError
from app.documents.indexes import IndexDifference, find_index_differences
from app.domain.booking_session.audit import Finding
from app.services.booking_sessions.verification import (
    VerificationReport,
    rebuild_sessions,
    verify_sessions,
)
from app.settings import Settings


@click.command("schema")
@click.option("--check", is_flag=True, help="Fail when schema.graphql is not the current schema.")
def print_schema(*, check: bool) -> None:
    """Write schema.graphql, or check it."""
    path = Path("schema.graphql")
    current = schema.as_str() + "\n"
    if not check:
        path.write_text(current)
    elif not path.exists() or path.read_text() != current:
        raise CommandError("schema.graphql is not the current schema; run `scheduler schema`")


@click.command("indexes")
@click.option("--check", is_flag=True, help="Only report differences; fail when there are any.")
@json_option
@click.pass_obj
def sync_indexes(settings: Settings, *, check: bool, as_json: bool) -> None:
    """Create the indexes that are missing, and report those that differ."""

    async def compare() -> list[IndexDifference]:
        async with open_database(settings, create_indexes=not check):
            return await find_index_differences()

    differences = run(compare())
    if as_json:
        click.echo(json.dumps({"differences": [each.model_dump() for each in differences]}))
    else:
        for each in differences:
            click.echo(f"{each.collection}.{each.index}: {each.difference}")
    if differences:
        raise CommandError(f"{len(differences)} index(es) differ")


@click.group()
def sessions() -> None:
    """Booking sessions and their event streams."""


@sessions.command("verify")
@json_option
@click.pass_obj
def verify(settings: Settings, *, as_json: bool) -> None:
    """Prove that every session's snapshot is what its events say; fail when one is not."""
    _report(run(_examine(settings, mend=False)), as_json=as_json)


@sessions.command("rebuild")
@json_option
@click.pass_obj
def rebuild(settings: Settings, *, as_json: bool) -> None:
    """Mend what `verify` finds; fail when something is still wrong."""
    _report(run(_examine(settings, mend=True)), as_json=as_json)


async def _examine(settings: Settings, *, mend: bool) -> tuple[VerificationReport, list[Finding]]:
    findings: list[Finding] = []
    examine = rebuild_sessions if mend else verify_sessions
    async with open_database(settings):
        with Progress(console=console) as progress:
            task = progress.add_task("Sessions", total=None)
            report = await examine(
                now=datetime.now(UTC),
                on_finding=findings.append,
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
    return report, findings


def _report(outcome: tuple[VerificationReport, list[Finding]], *, as_json: bool) -> None:
    report, findings = outcome
    if as_json:
        rows = [each.model_dump(mode="json") for each in findings]
        click.echo(json.dumps({"report": report.model_dump(), "findings": rows}))
    else:
        for each in findings:
            session_id = encode_id(EntityType.BOOKING_SESSION, each.booking_session_id)
            click.echo(f"{session_id} {each.kind.name}: {each.detail}")
        click.echo(
            f"{report.session_count} sessions, {report.event_count} events, "
            f"{report.mended_session_count} mended, {report.finding_count} findings, "
            f"{report.expired_session_count} expired"
        )
    if findings:
        raise CommandError(f"{len(findings)} finding(s)")
