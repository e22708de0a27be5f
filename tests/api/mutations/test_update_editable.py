"""Updates: what holds of every editable kind of entity."""

import asyncio

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.driver import Database
from app.domain.access import Role
from tests.api.client import ApiClient, an_organization
from tests.api.editable import BRAND_KIT, CONFIG, KIND_NAMES, KINDS, QUESTION, EditableKind

every_kind = pytest.mark.parametrize("kind", KINDS, ids=KIND_NAMES)


@every_kind
async def test_update_changes_the_entity_and_raises_its_version(
    database: Database, kind: EditableKind
) -> None:
    client = await an_organization()
    global_id = await kind.create(client, "Old")

    payload = await kind.mutate(
        client, "update", {"id": global_id, "expectedVersion": 1, **kind.content("New")}
    )

    assert payload["userErrors"] == []
    assert kind.label_of(payload[kind.field]) == "New"
    assert payload[kind.field]["version"] == 2
    assert await kind.find(client, global_id) == payload[kind.field]


@every_kind
async def test_update_of_another_organizations_entity_is_not_found_and_writes_nothing(
    database: Database, kind: EditableKind
) -> None:
    client, stranger = await an_organization(), await an_organization("Stranger")
    global_id = await kind.create(client, "Old")
    refusals = [
        await kind.mutate(stranger, "update", {"id": id_, "expectedVersion": 1})
        for id_ in (global_id, "malformed")
    ]

    assert refusals[0] == refusals[1]
    assert [error["code"] for error in refusals[0]["userErrors"]] == ["NOT_FOUND"]
    assert refusals[0]["userErrors"][0]["path"] == ["input", "id"]
    assert (await kind.find(client, global_id))["version"] == 1


@every_kind
async def test_update_based_on_an_old_version_is_a_conflict_that_says_the_current_one(
    database: Database, kind: EditableKind
) -> None:
    client = await an_organization()
    global_id = await kind.create(client, "Old")
    await kind.mutate(client, "update", {"id": global_id, "expectedVersion": 1})

    payload = await kind.mutate(
        client, "update", {"id": global_id, "expectedVersion": 1, **kind.content("New")}
    )

    assert payload == {
        kind.field: None,
        "userErrors": [
            {
                "code": "CONFLICT",
                "message": "was changed meanwhile; its version is 2",
                "path": ["input", "expectedVersion"],
            }
        ],
    }
    assert kind.label_of(await kind.find(client, global_id)) == "Old"


@every_kind
async def test_of_editors_at_once_one_wins_and_the_others_meet_a_conflict(
    database: Database, kind: EditableKind
) -> None:
    client = await an_organization()
    global_id = await kind.create(client, "Old")

    payloads = await asyncio.gather(
        *(
            kind.mutate(
                client, "update", {"id": global_id, "expectedVersion": 1, **kind.content(label)}
            )
            for label in ("One", "Two", "Three")
        )
    )

    winners = [payload[kind.field] for payload in payloads if payload[kind.field]]
    codes = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert codes == ["CONFLICT", "CONFLICT"]
    assert [await kind.find(client, global_id)] == winners


@every_kind
async def test_null_for_what_must_be_there_is_required(
    database: Database, kind: EditableKind
) -> None:
    client = await an_organization()
    global_id = await kind.create(client, "Old")
    field = kind.label_path[0]

    payload = await kind.mutate(
        client, "update", {"id": global_id, "expectedVersion": 1, field: None}
    )

    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [
        ("REQUIRED", ["input", field])
    ]
    assert kind.label_of(await kind.find(client, global_id)) == "Old"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (kind, ["input", "questionContent", "uniqueName"])
        if kind is QUESTION
        else (kind, ["input", kind.label_path[-1]])
        for kind in KINDS
        if kind.field != "bookingService"
    ],
    ids=[name for name in KIND_NAMES if name != "bookingService"],
)
async def test_name_another_has_is_a_duplicate(
    database: Database, kind: EditableKind, path: list[str]
) -> None:
    client, stranger = await an_organization(), await an_organization("Stranger")
    await kind.create(client, "Taken")
    await kind.create(stranger, "Taken")
    global_id = await kind.create(client, "Old")
    patch = {"id": global_id, "expectedVersion": 1, **kind.content("Taken")}

    updated = await kind.mutate(client, "update", patch)
    created = await kind.mutate(client, "create", kind.content("Taken"))

    for payload in (updated, created):
        assert payload[kind.field] is None
        assert [(e["code"], e["path"]) for e in payload["userErrors"]] == [("DUPLICATE", path)]
    assert kind.label_of(await kind.find(client, global_id)) == "Old"


@every_kind
async def test_analyst_may_read_but_not_write(database: Database, kind: EditableKind) -> None:
    client = await an_organization()
    global_id = await kind.create(client, "Old")
    analyst = ApiClient(client.credential.model_copy(update={"role": Role.ANALYST}))
    mutation = f"delete{kind.type_name}"

    answer = await analyst.execute(
        f'mutation {{ {mutation}(input: {{id: "{global_id}"}}) {{ userErrors {{ code }} }} }}'
    )

    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    assert kind.label_of(await kind.find(analyst, global_id)) == "Old"


async def test_every_problem_is_reported_at_once(database: Database) -> None:
    client = await an_organization()
    global_id = await BRAND_KIT.create(client, "Old")
    colors = {"primary": "blue", "secondary": "#FFFFFF", "accent": "#12345"}

    payload = await BRAND_KIT.mutate(
        client,
        "update",
        {
            "id": global_id,
            "expectedVersion": 7,
            "name": "",
            "colors": colors,
            "logoFileId": encode_id(EntityType.FILE, "f" * 24),
        },
    )

    assert [(error["code"], error["path"][1:]) for error in payload["userErrors"]] == [
        ("CONFLICT", ["expectedVersion"]),
        ("REQUIRED", ["name"]),
        ("INVALID", ["colors", "primary"]),
        ("INVALID", ["colors", "accent"]),
        ("NOT_FOUND", ["logoFileId"]),
    ]


async def test_reference_left_out_is_not_judged_again(database: Database) -> None:
    client = await an_organization()
    kit_id = await BRAND_KIT.create(client, "Kit")
    payload = await CONFIG.mutate(
        client, "create", {**CONFIG.content("Site"), "brandKitId": kit_id}
    )
    await database["brand_kits"].delete_many({})

    config_id = payload["schedulerConfig"]["id"]
    renamed = await CONFIG.mutate(
        client, "update", {"id": config_id, "expectedVersion": 1, **CONFIG.content("Shop")}
    )

    assert renamed["userErrors"] == []
