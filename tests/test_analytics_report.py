"""`scheduler analytics report`: the numbers of the API, in JSON, on a page and in the terminal."""

import json
import os
import re
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from click.testing import CliRunner

from app.api.analytics.reports import ReportRequest
from app.api.analytics.session_types import OverviewReport
from app.api.ids import EntityType, encode_id
from app.cli import main
from app.cli.analytics import report
from app.cli.analytics_scope import ScopeOptions, read_request
from app.documents.booking_flow import BookingFlow
from app.documents.driver import Database
from app.documents.organization import Organization
from app.domain.booking_session.context import (
    Device,
    DeviceType,
    RouteTaken,
    SessionContext,
    UtmParameters,
)
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
      rows {
        key startedCount completedCount abandonedCount activeCount conversionRate endedCount
        endedConversionRate
      }
    }
    campaigns: breakdown(range: $range, groupBy: UTM_CAMPAIGN) {
      rows {
        key startedCount completedCount abandonedCount activeCount conversionRate endedCount
        endedConversionRate
      }
    }
    funnel(range: $range, bookingFlowId: $flow) {
      rows {
        stepId stepName stepType enteredCount completedCount droppedCount activeCount timedCount
        medianTimeMs p90TimeMs
      }
    }
    answerStatistics(range: $range, bookingFlowId: $flow) {
      revision stepId sessionCount
      nodes { nodeId type reachedCount chosenCount bookedCount chosenRate bookedRate }
    }
    vendorOutcome(range: $range) { bookedCount knownCount jobRate previous { bookedCount } }
  }
}
"""


@dataclass(frozen=True)
class Company:
    """An organization whose sessions are reported on, and how the command finds it."""

    office: Office
    slug: str
    environment: dict[str, str]

    @property
    def flow_id(self) -> str:
        """The global id of the flow."""
        return encode_id(EntityType.BOOKING_FLOW, self.office.place.flow.flow.booking_flow_id)

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
        revision_ids=[office.place.revision_id],
    ).insert()
    context = SessionContext(
        utm=UtmParameters(campaign=EVIL, source="google", medium="cpc"),
        route=RouteTaken(rule_id="r1"),
        device=Device(type=DeviceType.MOBILE),
    )
    await a_customer(place=office.place, context=SessionContext(device=Device(type=DeviceType.BOT)))
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
    variables = {"range": RANGE, "flow": company.flow_id}
    return (await company.office.client.data(NUMBERS, variables))["analytics"]


async def test_page_and_json_have_the_numbers_of_the_api(company: Company, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    november = ("--from", "2026-10-31T20:00", "--to", "2026-11-30T19:00")

    done = company.report(
        *november, "--time-zone", "America/New_York", "--html", str(page), "--json"
    )

    assert done.returncode == 0, done.stderr
    reported, expected = json.loads(done.stdout), await numbers_of_the_api(company)
    [flow] = reported["flows"]
    assert reported["days"]["rows"] == expected["days"]["rows"]
    assert flow["funnel"]["rows"] == expected["funnel"]["rows"]
    [campaigns] = [each for each in reported["breakdowns"] if each["title"] == "Campaign"]
    assert campaigns["rows"] == expected["campaigns"]["rows"]
    for name, answered in expected["answerStatistics"].items():
        assert flow["answerStatistics"][name] == answered
    assert reported["vendorOutcome"]["bookedCount"] == 1
    assert reported["vendorOutcome"]["previous"]["bookedCount"] == 0
    text = page.read_text()
    shown = re.findall(r"(\d+) entered<", text)
    assert shown == [str(row["enteredCount"]) for row in expected["funnel"]["rows"]]
    [root, *_] = expected["answerStatistics"]["nodes"]
    assert f">{root['chosenCount']} of {root['reachedCount']}, " in text


def test_page_and_terminal_show_names_as_text(company: Company, tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    done = company.report(*NOVEMBER, "--html", str(page))

    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert EVIL not in text
    assert "&lt;script&gt;pwned=1&lt;/script&gt;" in text
    assert re.findall(r"(?:src|url)\s*[=(]|href=\"[^#]", text) == []
    assert EVIL in done.stdout
    assert "█" in done.stdout
    titles = (
        "Day by day", "The way through", "What customers choose", "By campaign",
        "What became of the bookings", "How far they came",
    )  # fmt: skip
    assert [title for title in titles if title not in done.stdout] == []


def test_time_without_sessions_is_no_error(company: Company, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    nothing = ("--from", "2020-01-01", "--to", "2020-02-01")

    done = company.report(*nothing, "--html", str(page))

    assert done.returncode == 0, done.stderr
    assert "No sessions began" in done.stdout
    assert "None began in this time." in page.read_text()


async def request_of(company: Company, *arguments: str) -> ReportRequest:
    """Return what the command makes of its arguments."""
    given = [each.format(flow=company.flow_id) for each in arguments]
    context = report.make_context("report", ["--organization", company.slug, *given])
    options: Any = {k: v for k, v in context.params.items() if k in ScopeOptions.__annotations__}
    return await read_request(company.office.place.organization_id, options, now=NOW)


FLOW = ("--booking-flow-id", "{flow}")


@pytest.mark.parametrize(
    ("arguments", "started"),
    [
        ((), 2),
        (FLOW, 2),
        ((*FLOW, "--revision", "1"), 2),
        ((*FLOW, "--revision", "2"), 0),
        (("--routing-rule-id", "r1"), 1),
        (("--utm-source", "google"), 1),
        (("--utm-medium", "cpc"), 1),
        (("--utm-campaign", EVIL), 1),
        (("--device-type", "mobile"), 1),
        (("--device-type", "BOT"), 1),
        (("--include-bots",), 3),
        (("--utm-source", "bing", "--include-bots"), 0),
    ],
)
async def test_sessions_are_those_the_options_ask_for(
    company: Company, arguments: tuple[str, ...], started: int
) -> None:
    other = ("--from", "2026-12-01", "--to", "2026-12-02", "--compared-with", *NOVEMBER[1::2])

    now = await OverviewReport.load(await request_of(company, *NOVEMBER, *arguments))
    later = await OverviewReport.load(await request_of(company, *other, *arguments))
    before = await later.previous()

    assert (now.current.started_count, before.started_count) == (started, started)
    assert (before.from_, before.to) == (now.from_, now.to)


async def test_as_many_days_of_the_zone_are_compared_though_the_clocks_change(
    company: Company,
) -> None:
    request = await request_of(company, *NOVEMBER, "--time-zone", "America/New_York")

    before = request.previous().scope
    assert before.created_from == datetime(2026, 10, 2, 4, tzinfo=UTC)
    assert before.created_to == datetime(2026, 11, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--from", "2026-12-01", "--to", "2026-11-01"], "--from, --to"),
        (["--from", "1066-10-14", "--to", "2026-11-01"], "1900"),
        (["--from", "2026-11-01", "--to", "2201-01-01"], "2200"),
        (["--from", "0001-01-01", "--time-zone", "Asia/Tokyo"], "--from, --to"),
        (["--compared-with", "2026-12-01", "2026-11-01"], "--compared-with"),
        (["--compared-with", "0001-01-01", "2026-11-01"], "--compared-with"),
        (["--time-zone", "Mars/Base"], "--time-zone"),
        (["--time-zone", "../../etc/passwd"], "--time-zone"),
        (["--revision", "1"], "--revision needs --booking-flow-id"),
        (["--utm-source", "\udcff"], "--utm-source"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(arguments: list[str], complaint: str) -> None:
    done = CliRunner().invoke(main, ["analytics", "report", "--organization", "x", *arguments])

    assert done.exit_code == 1
    assert complaint in done.output
    assert len(done.output.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "yesterday"],
        ["--revision", "0"],
        ["--revision", "99999999999999999999"],
        ["--device-type", "TOASTER"],
        ["--compared-with", "2026-11-01"],
    ],
)
def test_what_is_no_value_of_an_option_is_refused_with_the_option(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["analytics", "report", "--organization", "x", *arguments])

    assert done.exit_code == 2
    assert arguments[0] in done.output


def test_longest_range_there_is_is_shown(company: Company, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    always = ("--from", "1900-01-01", "--to", "2200-01-01", "--html", str(page))

    done = company.report(*always)

    assert done.returncode == 0, done.stderr
    assert "Most started on 20 Nov 2026, 2." in page.read_text()


def test_page_that_cannot_be_written_is_said_in_one_line(company: Company, tmp_path: Path) -> None:
    done = company.report(*NOVEMBER, "--html", str(tmp_path / "nowhere" / "report.html"))

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "--html" in done.stderr


def test_flow_of_another_organization_is_refused_in_one_line(company: Company) -> None:
    done = company.report("--flow", encode_id(EntityType.BOOKING_FLOW, "b" * 24))

    assert done.returncode == 1
    assert "no flow" in done.stderr
    assert len(done.stderr.splitlines()) == 1
