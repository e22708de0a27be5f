"""`scheduler key`: an operator's handling of API keys."""

import json
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from app.api.ids import EntityType, encode_id
from app.cli.common import json_option, open_database, print_answer, run
from app.cli.errors import CommandError
from app.documents.api_key import ApiKey
from app.documents.organization import Organization
from app.domain.access import OrganizationCredential, Role
from app.domain.instants import to_instant
from app.domain.refusal import Refused, problems_of
from app.services.api_keys import (
    MAX_GRACE_SECONDS,
    ApiKeyContent,
    Rotation,
    create_api_key,
    revoke_without_heir,
    rotate_api_key,
)
from app.services.authoring import Author
from app.settings import Settings

COMMAND_LINE = "0" * 24
"""What stands in the audit for the key an operator does not need."""

SECONDS_PER_HOUR = 3_600

R = TypeVar("R")


@click.group()
def key() -> None:
    """API keys."""


@key.command("create")
@click.option("--organization", "slug", required=True, help="The organization's slug.")
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--role", type=click.Choice([role.name for role in Role]), default="OWNER", show_default=True
)
@click.option("--expires", type=click.DateTime(), help="When it ends by itself, in UTC.")
@json_option
@click.pass_obj
def create_key(
    settings: Settings,
    slug: str,
    name: str,
    role: str,
    expires: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Create an API key and print it, this once."""

    async def create() -> dict[str, Any]:
        async with open_database(settings):
            author = _operator((await _find_organization(slug)).id, "scheduler key create")
            content = ApiKeyContent(name=name, role=Role[role], expires_at=expires)
            stored, secret = await create_api_key(content, author=author)
        return {"apiKey": _row(stored), "secret": secret}

    print_answer(_run(create()), as_json=as_json)


@key.command("list")
@click.option("--organization", "slug", required=True, help="The organization's slug.")
@json_option
@click.pass_obj
def list_keys(settings: Settings, slug: str, *, as_json: bool) -> None:
    """List an organization's API keys, revoked ones too, the newest first."""

    async def load() -> list[dict[str, Any]]:
        async with open_database(settings):
            owner = await _find_organization(slug)
            found = ApiKey.find({"organization_id": owner.id}).sort("-_id")
            return [_row(each) async for each in found]

    rows = _run(load())
    if as_json:
        click.echo(json.dumps({"apiKeys": rows}))
        return
    for row in rows:
        click.echo(f"{row['prefix']}  {row['role']:8} {row['name']}  {_state(row)}")


def _state(row: Mapping[str, Any]) -> str:
    if row["revokedAt"]:
        return f"revoked {row['revokedAt']}"
    return f"used {row['lastUsedAt']}" if row["lastUsedAt"] else "never used"


@key.command("rotate")
@click.option("--prefix", required=True, help="The first characters of the key, as shown.")
@click.option(
    "--grace-hours",
    type=click.FloatRange(0, MAX_GRACE_SECONDS / SECONDS_PER_HOUR),
    default=0,
    show_default=True,
    help="For how many hours the old secret goes on working.",
)
@json_option
@click.pass_obj
def rotate_key(settings: Settings, prefix: str, grace_hours: float, *, as_json: bool) -> None:
    """Give the API key that begins so a new secret and print it, this once."""

    async def rotate() -> dict[str, Any]:
        async with open_database(settings):
            [stored] = await _find_active(prefix, at_most=1)
            rotation = Rotation(
                id=stored.id, grace_period_seconds=round(grace_hours * SECONDS_PER_HOUR)
            )
            author = _operator(stored.organization_id, "scheduler key rotate")
            rotated, secret = await rotate_api_key(rotation, author=author)
        return {"apiKey": _row(rotated), "secret": secret}

    print_answer(_run(rotate()), as_json=as_json)


@key.command("revoke")
@click.option("--prefix", required=True, help="The first characters of the key, as shown.")
@json_option
@click.pass_obj
def revoke_key(settings: Settings, prefix: str, *, as_json: bool) -> None:
    """Revoke the API key that begins so, at once, though it be the last owner's."""

    async def revoke() -> int:
        async with open_database(settings):
            found = await _find_active(prefix)
            for stored in found:
                author = _operator(stored.organization_id, "scheduler key revoke")
                await revoke_without_heir(stored, author=author)
            return len(found)

    print_answer({"revokedCount": _run(revoke())}, as_json=as_json)


def _run(action: Coroutine[Any, Any, R]) -> R:
    try:
        return run(action)
    except Refused as refused:
        problems = refused.problems
    except ValidationError as error:
        problems = problems_of(error)
    raise CommandError("; ".join(f"{each.path[-1]}: {each.message}" for each in problems))


def _operator(organization_id: str, command: str) -> Author:
    credential = OrganizationCredential(
        organization_id=organization_id,
        api_key_id=COMMAND_LINE,
        api_key_name=command,
        role=Role.OWNER,
    )
    return Author(credential=credential, now=to_instant(datetime.now(UTC)))


async def _find_organization(slug: str) -> Organization:
    found = await Organization.find_one({"slug": slug})
    if found is None:
        raise CommandError(f"There is no organization with the slug {slug}")
    return found


async def _find_active(prefix: str, *, at_most: int | None = None) -> list[ApiKey]:
    found = await ApiKey.list_active_by_prefix(prefix)
    if not found:
        raise CommandError(f"No active key begins with {prefix}")
    if at_most is not None and len(found) > at_most:
        raise CommandError(f"Several keys begin with {prefix}; use the API to name one by its id")
    return found


def _row(stored: ApiKey) -> dict[str, Any]:
    times = {
        "createdAt": stored.created_at,
        "lastUsedAt": stored.last_used_at,
        "expiresAt": stored.expires_at,
        "revokedAt": stored.revoked_at,
    }
    return {
        "id": encode_id(EntityType.API_KEY, stored.id),
        "name": stored.name,
        "role": stored.role.name,
        "prefix": stored.prefix,
        **{
            name: None if time is None else time.isoformat(timespec="seconds")
            for name, time in times.items()
        },
    }
