"""Importing what nobody exported."""

import json
from typing import Any

import pytest

from app.documents.driver import Database
from app.domain.refusal import MAX_PROBLEMS
from app.services.given import MAX_VALUES
from tests.api.client import an_organization
from tests.api.mutations.test_import_booking_flow import STORED, counts, import_


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def a_document(**more: Any) -> dict[str, Any]:
    return {"content": {"title": "T"}, **more}


def a_step(step_type: str, config: Any) -> dict[str, Any]:
    return {"step_type": step_type, "step_config": {"title": "T"}, "type_config": config}


@pytest.mark.parametrize(
    "document",
    [
        a_document(x=2**70),
        a_document(x="\ud800"),
        a_document(x=nested(2_000)),
        '{"content": {"title": "\ud800"}}',
        '{"content": {"title": "\\ud800"}}',
        f'{{"x": {"[" * 100_000}{"]" * 100_000}}}',
        '{"content": {"title": NaN}}',
    ],
    ids=["bigint", "surrogate", "deep", "surrogate-text", "escaped-surrogate", "deep-text", "nan"],
)
async def test_what_no_json_can_say_is_refused_like_what_is_no_json(
    database: Database, document: Any
) -> None:
    client = await an_organization()

    payload = await import_(client, document)

    assert payload["userErrors"] == [
        {"code": "INVALID", "message": "is not JSON", "path": ["input", "document"]}
    ]


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ({"format_version": 2}, "INVALID", ["format_version"]),
        ({"format": "other"}, "INVALID", ["format"]),
        ({"services": None}, "REQUIRED", ["services"]),
        ({"steps": {}}, "INVALID", ["steps"]),
        ({"questions": [7]}, "INVALID", ["questions", "0"]),
        ({"steps": [a_step("nope", {})]}, "INVALID", ["steps", "0"]),
        ({"steps": [a_step("summary", 7)]}, "INVALID", ["steps", "0", "type_config"]),
        (
            {"steps": [a_step("service_selection", {"root_node_id": "q", "nodes": [{}] * 5_001})]},
            "TOO_LONG",
            ["steps", "0", "type_config", "nodes"],
        ),
        ({"brand_kit": {"logo_base64": "é"}}, "INVALID", ["brand_kit", "logo_base64"]),
        ({"brand_kit": {"logo_base64": "aGk="}}, "INVALID", ["brand_kit", "logo_base64"]),
    ],
)
async def test_problem_is_told_where_it_stands_in_a_value_and_in_a_text(
    database: Database, more: dict[str, Any], code: str, place: list[str]
) -> None:
    client = await an_organization()
    document = a_document(**more)

    for sent in (document, json.dumps(document)):
        payload = await import_(client, sent)
        found = [(error["code"], error["path"]) for error in payload["userErrors"]]
        assert (code, ["input", "document", *place]) in found
    assert await counts(client) == [0] * len(STORED)


@pytest.mark.parametrize(
    "document",
    [
        a_document(steps=[{}] * (MAX_VALUES + 1)),
        a_document(
            steps=[a_step("zipcode", {"service_areas": [{"zipcodes": ["x"] * 10_000}] * 26})]
        ),
    ],
    ids=["one-list", "many-lists"],
)
async def test_document_of_too_many_values_is_refused_before_they_are_read(
    database: Database, document: Any
) -> None:
    client = await an_organization()

    payload = await import_(client, document)

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("TOO_LONG", ["input", "document"])
    ]


async def test_of_very_many_problems_the_first_are_told_and_how_many_more_there_are(
    database: Database,
) -> None:
    client = await an_organization()
    areas = [{"name": "A", "zipcodes": [f"x{number}" for number in range(MAX_PROBLEMS + 7)]}]

    payload = await import_(client, a_document(steps=[a_step("zipcode", {"service_areas": areas})]))

    assert len(payload["userErrors"]) == MAX_PROBLEMS + 1
    assert payload["userErrors"][-1]["message"] == "7 more problems are not listed"


async def test_names_twice_in_one_document_become_one_entity_or_two_names(
    database: Database,
) -> None:
    client = await an_organization()
    document = a_document(
        categories=[{"key": key, "title": "C"} for key in "ab"],
        services=[{"key": key, "service_content": {"title": "S"}} for key in "ab"],
        questions=[
            {"key": key, "question_content": {"title": f"Q {key}", "unique_name": "Q "}}
            for key in "ab"
        ],
    )

    payload = await import_(client, document)

    assert payload["userErrors"] == []
    assert payload["report"]["categories"] == {"created": 1, "reused": 1}
    assert payload["report"]["services"] == {"created": 1, "reused": 1}
    assert payload["report"]["renamedQuestions"] == ["Q (2)"]


@pytest.mark.parametrize(("title", "code"), [(" ", "REQUIRED"), ("x" * 201, "TOO_LONG")])
async def test_title_of_the_flow_is_a_title(database: Database, title: str, code: str) -> None:
    client = await an_organization()

    payload = await import_(client, a_document(), title=title)

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [(code, ["input", "title"])]
