"""Deletions, and the users that forbid them."""

from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.driver import Database
from tests.api.client import an_organization
from tests.api.editable import (
    BRAND_KIT,
    CATEGORY,
    CONFIG,
    KIND_NAMES,
    KINDS,
    QUESTION,
    ROUTER,
    SERVICE,
    EditableKind,
)
from tests.api.site import a_site

every_kind = pytest.mark.parametrize("kind", KINDS, ids=KIND_NAMES)


@every_kind
async def test_deleted_entity_is_answered_once_more_and_gone(
    database: Database, kind: EditableKind
) -> None:
    client = await an_organization()
    global_id = await kind.create(client, "Old")
    found = await kind.find(client, global_id)

    payload = await kind.mutate(client, "delete", {"id": global_id, "expectedVersion": 1})
    again = await kind.mutate(client, "delete", {"id": global_id})

    assert payload == {kind.field: found, "userErrors": []}
    assert await kind.find(client, global_id) is None
    assert await kind.list_labels(client) == []
    assert [error["code"] for error in again["userErrors"]] == ["NOT_FOUND"]
    assert await kind.create(client, "Old") != global_id


@every_kind
async def test_another_organizations_entity_is_not_found_and_stays(
    database: Database, kind: EditableKind
) -> None:
    client, stranger = await an_organization(), await an_organization("Stranger")
    global_id = await kind.create(client, "Old")

    payload = await kind.mutate(stranger, "delete", {"id": global_id})

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("NOT_FOUND", ["input", "id"])
    ]
    assert await kind.find(client, global_id) is not None


@every_kind
async def test_stale_deletion_is_a_conflict(database: Database, kind: EditableKind) -> None:
    client = await an_organization()
    global_id = await kind.create(client, "Old")
    await kind.mutate(client, "update", {"id": global_id, "expectedVersion": 1})

    payload = await kind.mutate(client, "delete", {"id": global_id, "expectedVersion": 1})

    assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [
        ("CONFLICT", ["input", "expectedVersion"])
    ]
    assert await kind.find(client, global_id) is not None


def in_use(payload: Any) -> str:
    """Return the message of the one error of a refused deletion."""
    [error] = payload["userErrors"]
    assert (error["code"], error["path"]) == ("IN_USE", ["input", "id"])
    return str(error["message"])


@pytest.mark.parametrize(
    ("kind", "field"), [(BRAND_KIT, "brandKitId"), (ROUTER, "bookingFlowRouterId")]
)
async def test_what_a_config_names_is_in_use(
    database: Database, kind: EditableKind, field: str
) -> None:
    client = await an_organization()
    used_id = await kind.create(client, "Used")
    payload = await CONFIG.mutate(client, "create", {**CONFIG.content("Site"), field: used_id})
    config_id = payload["schedulerConfig"]["id"]

    refused = await kind.mutate(client, "delete", {"id": used_id})
    await CONFIG.mutate(client, "delete", {"id": config_id})
    deleted = await kind.mutate(client, "delete", {"id": used_id})

    assert in_use(refused) == f"is used by the config “Site” ({config_id})"
    assert deleted["userErrors"] == []


async def test_what_the_graph_of_a_flow_refers_to_is_in_use(database: Database) -> None:
    site = await a_site()
    flow_id = encode_id(EntityType.BOOKING_FLOW, site.flow.id)
    category_ids = [node["id"] for node in (await CATEGORY.list(site.client))["nodes"]]
    question_ids = [node["id"] for node in (await QUESTION.list(site.client))["nodes"]]
    service_ids = [node["id"] for node in (await SERVICE.list(site.client))["nodes"]]

    for kind, ids in ((CATEGORY, category_ids), (QUESTION, question_ids), (SERVICE, service_ids)):
        assert ids
        for id_ in ids:
            payload = await kind.mutate(site.client, "delete", {"id": id_})
            assert in_use(payload) == f"is used by the flow “Book a visit” ({flow_id})"


async def test_what_an_answer_refers_to_is_in_use_until_the_answer_is_gone(
    database: Database,
) -> None:
    client = await an_organization()
    service_id = await SERVICE.create(client, "Tune-up")
    category_id = await CATEGORY.create(client, "Heating")
    answer = {"serviceReference": {"serviceId": service_id, "categoryId": category_id}}
    content = {**QUESTION.content("Which"), "answers": [answer, answer]}
    payload = await QUESTION.mutate(client, "create", content)
    question_id = payload["bookingQuestion"]["id"]

    refusals = [
        in_use(await kind.mutate(client, "delete", {"id": id_}))
        for kind, id_ in ((SERVICE, service_id), (CATEGORY, category_id))
    ]
    await QUESTION.mutate(
        client, "update", {"id": question_id, "expectedVersion": 1, "answers": []}
    )

    assert refusals == [f"is used by the question “Which” ({question_id})"] * 2
    assert (await SERVICE.mutate(client, "delete", {"id": service_id}))["userErrors"] == []
    assert (await CATEGORY.mutate(client, "delete", {"id": category_id}))["userErrors"] == []
