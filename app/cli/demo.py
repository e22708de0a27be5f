"""`scheduler demo`."""

from datetime import UTC, datetime

import click
from rich.progress import Progress, TaskID

from app.cli.common import console, json_option, open_database, print_answer, run
from app.services.demonstration import find_demonstration, load_demonstration
from app.settings import Settings
from app.transport.demo_keys import DemoKeys, read_demo_keys, write_demo_keys


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
        if kept is not None and await find_demonstration() is not None:
            return kept
        with Progress(console=console) as progress:
            tasks: dict[str, TaskID] = {}

            def report(phase: str, done: int, total: int) -> None:
                if phase not in tasks:
                    tasks[phase] = progress.add_task(phase, total=total)
                progress.update(tasks[phase], completed=done)

            loaded = await load_demonstration(now=datetime.now(UTC), report=report)
        keys = DemoKeys(api_key=loaded.api_key, publishable_key=loaded.publishable_key)
        write_demo_keys(settings.data_dir, keys)
        return keys
