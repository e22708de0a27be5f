"""`scheduler vendor`."""

import contextlib
import json
import signal
import sys

import click

from app.cli.common import console, json_option, open_database, run
from app.cli.errors import CommandError
from app.cli.listening import listen
from app.services.vendor.cipher_keys import keep_cipher_key
from app.services.vendor.resealing import ResealReport, reseal_secrets
from app.services.vendor_credentials_cipher import VendorCredentialsCipher
from app.settings import MAX_PORT, Settings
from app.transport.vendor_stand_in.serving import serve_stand_in


@click.group()
def vendor() -> None:
    """The companies' field-service system."""


@vendor.command("stand-in")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, MAX_PORT),
    help="TCP port; without it SCHEDULER_VENDOR_STAND_IN_PORT.",
)
@click.pass_obj
def stand_in(settings: Settings, *, host: str, port: int | None) -> None:
    """Serve a local ServiceTitan, in memory, with knobs to make it misbehave."""
    chosen = port or settings.vendor_stand_in_port
    listening = listen(host, chosen, setting="--port or SCHEDULER_VENDOR_STAND_IN_PORT")
    url = f"http://[{host}]:{chosen}" if ":" in host else f"http://{host}:{chosen}"
    console.print(f"ServiceTitan stand-in, API and authentication: [bold]{url}[/bold]")
    console.print(f"Bookings that arrive there: {url}/  Knobs: {url}/knobs", soft_wrap=True)
    # The server hands a signal on when it is done.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        serve_stand_in(listening)


@vendor.command("reseal")
@json_option
@click.pass_obj
def reseal(settings: Settings, *, as_json: bool) -> None:
    """Seal vendor credentials and webhook secrets under the newest key; fail if one cannot open."""
    report = run(_reseal(settings))
    if as_json:
        click.echo(json.dumps(report.model_dump()))
    else:
        click.echo(f"{report.resealed_count} resealed, {report.unreadable_count} unreadable")
    if report.unreadable_count:
        raise CommandError(f"{report.unreadable_count} secret(s) need a key that is not set")


async def _reseal(settings: Settings) -> ResealReport:
    keys = settings.vendor_cipher_keys or [keep_cipher_key(settings.data_dir)]
    async with open_database(settings):
        return await reseal_secrets(VendorCredentialsCipher(keys))
