"""`GET /exports/{name}`: with a key, and with a link."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from app.api.ids import EntityType, encode_id
from app.api.limits.points import PointsTable
from app.api.schema import schema
from app.domain.access import OrganizationCredential, Role
from app.domain.analytics.exports import (
    AnalyticsExportFormat,
    AnalyticsExportKind,
    ExportLink,
    ExportRequest,
)
from app.domain.analytics.scope import ReportScope
from app.domain.booking_session.context import SessionContext, UtmParameters
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.credentials import Authenticator
from app.services.exports.links import link_path
from app.services.organizations import create_api_key
from app.transport.capacity import Capacity
from app.transport.deadlines import OperationRunner
from app.transport.exports import export_routes
from app.transport.graphql_view import GraphQLEndpoint
from tests.api.client import SERVER
from tests.api.sessions import Office, an_office, organization_of
from tests.domain.booking_session.builders import (
    NOW,
    ROSA,
    SERVICE,
    THROUGH_SUMMARY,
    THROUGH_ZIP,
    ZIP,
    entered,
    failed,
    updated,
)
from tests.services.booking_sessions.builders import a_customer

pytestmark = pytest.mark.usefixtures("database")

RANGE = {"from": "2026-11-20T00:00:00.000Z", "to": "2026-11-21T00:00:00.000Z"}
AUTHENTICATOR = Authenticator(b"t" * 32)
PLACES = Capacity(2)
CAMPAIGN = '=HYPERLINK("http://evil.example")'
ENGLISH = SessionContext(
    url="https://harbor.example/?email=rosa@example.com",
    referrer="https://search.example/?q=rosa",
    utm=UtmParameters(source="google", campaign=CAMPAIGN),
    visitor_id="visitor-of-rosa",
    locale="en-US",
)


def a_server(places: Capacity) -> httpx.AsyncClient:
    endpoint = GraphQLEndpoint(
        schema=schema,
        authenticator=lambda: AUTHENTICATOR,
        public_url=SERVER,
        render_page=None,
        offers_introspection=True,
        points=PointsTable(0),
        capacity=Capacity(10),
        runner=OperationRunner(30),
    )
    app = Starlette(routes=export_routes(endpoint, places=places))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER)


class Visitor:
    """A client of the server with a key of an organization's analyst."""

    def __init__(self, office: Office, key: str, *, places: Capacity = PLACES) -> None:
        self.office = office
        self.http = a_server(places)
        self.key = key

    async def get(self, name: str, **query: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        return await self.http.get(f"/exports/{name}", params=query or RANGE, headers=headers)

    async def rows(self, name: str, **query: str) -> list[dict[str, Any]]:
        answer = await self.get(f"{name}.jsonl", **{**RANGE, **query})
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


async def a_visitor(office: Office) -> Visitor:
    owner = organization_of(office.client)
    _, key = await create_api_key(owner, name="reports", role=Role.ANALYST, now=NOW)
    credential = await AUTHENTICATOR.authenticate(key, now=NOW)
    assert isinstance(credential, OrganizationCredential)
    office.client.credential = credential
    return Visitor(office, key)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(database: object) -> AsyncIterator[Visitor]:
    """An analyst whose company lost one customer and booked another, Rosa."""
    office = await an_office()
    lost = await a_customer(*THROUGH_ZIP, entered(SERVICE), place=office.place, context=ENGLISH)
    await abandon_session(
        AbandonSession(booking_session_id=lost.session_id),
        organization_id=office.place.organization_id,
        now=NOW + timedelta(minutes=15),
    )
    booked = await a_customer(
        updated(ZIP, "zipcode", "01963"), failed(ZIP, "zipcode"), *THROUGH_SUMMARY,
        place=office.place, context=ENGLISH,
    )  # fmt: skip
    await booked.complete()
    yield await a_visitor(office)


REPORTS = {
    "step-abandonment": ("stepAbandonment", ""),
    "progression": ("progression", ""),
    "funnel": ("funnel", ""),
    "breakdown": ("breakdown", ", groupBy: UTM_SOURCE"),
    "field-statistics": ("fieldStatistics", ""),
    "lost-demand": ("lostDemand", ""),
}


@pytest.mark.parametrize("name", REPORTS)
async def test_rows_of_a_report_are_those_of_the_api(visitor: Visitor, name: str) -> None:
    field, arguments = REPORTS[name]
    given = {"groupBy": "UTM_SOURCE"} if arguments else {}

    lines = await visitor.rows(name, **given)
    table = list(
        csv.DictReader(io.StringIO((await visitor.get(f"{name}.csv", **RANGE, **given)).text))
    )

    assert [list(row)[-1] for row in (*lines, *table)] == ["asOf"] * 2 * len(lines)
    for row in (*lines, *table):
        del row["asOf"]
    columns = " ".join(table[0]) if table else "__typename"
    answered = await visitor.office.client.data(
        f"query ($range: DateTimeRangeInput!) {{ analytics {{ {field}(range: $range{arguments}) "
        f"{{ rows {{ {columns} }} }} }} }}",
        {"range": RANGE},
    )
    assert lines == answered["analytics"][field]["rows"]
    texts = [{k: "" if v is None else str(v) for k, v in row.items()} for row in lines]
    assert table == texts


async def test_every_row_of_a_report_says_when_it_was_made_and_the_header_does_without_rows(
    visitor: Visitor,
) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    some = await visitor.get("funnel.jsonl", **RANGE)
    none = await visitor.get("funnel.csv", **RANGE, utmSource="bing")
    outcome = await visitor.get("vendor-outcome.csv", **RANGE)

    told = {json.loads(line)["asOf"] for line in some.text.splitlines()}
    assert told == {some.headers["x-as-of"]}
    assert before <= datetime.fromisoformat(told.pop()) <= datetime.now(UTC)
    [columns] = csv.reader(io.StringIO(none.text))
    assert (columns[0], columns[-1], "x-as-of" in none.headers) == ("stepId", "asOf", True)
    # Its row is the report itself.
    assert outcome.text.splitlines()[0].split(",").count("asOf") == 1


async def test_sessions_say_what_became_of_them_and_nothing_about_whom(visitor: Visitor) -> None:
    rows = await visitor.rows("sessions")

    assert sorted(row["status"] for row in rows) == ["ABANDONED", "COMPLETED"]
    [lost] = [row for row in rows if row["status"] == "ABANDONED"]
    assert lost["abandonmentReason"] == "CUSTOMER"
    assert lost["dropOffStepId"] == visitor.office.step_id(SERVICE)
    assert (lost["stepsCompleted"], lost["totalSteps"], lost["furthestStepNumber"]) == (1, 6, 2)
    assert (lost["utmSource"], lost["device"]) == ("google", "UNKNOWN")
    assert lost["createdAt"] == "2026-11-20T15:00:00.000Z"


async def test_events_come_in_order_without_what_was_entered(visitor: Visitor) -> None:
    rows = await visitor.rows("events")

    sequences: dict[str, list[int]] = {}
    for row in rows:
        sequences.setdefault(row["bookingSessionId"], []).append(row["sequence"])
    assert sorted(len(each) for each in sequences.values()) == [4, 19]
    assert all(each == list(range(1, len(each) + 1)) for each in sequences.values())
    assert [row["field"] for row in rows if row["eventType"] == "FIELD_UPDATED"] == ["zipcode"]


@pytest.mark.parametrize("name", ["sessions", "events"])
async def test_no_personal_value_leaves_the_database(visitor: Visitor, name: str) -> None:
    text = (await visitor.get(f"{name}.csv", **RANGE)).text
    text += (await visitor.get(f"{name}.jsonl", **RANGE)).text

    entered_values = [ROSA["firstName"], ROSA["lastName"], ROSA["phone"][-10:], "Cliff", "01963"]
    from_the_page = ["rosa", "visitor-of", "search.example", "must be"]
    assert [each for each in (*entered_values, *from_the_page) if each in text] == []


async def test_campaign_that_is_a_formula_is_text_in_csv_and_itself_in_json(
    visitor: Visitor,
) -> None:
    table = csv.DictReader(io.StringIO((await visitor.get("sessions.csv", **RANGE)).text))

    assert {row["utmCampaign"] for row in table} == {"'" + CAMPAIGN}
    assert {row["utmCampaign"] for row in await visitor.rows("sessions")} == {CAMPAIGN}


async def test_filter_stands_in_the_address(visitor: Visitor) -> None:
    assert await visitor.rows("sessions", utmSource="bing") == []
    assert len(await visitor.rows("sessions", utmSource="google", includeBots="true")) == 2


async def test_file_is_to_be_saved_and_never_kept_in_between(visitor: Visitor) -> None:
    answer = await visitor.get("step-abandonment.csv")

    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="step-abandonment-2026-11-20-2026-11-21.csv"'
    )


@pytest.mark.parametrize(
    ("name", "changes", "status", "code", "argument"),
    [
        ("sessions.csv", {"to": "2026-11-19T00:00:00Z"}, 400, "BAD_USER_INPUT", "range"),
        ("sessions.csv", {"from": "0001-01-01T00:00:00Z"}, 400, "BAD_USER_INPUT", "range"),
        ("funnel.csv", {"from": "yesterday"}, 400, "BAD_USER_INPUT", None),
        ("funnel.csv", {"timeZone": "Mars/Base"}, 400, "BAD_USER_INPUT", "timeZone"),
        ("funnel.csv", {"groupBy": "DAY"}, 400, "BAD_USER_INPUT", "groupBy"),
        ("breakdown.csv", {}, 400, "BAD_USER_INPUT", "groupBy"),
        ("breakdown.csv", {"groupBy": "MOON"}, 400, "BAD_USER_INPUT", None),
        ("node-statistics.csv", {}, 400, "BAD_USER_INPUT", "bookingFlowId"),
        ("sessions.csv", {"revision": "1"}, 400, "BAD_USER_INPUT", "filter"),
        ("sessions.csv", {"revision": "one"}, 400, "BAD_USER_INPUT", "revision"),
        ("sessions.csv", {"kind": "EVENTS"}, 400, "BAD_USER_INPUT", "kind"),
        ("sessions.csv", {"moon": "full"}, 400, "BAD_USER_INPUT", "moon"),
        ("sessions.csv", {"utmCampaign": "x" * 3_000}, 400, "BAD_USER_INPUT", "filter"),
        ("sessions.xls", {}, 404, "NOT_FOUND", None),
        ("SESSIONS.csv", {}, 404, "NOT_FOUND", None),
    ],
)  # fmt: skip
async def test_refusal_is_json_with_the_code_of_the_reports(
    visitor: Visitor,
    *,
    name: str,
    changes: dict[str, str],
    status: int,
    code: str,
    argument: str | None,
) -> None:
    answer = await visitor.get(name, **{**RANGE, **changes})

    extensions = answer.json()["errors"][0]["extensions"]
    assert (answer.status_code, extensions["code"]) == (status, code)
    assert extensions.get("argument") == argument


async def test_flow_of_another_organization_has_no_rows(visitor: Visitor) -> None:
    stranger = await a_visitor(await an_office("Stranger"))
    flow_id = encode_id(EntityType.BOOKING_FLOW, visitor.office.place.flow.flow.booking_flow_id)

    assert await stranger.rows("sessions") == []
    assert await stranger.rows("sessions", bookingFlowId=flow_id) == []
    assert await stranger.rows("funnel", bookingFlowId=flow_id) == []
    assert await stranger.rows("node-statistics", bookingFlowId=flow_id) == []


async def test_only_analysts_are_let_in(visitor: Visitor) -> None:
    session = AUTHENTICATOR.session_token(
        organization_id=visitor.office.place.organization_id, booking_session_id="a" * 24
    )
    codes = []
    for token in (None, "wsk_unknown", session):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = await visitor.http.get("/exports/sessions.csv", params=RANGE, headers=headers)
        codes.append((answer.status_code, answer.json()["errors"][0]["extensions"]["code"]))

    assert codes == [(401, "UNAUTHENTICATED"), (401, "UNAUTHENTICATED"), (403, "FORBIDDEN")]


EXPORT = """
query ($range: DateTimeRangeInput!) {
  exportAnalytics(kind: SESSIONS, range: $range, filter: { utmSource: "google" }) {
    expiresAt files { format contentType url }
  }
}
"""


async def test_link_opens_its_file_without_a_key(visitor: Visitor) -> None:
    now = datetime.now(UTC)
    visitor.office.client.now = now
    export = (await visitor.office.client.data(EXPORT, {"range": RANGE}))["exportAnalytics"]

    files = {file["format"]: file for file in export["files"]}
    answer = await visitor.http.get(files["JSON_LINES"]["url"])

    assert files.keys() == {"CSV", "JSON_LINES"}
    assert export["expiresAt"] == (now + timedelta(minutes=10)).isoformat(
        timespec="milliseconds"
    ).replace("+00:00", "Z")
    assert answer.headers["content-type"] == files["JSON_LINES"]["contentType"]
    assert len(answer.text.splitlines()) == 2


async def test_link_opens_nothing_else(visitor: Visitor) -> None:
    visitor.office.client.now = datetime.now(UTC)
    export = (await visitor.office.client.data(EXPORT, {"range": RANGE}))["exportAnalytics"]
    url = export["files"][0]["url"]
    last = "A" if url[-5] != "A" else "B"

    for changed in (
        url.replace("sessions.csv", "events.csv"),
        url.replace("sessions.csv", "sessions.jsonl"),
        url[:-5] + last + url[-4:],
        url[:60],
    ):
        answer = await visitor.http.get(changed)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_link_ends_with_its_time(visitor: Visitor) -> None:
    scope = ReportScope(
        organization_id=visitor.office.place.organization_id, created_from=NOW, created_to=NOW
    )
    link = ExportLink(
        request=ExportRequest(kind=AnalyticsExportKind.FUNNEL, scope=scope),
        credential=OrganizationCredential(
            organization_id=scope.organization_id, api_key_id="a" * 24, role=Role.ANALYST
        ),
        expires_at=datetime.now(UTC),
    )
    path = link_path(link, AnalyticsExportFormat.CSV, codec=AUTHENTICATOR.cursors)

    answer = await visitor.http.get(path)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "EXPIRED"


async def test_no_more_exports_run_than_there_are_places(visitor: Visitor) -> None:
    places = Capacity(1)
    busy = Visitor(visitor.office, visitor.key, places=places)
    with places.place():
        refused = await busy.get("funnel.csv")

    assert refused.status_code == 503
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert "retry-after" in refused.headers
    for _ in range(2):
        assert (await busy.get("funnel.csv")).status_code == 200


async def test_head_makes_no_file(visitor: Visitor) -> None:
    headers = {"Authorization": f"Bearer {visitor.key}"}
    answer = await visitor.http.head("/exports/sessions.csv", params=RANGE, headers=headers)

    assert (answer.status_code, answer.content) == (200, b"")
    assert "sessions-2026" in answer.headers["content-disposition"]
    assert "x-as-of" in answer.headers
