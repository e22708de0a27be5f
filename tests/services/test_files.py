"""Uploaded logos, stored and read back from a real database."""

import re

import pytest

from app.documents.driver import Database, file_bucket
from app.domain.files import FileProblem, ImageType, StoredFileInfo
from app.services.files import find_file, read_file, store_file
from tests.services.images import a_raster, an_svg

pytestmark = pytest.mark.usefixtures("database")

ACME, OTHER = "a" * 24, "b" * 24


async def the_stored(content: bytes, *, organization_id: str = ACME) -> StoredFileInfo:
    stored = await store_file(content, organization_id=organization_id)
    assert isinstance(stored, StoredFileInfo), stored
    return stored


async def test_image_is_read_back_as_it_was_stored() -> None:
    content = a_raster("JPEG", width=31, height=17)
    stored = await the_stored(content)
    assert await find_file(stored.id) == stored
    assert await read_file(stored.id) == content
    assert (stored.content_type, stored.width, stored.height) == (ImageType.JPEG, 31, 17)
    assert (stored.byte_size, stored.organization_id) == (len(content), ACME)


async def test_svg_is_stored_cleaned() -> None:
    stored = await the_stored(an_svg("<script>a()</script><path d='M0 0'/>"))
    content = await read_file(stored.id)
    assert b"<path" in content
    assert b"script" not in content
    assert stored.byte_size == len(content)


async def test_same_image_of_the_same_organization_is_one_file() -> None:
    content = a_raster(width=9)
    first = await the_stored(content)
    assert await the_stored(content) == first
    assert (await the_stored(content, organization_id=OTHER)).id != first.id


async def test_ids_have_nothing_in_common() -> None:
    first, second = await the_stored(a_raster(width=5)), await the_stored(a_raster(width=6))
    assert re.fullmatch("[0-9a-f]{24}", first.id)
    assert first.id[:8] != second.id[:8]


async def test_refused_image_writes_nothing(database: Database) -> None:
    before = await database["files.files"].count_documents({})
    chunks_before = await database["files.chunks"].count_documents({})
    assert isinstance(await store_file(b"GIF89a", organization_id=ACME), FileProblem)
    assert await database["files.files"].count_documents({}) == before
    assert await database["files.chunks"].count_documents({}) == chunks_before


async def test_unknown_file_is_none() -> None:
    assert await find_file("0" * 24) is None


async def test_file_half_written_is_not_found() -> None:
    half = file_bucket().open_upload_stream_with_id("c" * 24, "half", chunk_size_bytes=10)
    await half.write(b"x" * 25)
    assert await find_file("c" * 24) is None
