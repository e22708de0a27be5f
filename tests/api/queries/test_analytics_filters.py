"""Every report under every filter, on the range itself and as what another one is compared with."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from app.api.ids import EntityType, encode_id
from app.api.schema import schema
from app.documents.booking_flow import BookingFlow
from app.documents.driver import Database
from app.domain.booking_session.context import (
    Device,
    DeviceType,
    RouteTaken,
    SessionContext,
    UtmParameters,
)
from app.domain.content import ContentConfig
from app.services.analytics import sources
from app.services.analytics.rollups import refresh_rollups
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.api.client import ApiClient
from tests.api.sessions import an_office
from tests.domain.booking_session.builders import NOW, STEPS, THROUGH_SUMMARY, ZIP, updated
from tests.services.analytics.histories import republish
from tests.services.booking_sessions.builders import Place, a_customer, a_place

FAR_AWAY = "99999"
DAY = timedelta(days=1)

COUNTS: dict[str, tuple[str, Callable[[Any], int]]] = {
    "overview": ("from current { startedCount }", lambda r: r["current"]["startedCount"]),
    "stepAbandonment": (
        "from rows { abandonmentCount }",
        lambda r: 2 * sum(row["abandonmentCount"] for row in r["rows"]),
    ),
    "progression": ("from rows { count }", lambda r: sum(row["count"] for row in r["rows"])),
    "funnel": (
        "from rows { stepType enteredCount }",
        lambda r: sum(x["enteredCount"] for x in r["rows"] if x["stepType"] == "ZIPCODE"),
    ),
    "breakdown": (
        "from rows { startedCount }",
        lambda r: sum(row["startedCount"] for row in r["rows"]),
    ),
    "fieldStatistics": (
        "from rows { updateCount }",
        lambda r: 2 * sum(row["updateCount"] for row in r["rows"]),
    ),
    "lostDemand": ("from lostCount", lambda r: 2 * r["lostCount"]),
    "vendorOutcome": ("from bookedCount", lambda r: 2 * r["bookedCount"]),
    "answerStatistics": ("from sessionCount", lambda r: 2 * r["sessionCount"]),
}
"""What each report selects, and the sessions it counts: of each kind one booked, one was lost."""


@dataclass(frozen=True)
class Kind:
    """Sessions that differ from the plain ones in one thing."""

    context: dict[str, Any] = field(default_factory=dict)
    place: str = "first"
    begins: timedelta = timedelta()


KINDS = {
    "plain": Kind(),
    "revision": Kind(place="second revision"),
    "flow": Kind(place="other flow"),
    "rule": Kind({"route": RouteTaken(rule_id="r1")}),
    "source": Kind({"utm": UtmParameters(source="google")}),
    "medium": Kind({"utm": UtmParameters(medium="cpc")}),
    "campaign": Kind({"utm": UtmParameters(campaign="spring")}),
    "mobile": Kind({"device": Device(type=DeviceType.MOBILE)}),
    "bot": Kind({"device": Device(type=DeviceType.BOT)}),
    "first millisecond": Kind(begins=-timedelta(hours=10)),
    "end": Kind(begins=timedelta(hours=14)),
}
TOO_EARLY_OR_LATE = {"end"}
EVERYTHING = KINDS.keys() - TOO_EARLY_OR_LATE
FIRST = {"bookingFlowId": "first"}
FILTERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing asked": ({}, EVERYTHING - {"bot"}),
    "null": ({"filter": {"utmSource": None, "revision": None}}, EVERYTHING - {"bot"}),
    "flow": (FIRST, EVERYTHING - {"bot", "flow"}),
    "revision": ({**FIRST, "filter": {"revision": 2}}, {"revision"}),
    "other revision": (
        {**FIRST, "filter": {"revision": 1}},
        EVERYTHING - {"bot", "flow", "revision"},
    ),
    "revision never published": ({**FIRST, "filter": {"revision": 3}}, set()),
    "rule": ({"filter": {"routingRuleId": "r1"}}, {"rule"}),
    "source": ({"filter": {"utmSource": "google"}}, {"source"}),
    "source in other letters": ({"filter": {"utmSource": "Google"}}, set()),
    "medium": ({"filter": {"utmMedium": "cpc"}}, {"medium"}),
    "campaign": ({"filter": {"utmCampaign": "spring"}}, {"campaign"}),
    "operator": ({"filter": {"utmCampaign": "$ne"}}, set()),
    "device": ({"filter": {"deviceType": "MOBILE"}}, {"mobile"}),
    "bots": ({"filter": {"deviceType": "BOT"}}, {"bot"}),
    "bots too": ({"filter": {"includeBots": True}}, EVERYTHING),
    "all at once": ({**FIRST, "filter": {"utmSource": "google", "deviceType": "MOBILE"}}, set()),
}  # fmt: skip


TYPES = {
    "range": "DateTimeRangeInput!",
    "comparedWith": "DateTimeRangeInput",
    "bookingFlowId": "ID!",
    "filter": "AnalyticsFilterInput",
}


@dataclass(frozen=True)
class Company:
    client: ApiClient
    places: dict[str, Place]

    def flow_id(self, place: str) -> str:
        return encode_id(EntityType.BOOKING_FLOW, self.places[place].flow.flow.booking_flow_id)

    async def ask(self, name: str, selection: str, arguments: dict[str, Any]) -> Any:
        """Return the report, whose flow is given as the name of a place."""
        answer = await self.client.execute(*self._operation(name, selection, arguments))
        assert "errors" not in answer, answer["errors"]
        return answer["data"]["analytics"][name]

    async def refusal(self, name: str, arguments: dict[str, Any]) -> list[tuple[str, str | None]]:
        """Return the codes of the errors and the arguments they name."""
        answer = await self.client.execute(*self._operation(name, "asOf", arguments))
        errors = [error["extensions"] for error in answer.get("errors", [])]
        return [(error["code"], error.get("argument")) for error in errors]

    def _operation(
        self, name: str, selection: str, arguments: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        given = {**arguments}
        if name == "answerStatistics":
            given = {**FIRST, **given}
        if "bookingFlowId" in given:
            given["bookingFlowId"] = self.flow_id(given["bookingFlowId"])
        declared = ", ".join(f"${each}: {TYPES[each]}" for each in given)
        passed = ", ".join(f"{each}: ${each}" for each in given)
        passed += ", groupBy: DAY" if name == "breakdown" else ""
        document = f"query ({declared}) {{ analytics {{ {name}({passed}) {{ {selection} }} }} }}"
        return document, given


def as_range(start: datetime, end: datetime) -> dict[str, str]:
    """Return a range as clients write it."""
    return {
        name: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for name, moment in (("from", start), ("to", end))
    }


AS_OF = NOW + 5 * DAY
BEGINS = NOW - timedelta(hours=10)
RANGE = as_range(BEGINS, BEGINS + DAY)
DAY_AFTER = as_range(BEGINS + DAY, BEGINS + 2 * DAY)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(database: Database) -> AsyncIterator[Company]:
    """Of each kind of session, one that booked and one that was lost at an unknown zip code."""
    office = await an_office()
    first, owner = office.place, office.place.organization_id
    second = await republish(first, steps=STEPS, revision=2)
    other = await a_place(organization_id=owner)
    for place, revisions in ((first, (first, second)), (other, (other,))):
        await BookingFlow(
            id=place.flow.flow.booking_flow_id,
            organization_id=owner,
            created_at=NOW,
            updated_at=NOW,
            content=ContentConfig(title="Book"),
            revision_ids=[each.revision_id for each in revisions],
        ).insert()
    places = {"first": first, "second revision": second, "other flow": other}
    for kind in KINDS.values():
        context, place = SessionContext(**kind.context), places[kind.place]
        moment = NOW + kind.begins
        booked = await a_customer(*THROUGH_SUMMARY, place=place, context=context, now=moment)
        await booked.complete(now=moment)
        lost = await a_customer(
            updated(ZIP, "zipcode", FAR_AWAY), place=place, context=context, now=moment
        )
        await abandon_session(
            AbandonSession(booking_session_id=lost.session_id), organization_id=owner, now=moment
        )
    office.client.now = AS_OF
    yield Company(office.client, places)


def kinds_counted(name: str, arguments: dict[str, Any], kinds: set[str]) -> int:
    """Return how many kinds a report counts; that on a graph is about one revision of a flow."""
    if name != "answerStatistics":
        return len(kinds)
    revision = (arguments.get("filter") or {}).get("revision") or 2
    return len(kinds & {"revision"} if revision == 2 else kinds - {"revision", "flow"})


@pytest.mark.parametrize("source", ["sessions", "rollups"])
@pytest.mark.parametrize("name", COUNTS)
async def test_every_filter_applies_to_every_report_and_to_what_it_is_compared_with(
    company: Company, monkeypatch: pytest.MonkeyPatch, name: str, source: str
) -> None:
    if source == "rollups":
        async for _ in refresh_rollups(company.places["first"].organization_id, now=AS_OF):
            pass
    else:
        monkeypatch.setattr(sources, "SHORTEST_RANGE", 1_000 * DAY)
    selection, count = COUNTS[name]
    found, expected = {}, {}
    for title, (arguments, kinds) in FILTERS.items():
        now = await company.ask(name, selection, {**arguments, "range": RANGE})
        later = await company.ask(
            name, f"{selection} previous {{ {selection_of_previous(name)} }}",
            {**arguments, "range": DAY_AFTER},
        )  # fmt: skip
        if title == "revision never published" and name == "answerStatistics":
            assert (now, later) == (None, None)
            continue
        previous = {"current": later["previous"]} if name == "overview" else later["previous"]
        number = 2 * kinds_counted(name, arguments, kinds)
        found[title] = count(now), count(previous), later["previous"]["from"]
        expected[title] = number, number, RANGE["from"]

    assert found == expected


def selection_of_previous(name: str) -> str:
    return "from startedCount" if name == "overview" else COUNTS[name][0]


def test_no_report_is_forgotten_here() -> None:
    fields = schema._schema.get_type("Analytics").fields  # type: ignore[union-attr]

    assert set(fields) == {*COUNTS, "eventFrequency"}
    shared = {"range", "bookingFlowId", "filter", "comparedWith"}
    for name in COUNTS:
        assert shared <= set(fields[name].args), name
        assert {"from", "to", "asOf", "previous"} <= set(named_type(fields[name]).fields), name


def named_type(of: Any) -> Any:
    return getattr(of.type, "of_type", of.type)


@pytest.mark.parametrize("name", COUNTS)
async def test_other_range_is_the_one_asked_for_under_the_same_filter(
    company: Company, name: str
) -> None:
    selection, count = COUNTS[name]
    arguments = {
        **FIRST,
        "range": as_range(NOW + 30 * DAY, NOW + 31 * DAY),
        "comparedWith": RANGE,
        "filter": {"revision": 1, "routingRuleId": "r1"},
    }

    report = await company.ask(
        name, f"asOf {selection} previous {{ {selection_of_previous(name)} }}", arguments
    )

    previous = {"current": report["previous"]} if name == "overview" else report["previous"]
    assert (count(report), count(previous)) == (0, 2)
    assert report["previous"]["from"] == RANGE["from"]
    assert report["asOf"] == "2026-11-25T15:00:00.000Z"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "reversed": ({"range": as_range(NOW, BEGINS)}, "range"),
    "from before 1900": ({"range": as_range(NOW.replace(year=1899), NOW)}, "range"),
    "to after 2200": ({"range": as_range(NOW, NOW.replace(year=2201))}, "range"),
    "reversed other range": ({"comparedWith": as_range(NOW, BEGINS)}, "comparedWith"),
    "other range out of time": (
        {"comparedWith": as_range(NOW.replace(year=1000), NOW)},
        "comparedWith",
    ),
    "revision without a flow": ({"filter": {"revision": 1}}, "filter"),
    "revision 0": ({**FIRST, "filter": {"revision": 0}}, "filter"),
}


@pytest.mark.parametrize("name", COUNTS)
async def test_what_cannot_be_meant_is_refused_by_every_report(company: Company, name: str) -> None:
    bad = dict(BAD)
    if name == "answerStatistics":
        del bad["revision without a flow"]  # It has no report without one.

    found = {
        title: await company.refusal(name, {"range": RANGE, **arguments})
        for title, (arguments, _) in bad.items()
    }

    assert found == {title: [("BAD_USER_INPUT", argument)] for title, (_, argument) in bad.items()}


@pytest.mark.parametrize("name", COUNTS)
async def test_longest_range_there_is_has_everything_and_nothing_before_it(
    company: Company, name: str
) -> None:
    selection, count = COUNTS[name]
    always = {"from": "1900-01-01T00:00:00.000Z", "to": "2200-01-01T00:00:00.000Z"}

    report = await company.ask(
        name, f"{selection} previous {{ {selection_of_previous(name)} }}", {"range": always}
    )

    previous = {"current": report["previous"]} if name == "overview" else report["previous"]
    kinds = {"revision"} if name == "answerStatistics" else KINDS.keys() - {"bot"}
    assert (count(report), count(previous)) == (2 * len(kinds), 0)
    assert report["previous"]["from"] == always["from"]
