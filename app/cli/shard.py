"""`scheduler shard`."""

import click

from app.api.ids import EntityType, decode_id
from app.cli.common import open_database, run
from app.cli.errors import CommandError
from app.documents.driver import OperationFailure
from app.documents.sharding import (
    KeyDiffers,
    NoCluster,
    Pin,
    ShardingCommand,
    ZoneShard,
    issue,
    sharding_commands,
)
from app.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Only print the commands; needs no cluster.")
@click.option(
    "--zone",
    "zones",
    multiple=True,
    metavar="ZONE=SHARD",
    help="Make a shard part of a zone; may be repeated.",
)
@click.option(
    "--pin",
    "pins",
    multiple=True,
    metavar="ORGANIZATION=ZONE",
    help="Keep what belongs to an organization, by its id, in a zone; may be repeated.",
)
@click.pass_obj
def shard(
    settings: Settings, *, dry_run: bool, zones: tuple[str, ...], pins: tuple[str, ...]
) -> None:
    """Spread the collections over the shards of a cluster; may be run again."""
    commands = sharding_commands(
        settings.database_name,
        zone_shards=[_zone_shard(text) for text in zones],
        pins=[_pin(text) for text in pins],
    )
    if dry_run:
        for command in commands:
            click.echo(command.shell)
        return
    try:
        run(_issue(settings, commands))
    except NoCluster as error:
        raise CommandError(f"Nothing is spread: {error}") from error
    except KeyDiffers as error:
        raise CommandError(f"Nothing more is spread: {error}") from error
    except OperationFailure as error:
        raise CommandError(f"The database refused: {error}; run it again to go on") from error


async def _issue(settings: Settings, commands: list[ShardingCommand]) -> None:
    async with open_database(settings, create_indexes=False):
        async for command, is_new in issue(commands):
            click.echo(command.shell if is_new else f"{command.shell}  // done before")


def _zone_shard(text: str) -> ZoneShard:
    zone, shard_name = _pair(text, option="--zone", form="ZONE=SHARD")
    return ZoneShard(zone=zone, shard=shard_name)


def _pin(text: str) -> Pin:
    # Global ids may end in an equals sign.
    organization, zone = _pair(text, option="--pin", form="ORGANIZATION=ZONE")
    organization_id = decode_id(EntityType.ORGANIZATION, organization)
    if organization_id is None:
        raise CommandError(
            f"--pin: {organization} is no organization's id; `scheduler organization list` has them"
        )
    return Pin(organization_id=organization_id, zone=zone)


def _pair(text: str, *, option: str, form: str) -> tuple[str, str]:
    left, _, right = text.rpartition("=")
    if not left or not right:
        raise CommandError(f"{option} is {form}, not {text}")
    return left, right
