"""`scheduler migrate`."""

import json
from datetime import UTC, datetime

import click
from rich.progress import Progress, TaskID

from app.cli.common import console, json_option, open_database, run
from app.cli.errors import CommandError
from app.documents.driver import OperationFailure
from app.documents.migrations import MIGRATIONS
from app.documents.migrations.migration import Migration, Phase
from app.documents.migrations.pending import is_new, note_new_database
from app.documents.migrations.runner import (
    LeaseLost,
    MigrationOutcome,
    MigrationPreview,
    preview_migrations,
    run_migrations,
)
from app.settings import Settings


@click.command()
@click.option(
    "--contract",
    is_flag=True,
    help="Also remove what only the version before needs; once its last server has ended.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@json_option
@click.pass_obj
def migrate(settings: Settings, *, contract: bool, dry_run: bool, as_json: bool) -> None:
    """Bring what is stored up to this version; before its first server starts."""
    chosen = tuple(each for each in MIGRATIONS if contract or each.phase is Phase.EXPAND)
    try:
        if dry_run:
            _print_previews(run(_preview(settings, chosen)), as_json=as_json)
        else:
            _print_outcomes(run(_migrate(settings, chosen)), as_json=as_json)
    except LeaseLost:
        raise CommandError("Another run has taken over; it goes on from here") from None
    except OperationFailure as error:
        raise CommandError(f"The database refused: {error}; run it again to go on") from error


async def _preview(settings: Settings, chosen: tuple[Migration, ...]) -> list[MigrationPreview]:
    async with open_database(settings, create_indexes=False):
        return await preview_migrations(chosen)


async def _migrate(settings: Settings, chosen: tuple[Migration, ...]) -> list[MigrationOutcome]:
    # The indexes of this version cannot all be made before the migrations have.
    async with open_database(settings, create_indexes=False) as database:
        if await is_new(database):
            await note_new_database()
        with Progress(console=console) as progress:
            tasks: dict[str, TaskID] = {}

            def report(migration: Migration, done: int, total: int) -> None:
                if migration.id not in tasks:
                    tasks[migration.id] = progress.add_task(migration.id)
                progress.update(
                    tasks[migration.id], completed=done if total else 1, total=total or 1
                )

            return await run_migrations(chosen, clock=lambda: datetime.now(UTC), on_progress=report)


def _print_previews(previews: list[MigrationPreview], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"id": each.id, "isFinished": each.is_finished, "changes": each.changes}
            for each in previews
        ]
        click.echo(json.dumps({"migrations": rows}))
        return
    for each in previews:
        click.echo(f"{each.id}: {'finished' if each.is_finished else each.description}")
        for change in each.changes:
            click.echo(f"  would {change}")


def _print_outcomes(outcomes: list[MigrationOutcome], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"id": each.id, "wasFinished": each.was_finished, "changedCount": each.changed_count}
            for each in outcomes
        ]
        click.echo(json.dumps({"migrations": rows}))
        return
    for each in outcomes:
        said = "finished before" if each.was_finished else f"{each.changed_count} changed"
        click.echo(f"{each.id}: {said}")
