"""Publishing, rolling back and unpublishing flows."""

import asyncio
from collections import Counter
from typing import Any

from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_service import BookingService
from app.documents.driver import Database
from tests.api.client import ApiClient, an_organization
from tests.api.flows import SUMMARY_STEP, a_flow, flow_id
from tests.api.site import an_author
from tests.contract.journey import load_operations

OPERATIONS = load_operations("admin.graphql")
ROLLBACK = """mutation ($input: RollbackBookingFlowInput!) {
  rollbackBookingFlow(input: $input) {
    bookingFlow { version revision status content { title } }
    problems { code severity }
    userErrors { code path }
  }
}"""
UNPUBLISH = """mutation ($input: UnpublishBookingFlowInput!) {
  unpublishBookingFlow(input: $input) {
    bookingFlow { version revision status } userErrors { code path }
  }
}"""
DRAFT = """query ($id: ID!, $revision: Int) { bookingFlow(id: $id, revision: $revision) {
  revision status content { title } steps { ... on BookingFlowStepBase { id stepConfig { title } } }
} }"""


async def publish(client: ApiClient, flow: str, version: int) -> Any:
    variables = {"input": {"id": flow, "expectedVersion": version}}
    return (await client.data(OPERATIONS["PublishBookingFlow"], variables))["publishBookingFlow"]


async def rename(client: ApiClient, flow: str, version: int, title: str) -> None:
    variables = {"input": {"id": flow, "expectedVersion": version, "content": {"title": title}}}
    data = await client.data(OPERATIONS["UpdateBookingFlow"], variables)
    assert data["updateBookingFlow"]["userErrors"] == []


async def read(client: ApiClient, flow: str, revision: int | None = None) -> Any:
    return (await client.data(DRAFT, {"id": flow, "revision": revision}))["bookingFlow"]


async def a_flow_published_twice() -> tuple[ApiClient, str]:
    """Return a flow whose revision 1 is called First, revision 2 Second; its version is 5."""
    client = await an_organization()
    flow = flow_id(await a_flow(an_author(client), title="First"))
    await publish(client, flow, 1)
    await rename(client, flow, 2, "Second")
    await publish(client, flow, 3)
    await rename(client, flow, 4, "Draft")
    return client, flow


async def test_revisions_are_listed_newest_first_as_they_were(database: Database) -> None:
    client, flow = await a_flow_published_twice()

    data = await client.data(OPERATIONS["FlowRevisions"], {"id": flow})

    revisions = data["bookingFlow"]["revisions"]["nodes"]
    shown = [(r["revision"], r["bookingFlow"]["content"]["title"]) for r in revisions]
    assert shown == [(2, "Second"), (1, "First")]
    assert [r["bookingFlow"]["revision"] for r in revisions] == [2, 1]
    assert {r["bookingFlow"]["id"] for r in revisions} == {flow}


async def test_revisions_are_paged_in_both_directions(database: Database) -> None:
    client, flow = await a_flow_published_twice()
    page = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      bookingFlow(id: $id) {
        revisions(first: $first, after: $after, last: $last, before: $before) {
          totalCount nodes { revision }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }"""

    async def read_page(**variables: Any) -> tuple[list[int], Any]:
        found = (await client.data(page, {"id": flow, **variables}))["bookingFlow"]["revisions"]
        assert found["totalCount"] == 2
        return [node["revision"] for node in found["nodes"]], found["pageInfo"]

    newest, info = await read_page(first=1)
    assert (newest, info["hasNextPage"], info["hasPreviousPage"]) == ([2], True, False)
    oldest, info = await read_page(first=1, after=info["endCursor"])
    assert (oldest, info["hasNextPage"], info["hasPreviousPage"]) == ([1], False, True)
    back, info = await read_page(last=1, before=info["startCursor"])
    assert (back, info["hasNextPage"], info["hasPreviousPage"]) == ([2], True, False)


async def test_old_revision_is_read_as_it_was_and_unknown_ones_are_null(database: Database) -> None:
    client, flow = await a_flow_published_twice()

    first = await read(client, flow, 1)

    assert (first["content"]["title"], first["revision"]) == ("First", 1)
    assert [step["stepConfig"]["title"] for step in first["steps"]] == [
        "Where?",
        "What do you need?",
        "Check",
    ]
    assert await read(client, flow, 3) is None
    assert await read(client, flow, 0) is None


async def test_rollback_publishes_the_old_content_and_makes_it_the_draft(
    database: Database,
) -> None:
    client, flow = await a_flow_published_twice()

    data = await client.data(ROLLBACK, {"input": {"id": flow, "expectedVersion": 5, "revision": 1}})

    payload = data["rollbackBookingFlow"]
    assert payload["userErrors"] == []
    assert payload["bookingFlow"] == {
        "version": 6,
        "revision": 3,
        "status": "PUBLISHED",
        "content": {"title": "First"},
    }
    first, draft = await read(client, flow, 1), await read(client, flow)
    assert draft["steps"] == first["steps"]
    assert (await read(client, flow, 3))["content"] == {"title": "First"}


async def test_rollback_brings_removed_steps_back_under_their_ids(database: Database) -> None:
    client, flow = await a_flow_published_twice()
    steps = {"id": flow, "expectedVersion": 5, "steps": []}
    await client.data(OPERATIONS["UpdateBookingFlow"], {"input": steps})

    for version in (6, 7):
        data = await client.data(
            ROLLBACK, {"input": {"id": flow, "expectedVersion": version, "revision": 2}}
        )
        assert data["rollbackBookingFlow"]["userErrors"] == []

    assert (await read(client, flow))["steps"] == (await read(client, flow, 2))["steps"]


async def test_rollback_to_what_no_longer_exists_is_refused_with_the_problems(
    database: Database,
) -> None:
    client, flow = await a_flow_published_twice()
    await BookingService.find_all().delete()

    data = await client.data(ROLLBACK, {"input": {"id": flow, "expectedVersion": 5, "revision": 1}})
    unknown = await client.data(
        ROLLBACK, {"input": {"id": flow, "expectedVersion": 5, "revision": 9}}
    )

    payload = data["rollbackBookingFlow"]
    assert [e["code"] for e in payload["userErrors"]] == ["PROBLEMS_FOUND"]
    assert [p["code"] for p in payload["problems"]] == ["UNKNOWN_SERVICE"]
    assert unknown["rollbackBookingFlow"]["userErrors"] == [
        {"code": "NOT_FOUND", "path": ["input", "revision"]}
    ]
    assert (await read(client, flow))["content"]["title"] == "Draft"


async def test_flow_with_errors_is_not_published_and_leaves_no_revision(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), steps=(SUMMARY_STEP, SUMMARY_STEP))

    payload = await publish(client, flow_id(flow), 1)

    assert payload["bookingFlow"] is None
    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("PROBLEMS_FOUND", ["input", "id"])
    ]
    assert [p["code"] for p in payload["problems"]] == [
        "DUPLICATE_STEP_TYPE",
        "SUMMARY_NOT_LAST",
        "NO_SERVICE_SELECTION_STEP",
    ]
    assert await BookingFlowRevision.find({"booking_flow_id": flow.id}).count() == 0


async def test_of_many_publications_at_once_one_wins_and_makes_the_only_revision(
    database: Database,
) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client))

    payloads = await asyncio.gather(*(publish(client, flow_id(flow), 1) for _ in range(10)))

    assert Counter(e["code"] for p in payloads for e in p["userErrors"]) == {"CONFLICT": 9}
    stored = await BookingFlowRevision.find({"booking_flow_id": flow.id}).to_list()
    assert [revision.revision for revision in stored] == [1]


async def test_unpublished_flow_is_a_draft_that_keeps_its_revisions(database: Database) -> None:
    client, flow = await a_flow_published_twice()

    async def unpublish(version: int) -> Any:
        variables = {"input": {"id": flow, "expectedVersion": version}}
        return (await client.data(UNPUBLISH, variables))["unpublishBookingFlow"]

    assert await unpublish(5) == {
        "bookingFlow": {"version": 6, "revision": 2, "status": "DRAFT"},
        "userErrors": [],
    }
    assert (await unpublish(6))["userErrors"] == [
        {"code": "NOT_PUBLISHED", "path": ["input", "id"]}
    ]


async def test_diff_compares_revisions_with_each_other_and_with_the_draft(
    database: Database,
) -> None:
    client, flow = await a_flow_published_twice()
    steps = {"id": flow, "expectedVersion": 5, "steps": []}
    await client.data(OPERATIONS["UpdateBookingFlow"], {"input": steps})
    query = """query ($id: ID!, $from: Int!, $to: Int) { bookingFlow(id: $id) {
      diff(from: $from, to: $to) {
        contentFields stepsAdded { __typename } stepsRemoved { __typename }
        stepsChanged { fields } areStepsReordered
      }
    } }"""

    revisions = await client.data(query, {"id": flow, "from": 1, "to": 2})
    draft = await client.data(query, {"id": flow, "from": 2})
    answer = await client.execute(query, {"id": flow, "from": 1, "to": 3})

    assert revisions["bookingFlow"]["diff"] == {
        "contentFields": ["title"],
        "stepsAdded": [],
        "stepsRemoved": [],
        "stepsChanged": [],
        "areStepsReordered": False,
    }
    assert [step["__typename"] for step in draft["bookingFlow"]["diff"]["stepsRemoved"]] == [
        "BookingFlowZipcodeStep",
        "BookingFlowServiceSelectionStep",
        "BookingFlowSummaryStep",
    ]
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
