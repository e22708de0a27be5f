"""Exporting a flow and importing it into another organization."""

import base64
import json
from typing import Any

import pytest

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.booking_service import BookingService
from app.documents.brand_kit import BrandKit
from app.documents.driver import Database
from app.domain.branding import BrandColors, BrandKitContent
from app.domain.files import StoredFileInfo
from app.domain.scheduler_config import SchedulerConfigContent
from app.services.brand_kits import create_brand_kit
from app.services.files import store_file
from app.services.portability import importing
from app.services.portability.matching import match_content
from app.services.scheduler_configs import create_scheduler_config
from tests.api.client import ApiClient, an_organization
from tests.api.flows import a_flow, flow_id
from tests.api.site import an_author

EXPORT = """query ($id: ID!, $revision: Int) {
  exportBookingFlow(id: $id, revision: $revision)
}"""
IMPORT = """mutation ($input: ImportBookingFlowInput!) {
  importBookingFlow(input: $input) {
    bookingFlow { id version status content { title } }
    report {
      services { created reused } questions { created reused } categories { created reused }
      brandKits { created reused } renamedQuestions
    }
    problems { code nodeIds }
    userErrors { code message path }
  }
}"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><path d="M0 0h4v4z"/></svg>'
STORED = (
    BookingAnswerCategory,
    BookingFlow,
    BookingFlowStepDocument,
    BookingQuestion,
    BookingQuestionAnswer,
    BookingService,
    BrandKit,
)


async def export(client: ApiClient, id: str, revision: int | None = None) -> Any:
    data = await client.data(EXPORT, {"id": id, "revision": revision})
    return data["exportBookingFlow"]


async def import_(client: ApiClient, document: Any, **more: Any) -> Any:
    data = await client.data(IMPORT, {"input": {"document": document, **more}})
    return data["importBookingFlow"]


async def a_branded_flow(client: ApiClient) -> str:
    author = an_author(client)
    flow = await a_flow(author)
    logo = await store_file(SVG, organization_id=author.organization_id)
    assert isinstance(logo, StoredFileInfo)
    colors = BrandColors(primary="#0B5FA5", secondary="#F2F6FA", accent="#E4572E")
    content = BrandKitContent(name="Harbor", colors=colors, logo_file_id=logo.id)
    kit = await create_brand_kit(content, author=author)
    await create_scheduler_config(
        SchedulerConfigContent(name="W", brand_kit_id=kit.id, default_booking_flow_id=flow.id),
        author=author,
    )
    return flow_id(flow)


async def counts(client: ApiClient) -> list[int]:
    owned = {"organization_id": an_author(client).organization_id}
    return [await document.find(owned).count() for document in STORED]


async def test_imported_flow_exports_as_the_same_document_but_for_its_kit(
    database: Database,
) -> None:
    client, other = await an_organization(), await an_organization("Other")
    document = await export(client, await a_branded_flow(client))

    payload = await import_(other, document)

    assert payload["userErrors"] == []
    assert payload["bookingFlow"]["status"] == "DRAFT"
    assert payload["report"] == {
        "services": {"created": 1, "reused": 0},
        "questions": {"created": 1, "reused": 0},
        "categories": {"created": 1, "reused": 0},
        "brandKits": {"created": 1, "reused": 0},
        "renamedQuestions": [],
    }
    assert [(p["code"], p["nodeIds"]) for p in payload["problems"]] == [
        ("SERVICE_NOT_SYNCED", ["s"])
    ]
    kit = document.pop("brand_kit")
    assert await export(other, payload["bookingFlow"]["id"]) == document
    assert kit["name"] == "Harbor"
    assert b"M0 0h4v4z" in base64.b64decode(kit["logo_base64"])


async def test_document_names_no_stored_id_and_travels_as_text_too(database: Database) -> None:
    client, other = await an_organization(), await an_organization("Other")
    flow = await a_flow(an_author(client))
    text = json.dumps(await export(client, flow_id(flow)))

    payload = await import_(other, text, title="Mine")

    assert payload["bookingFlow"]["content"] == {"title": "Mine"}
    for stored in (flow.id, *flow.steps, an_author(client).organization_id):
        assert stored not in text


async def test_content_the_organization_has_is_used_again(database: Database) -> None:
    client = await an_organization()
    document = await export(client, await a_branded_flow(client))

    payload = await import_(client, document)

    assert payload["report"] == {
        name: {"created": 0, "reused": 1}
        for name in ("services", "questions", "categories", "brandKits")
    } | {"renamedQuestions": []}


async def test_question_whose_name_is_taken_by_another_content_gets_another_name(
    database: Database,
) -> None:
    client = await an_organization()
    document = await export(client, flow_id(await a_flow(an_author(client), title="F")))
    document["questions"][0]["question_content"]["title"] = "Which?"

    payload = await import_(client, document)

    assert payload["report"]["renamedQuestions"] == ["Question of F (2)"]


async def test_published_revision_is_exported_as_it_was(database: Database) -> None:
    client = await an_organization()
    flow = await a_flow(an_author(client), title="First")
    publish = (
        "mutation ($i: PublishBookingFlowInput!) { publishBookingFlow(input: $i) { __typename } }"
    )
    await client.data(publish, {"i": {"id": flow_id(flow), "expectedVersion": 1}})
    update = (
        "mutation ($i: UpdateBookingFlowInput!) { updateBookingFlow(input: $i) { __typename } }"
    )
    changed = {"id": flow_id(flow), "expectedVersion": 2, "content": {"title": "Second"}}
    await client.data(update, {"i": changed})

    assert (await export(client, flow_id(flow), 1))["content"]["title"] == "First"
    assert (await export(client, flow_id(flow)))["content"]["title"] == "Second"
    assert await export(client, flow_id(flow), 2) is None


async def test_foreign_flow_is_not_exported(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Other")
    flow = await a_flow(an_author(client), steps=())

    assert await export(stranger, flow_id(flow)) is None


@pytest.mark.parametrize("document", ["{", "[]", 7, {"format": "other"}])
async def test_what_is_no_document_is_refused(database: Database, document: Any) -> None:
    client = await an_organization()

    payload = await import_(client, document)

    assert payload["bookingFlow"] is None
    assert {error["path"][1] for error in payload["userErrors"]} == {"document"}


async def test_every_problem_of_a_document_is_told_and_nothing_is_stored(
    database: Database,
) -> None:
    client, other = await an_organization(), await an_organization("Other")
    document = await export(client, flow_id(await a_flow(an_author(client))))
    document["services"] *= 2
    document["questions"][0]["answers"][0]["category_id"] = "nothing"
    document["questions"][0]["answers"][1]["service_id"] = "nothing"

    payload = await import_(other, document)

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("DUPLICATE", ["input", "document", "services", "1", "key"]),
        ("NOT_FOUND", ["input", "document", "questions", "0", "answers", "0", "category_id"]),
        ("NOT_FOUND", ["input", "document", "questions", "0", "answers", "1", "service_id"]),
    ]
    assert await counts(other) == [0] * len(STORED)


async def test_import_that_breaks_a_unique_name_while_it_stores_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = await an_organization(), await an_organization("Other")
    document = await export(client, flow_id(await a_flow(an_author(client), title="Raced")))

    async def match_and_lose_the_race(*args: Any, **kwargs: Any) -> Any:
        matched = await match_content(*args, **kwargs)
        category = next(each for each in matched.created if hasattr(each, "title"))
        await category.model_copy(update={"id": "f" * 24}).insert()
        return matched

    monkeypatch.setattr(importing, "match_content", match_and_lose_the_race)
    payload = await import_(other, document)

    assert [e["code"] for e in payload["userErrors"]] == ["CONFLICT"]
    assert await counts(other) == [1, 0, 0, 0, 0, 0, 0]


async def test_document_of_more_than_twenty_mebibytes_is_refused(database: Database) -> None:
    client = await an_organization()

    payload = await import_(client, "x" * (20 * 1024 * 1024 + 1))

    assert [e["code"] for e in payload["userErrors"]] == ["TOO_LONG"]
