"""Adding a question with its own answers to a graph."""

from typing import Any

from app.api.ids import EntityType, encode_id
from app.documents.booking_flow import BookingFlow
from app.documents.driver import Database
from tests.api.client import ApiClient, an_organization
from tests.api.flows import SUMMARY_STEP, a_flow, a_graph, graph_step, step_id
from tests.api.site import an_author

ADD = """mutation ($input: AddQuestionToGraphInput!) {
  addQuestionToGraph(input: $input) {
    bookingFlow { version }
    bookingFlowStep { typeConfig {
      rootNodeId
      nodes { __typename ... on ServiceSelectionNodeBase { id }
        ... on AnswerReferenceNode { answerContent { text } category { title } } }
      edges { sourceNodeId targetNodeId }
    } }
    problems { code nodeIds }
    userErrors { code path }
  }
}"""


async def a_question(client: ApiClient) -> str:
    """Store a question with a plain answer of a category and a service as its answers."""
    graph = await a_graph(an_author(client), name="another")
    return encode_id(EntityType.BOOKING_QUESTION, graph["nodes"][0]["question_id"])


async def add(client: ApiClient, flow: BookingFlow, **more: Any) -> Any:
    variables = {"input": {"stepId": step_id(flow, 0), "expectedVersion": 1, **more}}
    return (await client.data(ADD, variables))["addQuestionToGraph"]


async def test_question_becomes_the_root_of_an_empty_graph(database: Database) -> None:
    client = await an_organization()
    empty = {"root_node_id": "", "nodes": [], "edges": []}
    flow = await a_flow(an_author(client), steps=(graph_step(empty), SUMMARY_STEP))

    payload = await add(client, flow, questionId=await a_question(client), nodeId="what")

    assert payload["userErrors"] == []
    graph = payload["bookingFlowStep"]["typeConfig"]
    assert graph["rootNodeId"] == "what"
    assert graph["nodes"] == [
        {"__typename": "QuestionReferenceNode", "id": "what"},
        {
            "__typename": "AnswerReferenceNode",
            "id": "what-1",
            "answerContent": {"text": "This"},
            "category": {"title": "Category of another"},
        },
        {"__typename": "ServiceReferenceNode", "id": "what-2"},
    ]
    assert graph["edges"] == [
        {"sourceNodeId": "what", "targetNodeId": "what-1"},
        {"sourceNodeId": "what", "targetNodeId": "what-2"},
    ]
    assert [(p["code"], p["nodeIds"]) for p in payload["problems"]] == [
        ("PATH_WITHOUT_SERVICE", ["what-1"]),
        ("SERVICE_NOT_SYNCED", ["what-2"]),
    ]


async def test_question_follows_its_parent_under_ids_that_are_not_taken(
    database: Database,
) -> None:
    client = await an_organization()
    graph = await a_graph(an_author(client), name="first")
    flow = await a_flow(an_author(client), steps=(graph_step(graph), SUMMARY_STEP))

    payload = await add(
        client, flow, questionId=await a_question(client), nodeId="q", parentNodeId="s"
    )

    graph = payload["bookingFlowStep"]["typeConfig"]
    assert graph["rootNodeId"] == "q"
    assert [node["id"] for node in graph["nodes"]] == ["q", "a", "s", "q-2", "q-2-1", "q-2-2"]
    assert {"sourceNodeId": "s", "targetNodeId": "q-2"} in graph["edges"]


async def test_unknown_question_and_parent_are_refused_together(database: Database) -> None:
    client = await an_organization()
    graph = await a_graph(an_author(client), name="first")
    flow = await a_flow(an_author(client), steps=(graph_step(graph), SUMMARY_STEP))

    payload = await add(
        client,
        flow,
        questionId=encode_id(EntityType.BOOKING_QUESTION, "f" * 24),
        parentNodeId="nowhere",
    )

    assert payload["bookingFlow"] is None
    assert payload["userErrors"] == [
        {"code": "NOT_FOUND", "path": ["input", "questionId"]},
        {"code": "NOT_FOUND", "path": ["input", "parentNodeId"]},
    ]
