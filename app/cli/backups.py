"""`scheduler backup` and `scheduler restore`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from app.cli.common import console, json_option, open_database, run
from app.cli.errors import CommandError
from app.documents.backups.restoring import CheckedBackup, check_backup, restore_backup
from app.documents.backups.stream import BackupError, Trailer
from app.documents.backups.writing import write_backup
from app.settings import Settings


@click.command()
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; it must not exist.",
)
@click.option("--organization", "slug", help="Only the organization with this slug.")
@json_option
@click.pass_obj
def backup(settings: Settings, output: Path, slug: str | None, *, as_json: bool) -> None:
    """Write all organizations, or one, to a file; servers may go on meanwhile."""

    async def write() -> Trailer:
        async with open_database(settings, create_indexes=False):
            with _progress("Documents") as report:
                return await write_backup(
                    output, slug=slug, now=datetime.now(UTC), on_progress=report
                )

    with _one_line_errors():
        trailer = run(write())
    _print({"counts": trailer.counts, "sha256": trailer.sha256}, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option(
    "--dry-run", is_flag=True, help="Only check the file, and whether it may be restored."
)
@json_option
@click.pass_obj
def restore(settings: Settings, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Store what `backup` wrote; a run that was cut short is gone on with."""

    async def store() -> CheckedBackup:
        # Before it is filled: the embedded database stands still while it builds indexes.
        async with open_database(settings, create_indexes=not dry_run):
            checked = await check_backup(file)
            if not dry_run:
                with _progress("Documents") as report:
                    await restore_backup(file, checked, now=datetime.now(UTC), on_progress=report)
            return checked

    with _one_line_errors(f"{file}: "):
        checked = run(store())
    _print(
        {
            "organizations": [each.slug for each in checked.header.organizations],
            "counts": checked.trailer.counts,
            "migrationsToMake": list(checked.migrations_to_make),
            "restored": not dry_run,
        },
        as_json=as_json,
    )
    if not dry_run and not as_json:
        click.echo("Now run `scheduler migrate` and `scheduler sessions rebuild`.")


@contextmanager
def _one_line_errors(about: str = "") -> Iterator[None]:
    try:
        yield
    except BackupError as error:
        raise CommandError(f"{about}{error}") from error
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}") from error


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(console=console) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer))
        return
    for name, value in answer.items():
        if isinstance(value, dict):
            for collection, count in value.items():
                click.echo(f"{collection}: {count}")
        else:
            click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
