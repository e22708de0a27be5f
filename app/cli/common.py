"""What the commands of `scheduler` share."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, TypeVar

import click
from rich.console import Console

from app.cli.errors import CommandError
from app.documents.connection import (
    EmbeddedDatabaseError,
    IndexesNotMadeError,
    connected_documents,
)
from app.documents.driver import UNAVAILABLE_ERRORS, Database
from app.settings import Settings

R = TypeVar("R")
console = Console(stderr=True)


@contextlib.asynccontextmanager
async def open_database(
    settings: Settings, *, create_indexes: bool = True
) -> AsyncIterator[Database]:
    """Yield the database of the settings, with the indexes made unless told otherwise."""
    async with connected_documents(
        settings.mongodb_uri,
        data_dir=settings.data_dir,
        database_name=settings.database_name,
        create_indexes=create_indexes,
    ) as database:
        yield database


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what an operator can mend into one line."""
    try:
        yield
    except (EmbeddedDatabaseError, IndexesNotMadeError) as error:
        raise CommandError(str(error)) from error
    except UNAVAILABLE_ERRORS as error:
        raise CommandError(f"The database cannot be reached: {error}") from error


def run(action: Coroutine[Any, Any, R]) -> R:
    with one_line_errors():
        return asyncio.run(action)


def print_answer(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer))
        return
    for name, value in answer.items():
        click.echo(f"{name}: {value if not isinstance(value, dict) else json.dumps(value)}")


json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
