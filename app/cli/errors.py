"""How a command fails."""

import click


class CommandError(click.ClickException):
    """Ends the command with one line on standard error and exit code 1."""
