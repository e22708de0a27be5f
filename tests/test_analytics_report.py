"""`scheduler analytics report`: the numbers of the API, in JSON, on a page and in the terminal."""

import json
import os
import re
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from click.testing import CliRunner

from app.api.ids import EntityType, encode_id
from app.cli import main
from app.documents.booking_flow import BookingFlow
from app.documents.driver import Database
from app.documents.organization import Organization
from app.domain.booking_session.context import SessionContext, UtmParameters
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.api.sessions import Office, an_office
from tests.domain.booking_session.builders import (
    NOW,
    SERVICE,
    THROUGH_SUMMARY,
    THROUGH_ZIP,
    entered,
)
from tests.running_server import SCHEDULER
from tests.services.booking_sessions.builders import a_customer

EVIL = "<script>pwned=1</script>"
NOVEMBER = ("--from", "2026-11-01", "--to", "2026-12-01")
RANGE = {"from": "2026-11-01T00:00:00.000Z", "to": "2026-12-01T00:00:00.000Z"}
NUMBERS = """
query ($range: DateTimeRangeInput!, $flow: ID!) {
  analytics {
    days: breakdown(range: $range, groupBy: DAY, timeZone: "America/New_York") {
      rows { key startedCount completedCount abandonedCount activeCount conversionRate }
    }
    campaigns: breakdown(range: $range, groupBy: UTM_CAMPAIGN) {
      rows { key startedCount completedCount abandonedCount activeCount conversionRate }
    }
    funnel(range: $range, bookingFlowId: $flow) {
      rows {
        stepId stepName stepType enteredCount completedCount droppedCount activeCount timedCount
        medianTimeMs p90TimeMs
      }
    }
  }
}
"""


@dataclass(frozen=True)
class Company:
    """An organization whose sessions are reported on, and how the command finds it."""

    office: Office
    slug: str
    environment: dict[str, str]

    def report(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [SCHEDULER, "analytics", "report", "--organization", self.slug, *arguments]
        return subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(database: Database, database_uri: str) -> AsyncIterator[Company]:
    office = await an_office("Harbor")
    flow = office.place.flow.flow
    await BookingFlow(
        id=flow.booking_flow_id,
        organization_id=office.place.organization_id,
        content=flow.content,
        created_at=NOW,
        updated_at=NOW,
    ).insert()
    context = SessionContext(utm=UtmParameters(campaign=EVIL))
    lost = await a_customer(*THROUGH_ZIP, entered(SERVICE), place=office.place, context=context)
    await abandon_session(
        AbandonSession(booking_session_id=lost.session_id),
        organization_id=office.place.organization_id,
        now=NOW,
    )
    await (await a_customer(*THROUGH_SUMMARY, place=office.place)).complete()
    organization = await Organization.get(office.place.organization_id)
    assert organization is not None
    others = {k: v for k, v in os.environ.items() if not k.startswith("SCHEDULER_")}
    yield Company(
        office,
        organization.slug,
        {
            **others,
            "SCHEDULER_MONGODB_URI": database_uri,
            "SCHEDULER_DATABASE_NAME": database.name,
            "COLUMNS": "140",
        },
    )


async def numbers_of_the_api(company: Company) -> Any:
    flow_id = encode_id(EntityType.BOOKING_FLOW, company.office.place.flow.flow.booking_flow_id)
    variables = {"range": RANGE, "flow": flow_id}
    return (await company.office.client.data(NUMBERS, variables))["analytics"]


async def test_page_and_json_have_the_numbers_of_the_api(company: Company, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    november = ("--from", "2026-10-31T20:00", "--to", "2026-11-30T19:00")

    done = company.report(
        *november, "--time-zone", "America/New_York", "--html", str(page), "--json"
    )

    assert done.returncode == 0, done.stderr
    reported, expected = json.loads(done.stdout), await numbers_of_the_api(company)
    [funnel] = reported["funnels"]
    assert reported["days"] == expected["days"]["rows"]
    assert funnel["rows"] == expected["funnel"]["rows"]
    [campaigns] = [each for each in reported["breakdowns"] if each["title"] == "Campaign"]
    assert campaigns["rows"] == expected["campaigns"]["rows"]
    shown = re.findall(r"(\d+) entered<", page.read_text())
    assert shown == [str(row["enteredCount"]) for row in expected["funnel"]["rows"]]


def test_page_and_terminal_show_names_as_text(company: Company, tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    done = company.report(*NOVEMBER, "--html", str(page))

    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert EVIL not in text
    assert "&lt;script&gt;pwned=1&lt;/script&gt;" in text
    assert re.findall(r"(?:src|href|url)\s*[=(]", text) == []
    assert EVIL in done.stdout
    assert "█" in done.stdout
    for title in ("Day by day", "The way through", "By campaign", "How far they came"):
        assert title in done.stdout


def test_time_without_sessions_is_no_error(company: Company, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    nothing = ("--from", "2020-01-01", "--to", "2020-02-01")

    done = company.report(*nothing, "--html", str(page))

    assert done.returncode == 0, done.stderr
    assert "No sessions began" in done.stdout
    assert "None began in this time." in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--from", "2026-12-01", "--to", "2026-11-01"], "--from, --to"),
        (["--from", "1066-10-14", "--to", "2026-11-01"], "1900"),
        (["--time-zone", "Mars/Base"], "--time-zone"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(arguments: list[str], complaint: str) -> None:
    done = CliRunner().invoke(main, ["analytics", "report", "--organization", "x", *arguments])

    assert done.exit_code == 1
    assert complaint in done.output
    assert len(done.output.splitlines()) == 1


def test_flow_of_another_organization_is_refused_in_one_line(company: Company) -> None:
    done = company.report("--flow", encode_id(EntityType.BOOKING_FLOW, "b" * 24))

    assert done.returncode == 1
    assert "no flow" in done.stderr
    assert len(done.stderr.splitlines()) == 1
