"""`scheduler organization`."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from app.api.ids import EntityType, encode_id
from app.cli.common import json_option, open_database, print_answer, run
from app.cli.errors import CommandError
from app.documents.organization import Organization
from app.services import organizations
from app.settings import Settings

MAX_NAME_LENGTH = 100


@click.group()
def organization() -> None:
    """Organizations."""


@organization.command("create")
@click.option("--name", required=True, help="The company's name.")
@json_option
@click.pass_obj
def create_organization(settings: Settings, name: str, *, as_json: bool) -> None:
    """Create an organization and print its OWNER key, this once."""

    async def create() -> dict[str, Any]:
        async with open_database(settings):
            created, api_key = await organizations.create_organization(name, now=datetime.now(UTC))
        return {"organization": _organization_row(created), "apiKey": api_key}

    if not 1 <= len(name.strip()) <= MAX_NAME_LENGTH:
        raise CommandError(f"--name has 1 to {MAX_NAME_LENGTH} characters")
    print_answer(run(create()), as_json=as_json)


@organization.command("list")
@json_option
@click.pass_obj
def list_organizations(settings: Settings, *, as_json: bool) -> None:
    """List the organizations."""

    async def load() -> list[dict[str, str]]:
        async with open_database(settings):
            return [_organization_row(row) async for row in Organization.find_all().sort("slug")]

    rows = run(load())
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
