"""Rollups, as the worker keeps them and an operator makes them anew."""

import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from app.documents.analytics_rollup import AnalyticsRollup
from app.documents.driver import Database
from app.documents.organization import Organization
from app.domain.analytics.views import View
from app.services.organizations import create_organization
from tests.running_server import SCHEDULER, run_scheduler
from tests.services.booking_sessions.builders import a_customer, a_place

pytestmark = pytest.mark.usefixtures("database")

Environment = dict[str, str]


@pytest.fixture
def environment(database: Database, database_uri: str) -> Environment:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": database.name,
    }


async def a_company(name: str, *, sessions: int) -> Organization:
    """Return a company with a session on each of the last days."""
    organization, _ = await create_organization(name, now=datetime.now(UTC))
    place = await a_place(organization_id=organization.id)
    for day in range(sessions):
        await a_customer(place=place, now=datetime.now(UTC) - timedelta(days=day + 1))
    return organization


async def count_buckets(organization: Organization) -> int:
    query = {"organization_id": organization.id, "view": View.PLAIN.value}
    return await AnalyticsRollup.find(query).count()


async def test_worker_makes_the_rollups_of_every_organization_and_rebuild_makes_them_anew(
    environment: Environment,
) -> None:
    harbor = await a_company("Harbor", sessions=2)
    other = await a_company("Other", sessions=1)

    answer = run_scheduler(["worker", "--once", "--json"], environment)

    assert answer["rollups"] == {"hour_count": 3, "day_count": 3}
    assert (await count_buckets(harbor), await count_buckets(other)) == (4, 2)
    await AnalyticsRollup.find({"organization_id": harbor.id}).delete()
    rebuild = ["analytics", "rebuild", "--json"]
    assert run_scheduler([*rebuild, "--organization", harbor.slug], environment) == {
        "organizationCount": 1,
        "hourCount": 2,
        "dayCount": 2,
    }
    assert await count_buckets(harbor) == 4
    assert run_scheduler(rebuild, environment)["organizationCount"] == 2


def test_rebuild_of_an_organization_that_is_not_there_fails_with_one_line(
    environment: Environment,
) -> None:
    command = [SCHEDULER, "analytics", "rebuild", "--organization", "nobody"]

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.splitlines() == ["Error: There is no organization with the slug nobody"]
