"""Checking a graph without storing it."""

from typing import Any

from app.api.ids import EntityType, encode_id
from app.documents.driver import CommandCounter, Database
from tests.api.client import an_organization
from tests.contract.journey import load_operations

VALIDATE = load_operations("admin.graphql")["ValidateServiceSelectionGraph"]
UNKNOWN = encode_id(EntityType.BOOKING_QUESTION, "f" * 24)


def a_question(node_id: str, question_id: str = UNKNOWN) -> dict[str, Any]:
    return {"questionReference": {"id": node_id, "questionId": question_id}}


def an_answer(node_id: str) -> dict[str, Any]:
    return {"answerReference": {"id": node_id, "answerContent": {"text": "Yes"}}}


def a_graph(*nodes: dict[str, Any], root: str = "q") -> dict[str, Any]:
    return {"rootNodeId": root, "nodes": list(nodes), "edges": []}


async def test_graph_without_nodes_is_answered_with_its_missing_root(database: Database) -> None:
    client = await an_organization()

    data = await client.data(VALIDATE, {"graph": a_graph()})

    assert [p["code"] for p in data["validateServiceSelectionGraph"]] == ["ROOT_MISSING"]


async def test_unknown_foreign_and_malformed_ids_are_answered_alike(
    database: Database, command_counter: CommandCounter
) -> None:
    client = await an_organization()
    codes = []
    for question_id in (UNKNOWN, "nonsense"):
        with command_counter.counting() as commands:
            data = await client.data(VALIDATE, {"graph": a_graph(a_question("q", question_id))})
        codes.append([p["code"] for p in data["validateServiceSelectionGraph"]])
        assert {command.split()[0] for command in commands} == {"find"}

    assert codes == [["PATH_WITHOUT_SERVICE", "QUESTION_WITHOUT_ANSWERS", "UNKNOWN_QUESTION"]] * 2


async def test_graph_whose_form_is_wrong_is_refused_naming_every_place(database: Database) -> None:
    client = await an_organization()
    wrong = {"answerReference": {"id": "a", "answerContent": {"text": "x" * 201}}}

    answer = await client.execute(VALIDATE, {"graph": a_graph(a_question(""), wrong)})

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "nodes.0.id" in error["message"]
    assert "nodes.1.answerContent.text" in error["message"]


async def test_problems_beyond_a_thousand_are_counted_instead_of_listed(database: Database) -> None:
    client = await an_organization()
    lonely = [an_answer(f"a{number}") for number in range(1_500)]

    data = await client.data(VALIDATE, {"graph": a_graph(a_question("q"), *lonely)})

    problems = data["validateServiceSelectionGraph"]
    assert len(problems) == 1_000
    assert problems[-1] == {
        "code": "MORE_PROBLEMS",
        "severity": "ERROR",
        "message": "504 more problems are not listed (UNREACHABLE_NODE: 504).",
        "nodeIds": [],
        "edgeIds": [],
        "path": [],
    }
