"""Retention and erasure, as an operator or cron runs them."""

import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from app.documents.audit_record import AuditRecord
from app.documents.driver import Database
from app.documents.organization import Organization
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.organizations import create_organization
from tests.domain.booking_session.builders import CUSTOMER, THROUGH_SUMMARY, updated
from tests.running_server import SCHEDULER, run_scheduler
from tests.services.booking_sessions.builders import Place, a_customer, a_place
from tests.services.personal_data.builders import EMAIL, PHONE, traces

pytestmark = pytest.mark.usefixtures("database")

Environment = dict[str, str]


@pytest.fixture
def environment(database: Database, database_uri: str) -> Environment:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": database.name,
    }


async def a_company() -> tuple[Organization, Place]:
    organization, _ = await create_organization("Harbor", now=datetime.now(UTC))
    return organization, await a_place(organization_id=organization.id)


async def test_worker_marks_the_events_of_closed_sessions(environment: Environment) -> None:
    _, place = await a_company()
    now = datetime.now(UTC)
    customer = await a_customer(place=place, now=now)
    await abandon_session(
        AbandonSession(booking_session_id=customer.session_id),
        organization_id=place.organization_id,
        now=now,
    )
    environment["SCHEDULER_EVENT_RETENTION_DAYS"] = "30"

    answer = run_scheduler(["worker", "--once", "--json"], environment)

    assert answer["retention"] == {"marked_count": 1, "unmarked_count": 0, "gone_count": 0}
    assert answer["erasures"] == {"erased_count": 0, "finished_count": 0, "failed_count": 0}
    expires_at = (await customer.stored()).events_expire_at
    assert expires_at is not None
    assert timedelta(0) <= now + timedelta(days=30) - expires_at < timedelta(milliseconds=1)


async def test_operator_erases_a_customer_and_the_audit_names_the_command_only(
    environment: Environment,
) -> None:
    organization, place = await a_company()
    rosa = await a_customer(updated(CUSTOMER, "email", EMAIL), *THROUGH_SUMMARY, place=place)
    await rosa.complete()

    command = ["personal-data", "erase", "--organization", organization.slug, "--json"]
    answer = run_scheduler([*command, "--email", EMAIL, "--phone", PHONE], environment)

    assert answer == {"status": "ERASED", "sessionCount": 1, "eventCount": 2, "bookingCount": 1}
    assert await traces(place) == []
    [record] = await AuditRecord.find({"organization_id": organization.id}).to_list()
    assert (record.mutation, record.api_key_name) == (
        "erasePersonalData",
        "scheduler personal-data erase",
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--organization", "harbor"], "--email: give an e-mail, a phone number or both"),
        (["--organization", "harbor", "--email", "x"], "--email: is not an e-mail address"),
        (["--organization", "nobody", "--email", "a@b.example"], "no organization with the slug"),
    ],
)
def test_command_that_names_nobody_ends_with_one_line(
    arguments: list[str], complaint: str, environment: Environment
) -> None:
    ended = subprocess.run(
        [SCHEDULER, "personal-data", "erase", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr
