"""The worker, as an operator or cron runs it."""

import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from app.documents.driver import Database
from app.domain.booking_session.state import BookingSessionStatus
from tests.running_server import SCHEDULER, run_scheduler
from tests.services.booking_sessions.builders import Customer, a_customer

pytestmark = pytest.mark.usefixtures("database")

Environment = dict[str, str]


@pytest.fixture
def environment(database: Database, database_uri: str) -> Environment:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": database.name,
    }


async def a_customer_last_seen(*, minutes_ago: int) -> Customer:
    return await a_customer(now=datetime.now(UTC) - timedelta(minutes=minutes_ago))


def a_worker(environment: Environment) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [SCHEDULER, "worker"], env=environment, stderr=subprocess.PIPE, text=True
    )


async def status_of(customer: Customer) -> BookingSessionStatus:
    return (await customer.stored()).booking_outcome.status


async def test_one_pass_abandons_what_is_idle_in_every_organization_and_nothing_else(
    environment: Environment,
) -> None:
    idle = [await a_customer_last_seen(minutes_ago=31) for _ in range(2)]
    recent = await a_customer_last_seen(minutes_ago=29)
    environment["SCHEDULER_SESSION_IDLE_MINUTES"] = "30"

    answer = run_scheduler(["worker", "--once", "--json"], environment)

    assert answer["sweep"] == {"found_count": 2, "abandoned_count": 2, "failed_count": 0}
    assert [await status_of(each) for each in idle] == [BookingSessionStatus.ABANDONED] * 2
    assert await status_of(recent) is BookingSessionStatus.ACTIVE


async def test_workers_side_by_side_sweep_until_they_are_told_to_stop(
    environment: Environment,
) -> None:
    customer = await a_customer_last_seen(minutes_ago=61)
    workers = [a_worker(environment) for _ in range(2)]
    # The line comes as the first sweep begins; a batch that has begun is finished.
    for worker in workers:
        assert worker.stderr is not None
        assert any("sweep every 60 seconds" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)

    assert [worker.wait(timeout=20) for worker in workers] == [0, 0]
    last_lines = [worker.stderr.read().splitlines()[-1] for worker in workers if worker.stderr]
    assert len(last_lines) == 2
    assert all(line.endswith("stopped [app.cli.worker]") for line in last_lines)
    assert await status_of(customer) is BookingSessionStatus.ABANDONED
