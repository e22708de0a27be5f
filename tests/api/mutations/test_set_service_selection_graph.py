"""Replacing the graph of a step."""

from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.booking_flow import BookingFlow
from app.documents.driver import Database
from tests.api.client import ApiClient, an_organization
from tests.api.flows import a_flow, step_id
from tests.api.site import an_author
from tests.contract.journey import load_operations

SET_GRAPH = load_operations("admin.graphql")["SetServiceSelectionGraph"]
FOREIGN = encode_id(EntityType.BOOKING_QUESTION, "f" * 24)


def a_graph(*, question_id: str = FOREIGN, text: str = "Yes") -> dict[str, Any]:
    return {
        "rootNodeId": "q",
        "nodes": [
            {"questionReference": {"id": "q", "questionId": question_id}},
            {"answerReference": {"id": "a", "answerContent": {"text": text}}},
        ],
        "edges": [{"id": "e", "sourceNodeId": "q", "targetNodeId": "a"}],
    }


async def set_graph(client: ApiClient, step: str, graph: dict[str, Any], version: int = 1) -> Any:
    variables = {"input": {"stepId": step, "expectedVersion": version, **graph}}
    return (await client.data(SET_GRAPH, variables))["setServiceSelectionGraph"]


async def version_of(flow: BookingFlow) -> int:
    stored = await BookingFlow.get(flow.id)
    assert stored is not None
    return stored.version


async def test_graph_with_problems_is_stored_and_all_of_them_are_shown(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client))

    payload = await set_graph(client, step_id(flow, 1), a_graph())

    assert payload["userErrors"] == []
    assert payload["bookingFlowStep"] == {
        "id": step_id(flow, 1),
        "typeConfig": {
            "rootNodeId": "q",
            "nodes": [
                {"__typename": "QuestionReferenceNode"},
                {"__typename": "AnswerReferenceNode"},
            ],
            "edges": [{"id": "e"}],
        },
    }
    assert [(p["code"], p["path"]) for p in payload["problems"]] == [
        ("UNKNOWN_QUESTION", []),
        ("SINGLE_ANSWER_QUESTION", []),
        ("PATH_WITHOUT_SERVICE", ["q", "a"]),
    ]
    assert await version_of(flow) == 2


async def test_empty_graph_is_stored(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client))

    payload = await set_graph(
        client, step_id(flow, 1), {"rootNodeId": "", "nodes": [], "edges": []}
    )

    assert [p["code"] for p in payload["problems"]] == ["ROOT_MISSING"]


async def test_malformed_reference_and_bad_text_are_refused_together_and_nothing_is_written(
    database: Database,
) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client))

    payload = await set_graph(client, step_id(flow, 1), a_graph(question_id="nonsense", text=""))

    assert payload["bookingFlowStep"] is None
    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("NOT_FOUND", ["input", "nodes", "0", "questionId"]),
        ("REQUIRED", ["input", "nodes", "1", "answerContent", "text"]),
    ]
    assert await version_of(flow) == 1


async def test_stale_version_is_a_conflict_that_tells_the_current_one(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client))
    await set_graph(client, step_id(flow, 1), a_graph())

    payload = await set_graph(client, step_id(flow, 1), a_graph())

    assert payload["userErrors"] == [
        {
            "code": "CONFLICT",
            "message": "was changed meanwhile; its version is 2",
            "path": ["input", "expectedVersion"],
        }
    ]


async def test_step_of_another_type_or_organization_is_refused(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Other")
    flow = await a_flow(an_author(client))

    other_type = await set_graph(client, step_id(flow, 0), a_graph())
    foreign = await set_graph(stranger, step_id(flow, 1), a_graph())
    unknown = await set_graph(client, encode_id(EntityType.BOOKING_FLOW_STEP, "f" * 24), a_graph())

    assert [e["code"] for e in other_type["userErrors"]] == ["INVALID"]
    assert foreign == unknown
    assert [(e["code"], e["path"]) for e in foreign["userErrors"]] == [
        ("NOT_FOUND", ["input", "stepId"])
    ]


@pytest.mark.parametrize(("count", "letter"), [(5_001, ""), (2_700, "漢")])
async def test_graph_with_too_many_nodes_or_bytes_to_store_is_refused(
    database: Database, count: int, letter: str
) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client))
    content = {"text": "Yes", "description": letter * 2_000}
    nodes = [
        {"answerReference": {"id": f"a{number}", "answerContent": content}}
        for number in range(count)
    ]

    payload = await set_graph(
        client, step_id(flow, 1), {"rootNodeId": "a0", "nodes": nodes, "edges": []}
    )

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("TOO_LONG", ["input", "nodes"])
    ]
    assert await version_of(flow) == 1
