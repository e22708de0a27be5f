"""The `scheduler` command."""

import logging

import click

from app.cli.common import CommandError
from app.cli.demo import demo
from app.cli.flows import flow
from app.cli.maintenance import print_schema, sessions, sync_indexes
from app.cli.organizations import key, organization
from app.cli.serve import serve
from app.cli.worker import worker
from app.settings import SettingsError, load_settings


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


COMMANDS = (demo, flow, key, organization, print_schema, serve, sessions, sync_indexes, worker)
for command in COMMANDS:
    main.add_command(command)
