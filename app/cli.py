"""The `scheduler` command."""

import asyncio
import contextlib
import json
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import uvicorn
from rich.console import Console
from rich.progress import Progress, TaskID
from uvicorn.supervisors import Multiprocess

from app.api.ids import EntityType, encode_id
from app.api.schema import schema
from app.documents.connection import EmbeddedDatabaseError, connected_documents, database_uri
from app.documents.driver import UNAVAILABLE_ERRORS, Database
from app.documents.indexes import IndexDifference, find_index_differences
from app.documents.organization import Organization
from app.domain.access import Role
from app.services import organizations
from app.settings import Environment, Settings, SettingsError, load_settings
from app.transport.demo_keys import DemoKeys, read_demo_keys, write_demo_keys

R = TypeVar("R")
console = Console(stderr=True)

GRACE_SECONDS = 25
MAX_NAME_LENGTH = 100
FIRST_QUERY = """{
  scheduler(publishableKey: "%s") {
    name
    bookingFlow(context: {url: "https://harbor.example/"}) {
      content { title }
      steps { __typename }
    }
  }
}"""


class CommandError(click.ClickException):
    """Ends the command with one line on standard error and exit code 1."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Wrkbelt Scheduler: online booking for home-service companies."""
    try:
        context.obj = load_settings()
    except SettingsError as error:
        raise CommandError(str(error)) from error
    logging.basicConfig(
        level=context.obj.log_level.upper(), format="%(levelname)s %(name)s: %(message)s"
    )


@contextlib.asynccontextmanager
async def _database(settings: Settings, *, create_indexes: bool = True) -> AsyncIterator[Database]:
    async with connected_documents(
        settings.mongodb_uri,
        data_dir=settings.data_dir,
        database_name=settings.database_name,
        create_indexes=create_indexes,
    ) as database:
        yield database


@contextlib.contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turn what an operator can mend into one line."""
    try:
        yield
    except EmbeddedDatabaseError as error:
        raise CommandError(str(error)) from error
    except UNAVAILABLE_ERRORS as error:
        raise CommandError(f"The database cannot be reached: {error}") from error


def _run(action: Coroutine[Any, Any, R]) -> R:
    with _one_line_errors():
        return asyncio.run(action)


def _print(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer))
        return
    for name, value in answer.items():
        click.echo(f"{name}: {value if not isinstance(value, dict) else json.dumps(value)}")


json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@main.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Serve the API and, in development, GraphiQL."""
    listening = _bind(settings)
    config = uvicorn.Config(
        "app.main:create_app_from_environment",
        factory=True,
        workers=settings.workers,
        log_level=settings.log_level.value,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    # The server hands the signal on when it is done; it must not end us before the database left.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _one_line_errors(), asyncio.Runner() as runner, contextlib.suppress(KeyboardInterrupt):
        held = contextlib.AsyncExitStack()
        # Held here too, the database outlives server processes that are replaced.
        uri = database_uri(settings.mongodb_uri, data_dir=settings.data_dir)
        runner.run(held.enter_async_context(uri))
        try:
            _print_welcome(settings)
            if settings.workers == 1:
                runner.run(uvicorn.Server(config).serve(sockets=[listening]))
            else:
                Multiprocess(config, sockets=[listening]).run()
        finally:
            runner.run(held.aclose())


def _bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {settings.host} port {settings.port} ({error.strerror}); "
            "set SCHEDULER_PORT to a free port"
        ) from error
    listening.set_inheritable(True)
    return listening


def _print_welcome(settings: Settings) -> None:
    console.print(f"GraphiQL and API: [bold]{settings.public_url}/graphql[/bold]")
    keys = read_demo_keys(settings.data_dir)
    if keys is None or settings.environment is not Environment.DEVELOPMENT:
        return
    console.print(f"Demo publishable key: {keys.publishable_key}", soft_wrap=True)
    console.print(f"Demo API key (OWNER): {keys.api_key}", soft_wrap=True)
    console.print("A query to paste:")
    console.print(FIRST_QUERY % keys.publishable_key, markup=False, soft_wrap=True)


@main.group()
def organization() -> None:
    """Organizations."""


@organization.command("create")
@click.option("--name", required=True, help="The company's name.")
@json_option
@click.pass_obj
def create_organization(settings: Settings, name: str, *, as_json: bool) -> None:
    """Create an organization and print its OWNER key, this once."""

    async def create() -> dict[str, Any]:
        async with _database(settings):
            created, api_key = await organizations.create_organization(name, now=datetime.now(UTC))
        return {"organization": _organization_row(created), "apiKey": api_key}

    if not 1 <= len(name.strip()) <= MAX_NAME_LENGTH:
        raise CommandError(f"--name has 1 to {MAX_NAME_LENGTH} characters")
    _print(_run(create()), as_json=as_json)


@organization.command("list")
@json_option
@click.pass_obj
def list_organizations(settings: Settings, *, as_json: bool) -> None:
    """List the organizations."""

    async def load() -> list[dict[str, str]]:
        async with _database(settings):
            return [_organization_row(row) async for row in Organization.find_all().sort("slug")]

    rows = _run(load())
    if as_json:
        click.echo(json.dumps({"organizations": rows}))
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['slug']}  {row['name']}")


def _organization_row(organization: Organization) -> dict[str, str]:
    return {
        "id": encode_id(EntityType.ORGANIZATION, organization.id),
        "name": organization.name,
        "slug": organization.slug,
    }


@main.group()
def key() -> None:
    """API keys."""


@key.command("create")
@click.option("--organization", "slug", required=True, help="The organization's slug.")
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--role", type=click.Choice([role.name for role in Role]), default="OWNER", show_default=True
)
@json_option
@click.pass_obj
def create_key(settings: Settings, slug: str, name: str, role: str, *, as_json: bool) -> None:
    """Create an API key and print it, this once."""

    async def create() -> dict[str, Any]:
        async with _database(settings):
            owner = await Organization.find_one({"slug": slug})
            if owner is None:
                raise CommandError(f"There is no organization with the slug {slug}")
            stored, secret = await organizations.create_api_key(
                owner.id, name=name, role=Role[role], now=datetime.now(UTC)
            )
        row = {"id": encode_id(EntityType.API_KEY, stored.id), "name": name, "role": role}
        return {"apiKey": {**row, "prefix": stored.prefix}, "secret": secret}

    _print(_run(create()), as_json=as_json)


@key.command("revoke")
@click.option("--prefix", required=True, help="The first characters of the key, as shown.")
@json_option
@click.pass_obj
def revoke_key(settings: Settings, prefix: str, *, as_json: bool) -> None:
    """Revoke the API key that begins so, at once."""

    async def revoke() -> int:
        async with _database(settings):
            return await organizations.revoke_api_keys(prefix, now=datetime.now(UTC))

    count = _run(revoke())
    if count == 0:
        raise CommandError(f"No active key begins with {prefix}")
    _print({"revokedCount": count}, as_json=as_json)


@main.command("schema")
@click.option("--check", is_flag=True, help="Fail when schema.graphql is not the current schema.")
def print_schema(*, check: bool) -> None:
    """Write schema.graphql, or check it."""
    path = Path("schema.graphql")
    current = schema.as_str() + "\n"
    if not check:
        path.write_text(current)
    elif not path.exists() or path.read_text() != current:
        raise CommandError("schema.graphql is not the current schema; run `scheduler schema`")


@main.command("indexes")
@click.option("--check", is_flag=True, help="Only report differences; fail when there are any.")
@json_option
@click.pass_obj
def sync_indexes(settings: Settings, *, check: bool, as_json: bool) -> None:
    """Create the indexes that are missing, and report those that differ."""

    async def compare() -> list[IndexDifference]:
        async with _database(settings, create_indexes=not check):
            return await find_index_differences()

    differences = _run(compare())
    if as_json:
        click.echo(json.dumps({"differences": [each.model_dump() for each in differences]}))
    else:
        for each in differences:
            click.echo(f"{each.collection}.{each.index}: {each.difference}")
    if differences:
        raise CommandError(f"{len(differences)} index(es) differ")


@main.command()
@json_option
@click.pass_obj
def demo(settings: Settings, *, as_json: bool) -> None:
    """Load the demonstration organization once, and print its keys."""
    keys = _run(_load_demo(settings))
    answer = {"apiKey": keys.api_key, "publishableKey": keys.publishable_key}
    _print(answer, as_json=as_json)


async def _load_demo(settings: Settings) -> DemoKeys:
    from app.services.demonstration import find_demonstration, load_demonstration

    async with _database(settings):
        kept = read_demo_keys(settings.data_dir)
        if kept is not None and await find_demonstration() is not None:
            return kept
        with Progress(console=console) as progress:
            tasks: dict[str, TaskID] = {}

            def report(phase: str, done: int, total: int) -> None:
                task = tasks.setdefault(phase, progress.add_task(phase, total=total))
                progress.update(task, completed=done)

            loaded = await load_demonstration(now=datetime.now(UTC), report=report)
        keys = DemoKeys(api_key=loaded.api_key, publishable_key=loaded.publishable_key)
        write_demo_keys(settings.data_dir, keys)
        return keys
