"""The `scheduler` command."""

import click

from app.cli.analytics import analytics
from app.cli.backups import backup, restore
from app.cli.common import CommandError, log_options
from app.cli.demo import demo
from app.cli.flows import flow
from app.cli.keys import key
from app.cli.maintenance import print_schema, sessions, sync_indexes
from app.cli.migrate import migrate
from app.cli.organizations import organization
from app.cli.personal_data import personal_data
from app.cli.serve import serve
from app.cli.vendor import vendor
from app.cli.worker import worker
from app.logs import configure_logging
from app.settings import SettingsError, load_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Wrkbelt Scheduler: online booking for home-service companies."""
    try:
        context.obj = load_settings()
    except SettingsError as error:
        raise CommandError(str(error)) from error
    configure_logging(**log_options(context.obj))


COMMANDS = (
    analytics,
    backup,
    demo,
    flow,
    key,
    migrate,
    organization,
    personal_data,
    print_schema,
    restore,
    serve,
    sessions,
    sync_indexes,
    vendor,
    worker,
)
for command in COMMANDS:
    main.add_command(command)
