"""`scheduler worker`."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import click

from app.cli.booking_jobs import booking_jobs
from app.cli.common import json_option, open_database, run
from app.cli.errors import CommandError
from app.cli.job_type_job import make_job_type_job
from app.cli.jobs import Counts, Job, describe, run_all, run_each_once, stop_on_signals
from app.cli.rollup_job import make_rollup_job
from app.cli.upkeep import upkeep_jobs
from app.cli.webhook_job import make_webhook_job
from app.cli.worker_metrics import serving_worker_metrics
from app.services.booking_sessions.sweeping import SweepProgress, sweep_idle_sessions
from app.services.pending_migrations import warn_of_pending_migrations
from app.services.vendor.access import VendorAccess, open_vendor_access
from app.services.vendor.call_policies import WORKER_POLICY
from app.settings import Settings

SECONDS_BETWEEN_SWEEPS = 60.0

logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def _open_jobs(settings: Settings) -> AsyncIterator[tuple[Job, ...]]:
    """Yield everything a worker does; a job more is one more line here."""
    async with open_database(settings), _open_vendor(settings) as vendor:
        await warn_of_pending_migrations()
        yield (
            Job(
                name="sweep",
                interval_seconds=SECONDS_BETWEEN_SWEEPS,
                run=lambda stopped: _sweep(settings, stopped=stopped),
            ),
            *upkeep_jobs(settings),
            make_rollup_job(),
            make_webhook_job(settings),
            make_job_type_job(settings, vendor),
            *booking_jobs(settings, vendor),
        )


def _open_vendor(settings: Settings) -> contextlib.AbstractAsyncContextManager[VendorAccess]:
    return open_vendor_access(
        settings.vendor_environment,
        cipher_keys=settings.vendor_cipher_keys,
        data_dir=settings.data_dir,
        policy=WORKER_POLICY,
    )


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and exit, for use with cron.")
@json_option
@click.pass_obj
def worker(settings: Settings, *, once: bool, as_json: bool) -> None:
    """Do the work behind the API until SIGTERM; any number of workers may run."""
    if as_json and not once:
        raise CommandError("--json needs --once")
    if not once:
        run(_work(settings))
        return
    outcome = run(_work_once(settings))
    if as_json:
        click.echo(json.dumps(outcome))
    else:
        for name, counts in outcome.items():
            click.echo(f"{name}: {describe(counts)}")
    failed = [name for name, counts in outcome.items() if counts.get("failed_count")]
    if failed:
        raise CommandError(f"not everything could be done: {', '.join(failed)}")


async def _work_once(settings: Settings) -> dict[str, Counts]:
    stopped = stop_on_signals()
    async with _open_jobs(settings) as jobs:
        return await run_each_once(jobs, stopped=stopped)


async def _work(settings: Settings) -> None:
    stopped = stop_on_signals()
    async with _open_jobs(settings) as jobs, serving_worker_metrics(settings):
        for job in jobs:
            logger.info("%s every %g seconds", job.name, job.interval_seconds)
        await run_all(jobs, stopped=stopped)
    logger.info("stopped")


async def _sweep(settings: Settings, *, stopped: asyncio.Event) -> Counts:
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
    counts: dict[str, int] = progress.model_dump()
    return counts
