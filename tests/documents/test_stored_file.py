"""Queries of stored files."""

from app.documents.driver import Database
from app.documents.stored_file import StoredFile, insert_file
from app.domain.files import CheckedImage, ImageType, StoredFileInfo

ACME, OTHER = "a" * 24, "b" * 24


async def a_file(file_id: str, *, organization_id: str = ACME) -> StoredFileInfo:
    image = CheckedImage(content=b"pixels", content_type=ImageType.PNG, width=3, height=2)
    return await insert_file(
        image, file_id=file_id, organization_id=organization_id, sha256=f"digest of {file_id}"
    )


async def test_only_files_of_the_organization_are_listed(database: Database) -> None:
    mine = await a_file("1" * 24)
    await a_file("2" * 24, organization_id=OTHER)
    listed = await StoredFile.list_owned(ACME, ["1" * 24, "2" * 24, "3" * 24])
    assert [stored.info for stored in listed] == [mine]


async def test_same_bytes_are_looked_up_by_an_index(database: Database) -> None:
    await a_file("4" * 24)
    query = {"metadata.organization_id": ACME, "metadata.sha256": "digest of " + "4" * 24}
    plan = await database["files.files"].find(query).explain()
    assert "IXSCAN" in str(plan)
    found = await StoredFile.find_same(ACME, "digest of " + "4" * 24)
    assert found is not None
    assert found.id == "4" * 24
