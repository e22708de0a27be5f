"""`scheduler worker`."""

import asyncio
import contextlib
import json
import logging
import signal
from datetime import UTC, datetime, timedelta

import click

from app.cli.common import CommandError, json_option, open_database, run
from app.documents.driver import UNAVAILABLE_ERRORS
from app.services.booking_sessions.sweeping import SweepProgress, sweep_idle_sessions
from app.settings import Settings

SECONDS_BETWEEN_SWEEPS = 60.0

logger = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and exit, for use with cron.")
@json_option
@click.pass_obj
def worker(settings: Settings, *, once: bool, as_json: bool) -> None:
    """Abandon idle sessions, every minute until SIGTERM; any number of workers may run."""
    if as_json and not once:
        raise CommandError("--json needs --once")
    if not once:
        run(_work(settings))
        return
    progress = run(_work_once(settings))
    if as_json:
        click.echo(json.dumps({"sweep": progress.model_dump()}))
    else:
        click.echo(_describe(progress))
    if progress.failed_count:
        raise CommandError(f"{progress.failed_count} session(s) cannot be abandoned")


async def _work_once(settings: Settings) -> SweepProgress:
    stopped = _stop_on_signals()
    async with open_database(settings):
        return await _sweep(settings, stopped=stopped)


async def _work(settings: Settings) -> None:
    stopped = _stop_on_signals()
    async with open_database(settings):
        logger.info("sweeping idle sessions every %d seconds", SECONDS_BETWEEN_SWEEPS)
        while not stopped.is_set():
            await _sweep_and_report(settings, stopped)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), SECONDS_BETWEEN_SWEEPS)
    logger.info("stopped")


def _stop_on_signals() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    return stopped


async def _sweep_and_report(settings: Settings, stopped: asyncio.Event) -> None:
    try:
        progress = await _sweep(settings, stopped=stopped)
    except UNAVAILABLE_ERRORS as error:
        logger.warning("the database cannot be reached: %s", error)
        return
    if progress.found_count:
        logger.info("%s", _describe(progress))


async def _sweep(settings: Settings, *, stopped: asyncio.Event) -> SweepProgress:
    """Sweep until nothing is left or the worker is stopped; a batch begun is finished."""
    progress = SweepProgress()
    sweep = sweep_idle_sessions(
        now=datetime.now(UTC), idle_time=timedelta(minutes=settings.session_idle_minutes)
    )
    async with contextlib.aclosing(sweep):
        async for step in sweep:
            progress = step
            if stopped.is_set():
                break
    return progress


def _describe(progress: SweepProgress) -> str:
    return (
        f"{progress.found_count} idle sessions, {progress.abandoned_count} abandoned, "
        f"{progress.failed_count} failed"
    )
