"""`scheduler demo`."""

from datetime import UTC, datetime
from functools import partial

import click
from rich.progress import Progress, TaskID

from app.cli.common import console, json_option, open_database, print_answer, run
from app.domain.values import EntityId
from app.domain.vendor import VendorType
from app.services.demonstration import find_demonstration, load_demonstration
from app.services.demonstration.vendor import connect_demonstration
from app.services.vendor.accounts import VendorAccountContent
from app.services.vendor.cipher_keys import keep_cipher_key
from app.services.vendor_credentials_cipher import VendorCredentialsCipher
from app.settings import Environment, Settings
from app.transport.demo_keys import DemoKeys, read_demo_keys, write_demo_keys
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT


@click.command()
@json_option
@click.pass_obj
def demo(settings: Settings, *, as_json: bool) -> None:
    """Load the demonstration organization once, and print its keys."""
    keys = run(_load_demo(settings))
    answer = {"apiKey": keys.api_key, "publishableKey": keys.publishable_key}
    print_answer(answer, as_json=as_json)


async def _load_demo(settings: Settings) -> DemoKeys:
    async with open_database(settings):
        kept = read_demo_keys(settings.data_dir)
        loaded_before = await find_demonstration()
        if kept is not None and loaded_before is not None:
            await _connect(settings, loaded_before)
            return kept
        with Progress(console=console) as progress:
            tasks: dict[str, TaskID] = {}

            def report(phase: str, done: int, total: int) -> None:
                if phase not in tasks:
                    tasks[phase] = progress.add_task(phase, total=total)
                progress.update(tasks[phase], completed=done)

            loaded = await load_demonstration(
                now=datetime.now(UTC), report=report, connect=partial(_connect, settings)
            )
        keys = DemoKeys(api_key=loaded.api_key, publishable_key=loaded.publishable_key)
        write_demo_keys(settings.data_dir, keys)
        return keys


async def _connect(settings: Settings, organization_id: EntityId) -> None:
    """Give the company its account at the stand-in, which does not hear of its past bookings."""
    if settings.environment is not Environment.DEVELOPMENT:
        return
    keys = settings.vendor_cipher_keys or [keep_cipher_key(settings.data_dir)]
    content = VendorAccountContent(vendor_type=VendorType.SERVICETITAN, **dict(DEMO_ACCOUNT))
    await connect_demonstration(
        organization_id, content, cipher=VendorCredentialsCipher(keys), now=datetime.now(UTC)
    )
