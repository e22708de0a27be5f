"""`updateBrandKit`, as the admin app sends it."""

from typing import Any

from app.api.ids import EntityType, encode_id
from app.documents.driver import Database
from app.domain.files import StoredFileInfo
from app.services.files import store_file
from tests.api.client import ApiClient, an_organization
from tests.api.editable import BRAND_KIT, PRIMARY
from tests.api.site import an_author
from tests.contract.journey import load_operations
from tests.services.images import a_raster

UPDATE = load_operations("admin.graphql")["UpdateBrandKit"]


async def a_file(client: ApiClient) -> str:
    stored = await store_file(
        a_raster(width=30, height=20), organization_id=an_author(client).organization_id
    )
    assert isinstance(stored, StoredFileInfo)
    return encode_id(EntityType.FILE, stored.id)


async def update(client: ApiClient, **patch: Any) -> Any:
    return (await client.data(UPDATE, {"input": patch}))["updateBrandKit"]


async def test_logo_is_set_kept_and_taken_away(database: Database) -> None:
    client = await an_organization()
    kit_id = await BRAND_KIT.create(client, "Harbor")
    file_id = await a_file(client)

    set_ = await update(client, id=kit_id, expectedVersion=1, logoFileId=file_id)
    kept = await update(client, id=kit_id, expectedVersion=2, name="Harbor Home")
    taken = await update(client, id=kit_id, expectedVersion=3, logoFileId=None)

    assert set_["brandKit"] == {
        "id": kit_id,
        "version": 2,
        "logo": {
            "id": file_id,
            "url": f"https://scheduler.example/files/{file_id}",
            "contentType": "image/png",
            "width": 30,
            "height": 20,
        },
        "colors": PRIMARY,
    }
    assert kept["brandKit"]["logo"] == set_["brandKit"]["logo"]
    assert taken["brandKit"]["logo"] is None


async def test_file_of_another_organization_is_like_none(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Stranger")
    kit_id = await BRAND_KIT.create(client, "Harbor")
    file_ids = [await a_file(stranger), encode_id(EntityType.FILE, "f" * 24), kit_id]

    refusals = [
        await update(client, id=kit_id, expectedVersion=1, name="New", logoFileId=file_id)
        for file_id in file_ids
    ]

    expected = {
        "code": "NOT_FOUND",
        "message": "names nothing here",
        "path": ["input", "logoFileId"],
    }
    assert refusals == [{"brandKit": None, "userErrors": [expected]}] * 3
    kit = await BRAND_KIT.find(client, kit_id)
    assert (kit["version"], kit["name"]) == (1, "Harbor")


async def test_new_kit_takes_its_own_organizations_logo_only(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Stranger")
    content = {**BRAND_KIT.content("Harbor"), "logoFileId": await a_file(stranger)}

    payload = await BRAND_KIT.mutate(client, "create", content)

    assert [error["path"] for error in payload["userErrors"]] == [["input", "logoFileId"]]
    assert await BRAND_KIT.list_labels(client) == []
