"""The `scheduler` command.

A command's module is imported when the command is run: most need a part of the application only,
and a process that Python starts anew for a server imports this one again.
"""

from importlib import import_module
from typing import Final

import click
from typing_extensions import override

from app.cli.errors import CommandError
from app.logs import configure_logging
from app.settings import LogFormat, SettingsError, load_settings

COMMANDS: Final = {
    "analytics": "analytics.analytics",
    "backup": "backups.backup",
    "demo": "demo.demo",
    "flow": "flows.flow",
    "indexes": "maintenance.sync_indexes",
    "key": "keys.key",
    "migrate": "migrate.migrate",
    "organization": "organizations.organization",
    "personal-data": "personal_data.personal_data",
    "restore": "backups.restore",
    "schema": "maintenance.print_schema",
    "serve": "serve.serve",
    "sessions": "maintenance.sessions",
    "shard": "shard.shard",
    "vendor": "vendor.vendor",
    "worker": "worker.worker",
}
"""Where in this package each is, by its name on the command line."""


class CommandGroup(click.Group):
    """Finds its commands by name in `COMMANDS`."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, sorted."""
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None for a name that is none."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(".")
        command: click.Command = getattr(import_module(f"app.cli.{module}"), name)
        return command


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Wrkbelt Scheduler: online booking for home-service companies."""
    try:
        settings = context.obj = load_settings()
    except SettingsError as error:
        raise CommandError(str(error)) from error
    configure_logging(
        level=settings.log_level.value, for_people=settings.log_format is LogFormat.TEXT
    )
