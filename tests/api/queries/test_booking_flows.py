"""Listing flows."""

import math
from collections import Counter
from typing import Any

import pytest

from app.documents.booking_flow import BookingFlow
from app.documents.driver import CommandCounter, Database
from tests.api.client import ApiClient, an_anonymous_client, an_organization
from tests.api.flows import a_flow, flow_id
from tests.api.site import PAGE, a_site, an_author
from tests.contract.journey import load_operations

DASHBOARD = load_operations("admin.graphql")["FlowDashboard"]
TITLES = """query ($filter: BookingFlowFilter, $orderBy: BookingFlowOrder! = TITLE_ASC) {
  bookingFlows(filter: $filter, orderBy: $orderBy) { totalCount nodes { content { title } } }
}"""


async def titles(client: ApiClient, **variables: Any) -> list[str]:
    flows = (await client.data(TITLES, variables))["bookingFlows"]
    found = [flow["content"]["title"] for flow in flows["nodes"]]
    assert flows["totalCount"] == len(found)
    return found


async def an_organization_with_flows(count: int) -> ApiClient:
    client = await an_organization()
    for number in range(count):
        await a_flow(an_author(client), title=f"Flow {number:02}")
    return client


async def test_dashboard_shows_flows_with_their_steps_graphs_and_problems(
    database: Database,
) -> None:
    client = await an_organization_with_flows(1)

    data = await client.data(DASHBOARD, {"first": 5})

    (edge,) = data["bookingFlows"]["edges"]
    flow = edge["node"]
    assert (flow["version"], flow["revision"], flow["status"]) == (1, None, "DRAFT")
    assert [(p["code"], p["severity"], p["nodeIds"]) for p in flow["problems"]] == [
        ("SERVICE_NOT_SYNCED", "WARNING", ["s"])
    ]
    zipcode, selection, summary = flow["steps"]
    assert zipcode["typeConfig"]["serviceAreas"][0]["zipcodes"] == ["01901"]
    question, answer, service = selection["typeConfig"]["nodes"]
    assert question["question"]["questionContent"]["title"] == "What?"
    assert [each["__typename"] for each in question["question"]["answers"]] == [
        "PlainTextAnswer",
        "ServiceReferenceAnswer",
    ]
    assert answer["category"]["title"] == "Category of Flow 00"
    assert service["service"]["serviceContent"]["title"] == "Service of Flow 00"
    assert summary["stepType"] == "SUMMARY"


async def test_fifty_flows_cost_the_commands_of_five_but_for_one_per_further_hundred_ids(
    database: Database, command_counter: CommandCounter
) -> None:
    few, many = await an_organization_with_flows(5), await an_organization_with_flows(50)

    with command_counter.counting() as for_few:
        await few.data(DASHBOARD, {"first": 50})
    with command_counter.counting() as for_many:
        data = await many.data(DASHBOARD, {"first": 50})

    assert len(data["bookingFlows"]["edges"]) == 50
    commands = Counter(for_few)
    assert set(commands.values()) == {1}
    commands["find booking_flow_steps"] = math.ceil(50 * 3 / 100)
    assert Counter(for_many) == commands


async def test_pages_follow_each_other_in_both_directions(database: Database) -> None:
    client = await an_organization_with_flows(3)
    page = """query ($first: Int, $after: String, $last: Int, $before: String) {
      bookingFlows(first: $first, after: $after, last: $last, before: $before, orderBy: TITLE_ASC) {
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { content { title } }
      }
    }"""

    async def read(**variables: Any) -> tuple[list[str], dict[str, Any]]:
        flows = (await client.data(page, variables))["bookingFlows"]
        return [flow["content"]["title"] for flow in flows["nodes"]], flows["pageInfo"]

    first, info = await read(first=2)
    second, info = await read(first=2, after=info["endCursor"])
    back, _ = await read(last=1, before=info["startCursor"])

    assert (first, second, back) == (["Flow 00", "Flow 01"], ["Flow 02"], ["Flow 01"])
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, True)


async def test_search_takes_every_character_as_itself(database: Database) -> None:
    client = await an_organization()
    for title in ("Heat (gas)", "heat pumps", "100% .* off", "$where"):
        await a_flow(an_author(client), title=title, steps=())

    async def search(text: str) -> list[str]:
        return await titles(client, filter={"search": text})

    assert await search("HEAT") == ["Heat (gas)", "heat pumps"]
    assert await search("(gas") == ["Heat (gas)"]
    assert await search(".*") == ["100% .* off"]
    assert await search("$where") == ["$where"]
    assert await search(" ") == ["$where", "100% .* off", "Heat (gas)", "heat pumps"]


@pytest.mark.parametrize("search", ["a\0b", "x" * 201])
async def test_search_that_cannot_match_is_refused(database: Database, search: str) -> None:
    client = await an_organization()

    answer = await client.execute(TITLES, {"filter": {"search": search}})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_deleted_flows_are_listed_only_when_they_are_asked_for(database: Database) -> None:
    client = await an_organization()
    await a_flow(an_author(client), title="Kept", steps=())
    gone = await a_flow(an_author(client), title="Gone", steps=())
    await BookingFlow.find_one({"_id": gone.id}).update({"$set": {"status": "deleted"}})

    assert await titles(client) == ["Kept"]
    assert await titles(client, filter={"status": "DRAFT"}) == ["Kept"]
    assert await titles(client, filter={"status": ["DELETED"]}) == ["Gone"]
    single = "query ($id: ID!, $all: Boolean) { bookingFlow(id: $id, includeDeleted: $all) { id } }"
    assert await client.data(single, {"id": flow_id(gone), "all": False}) == {"bookingFlow": None}
    assert await client.data(single, {"id": flow_id(gone), "all": True}) == {
        "bookingFlow": {"id": flow_id(gone)}
    }


async def test_another_organization_sees_nothing(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Other")
    flow = await a_flow(an_author(client), steps=())

    assert await titles(stranger) == []
    for sent in (flow_id(flow), "nonsense"):
        assert await stranger.data(
            "query ($id: ID!) { bookingFlow(id: $id) { id } }", {"id": sent}
        ) == {"bookingFlow": None}


@pytest.mark.parametrize(
    "selection",
    [
        "problems { code }",
        "revisions { totalCount }",
        "usedBy { schedulerConfigs { publishableKey } }",
        "diff(from: 1) { contentFields }",
    ],
)
async def test_widget_is_not_told_what_concerns_editors(database: Database, selection: str) -> None:
    site = await a_site()
    query = f"""query ($key: String!, $context: RoutingContextInput!) {{
      scheduler(publishableKey: $key) {{ bookingFlow(context: $context) {{ {selection} }} }}
    }}"""
    variables = {"key": site.config.publishable_key, "context": {"url": PAGE}}

    answer = await an_anonymous_client().execute(query, variables)

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
