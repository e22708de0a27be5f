"""Uploads of logos and their way back out."""

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor

from app.documents.stored_file import StoredFile, insert_file, read_file_content
from app.domain.files import CheckedImage, FileProblem, StoredFileInfo
from app.domain.values import EntityId
from app.services.images import check_image

_ID_BYTES = 12

# A decoded image takes up to 64 MiB, so only this many are decoded at a time.
_checking = ThreadPoolExecutor(max_workers=2, thread_name_prefix="image-check")


async def store_file(content: bytes, *, organization_id: EntityId) -> StoredFileInfo | FileProblem:
    """Store an image of the organization and return what is known of it, or why it is refused.

    SVG is stored cleaned. The same image uploaded again is the same file. Ids are random, since
    whoever knows one may read the file.
    """
    image = await check_file(content)
    if isinstance(image, FileProblem):
        return image
    sha256 = hashlib.sha256(image.content).hexdigest()
    same = await StoredFile.find_same(organization_id, sha256)
    if same is not None:
        return same.info
    return await insert_file(
        image,
        file_id=secrets.token_hex(_ID_BYTES),
        organization_id=organization_id,
        sha256=sha256,
    )


async def check_file(content: bytes) -> CheckedImage | FileProblem:
    """Return the image as it would be stored, or why it would be refused."""
    return await asyncio.get_running_loop().run_in_executor(_checking, check_image, content)


async def find_file(file_id: EntityId) -> StoredFileInfo | None:
    """Return what is known of a file without reading it; files are public to who knows the id."""
    stored = await StoredFile.get(file_id)
    return None if stored is None else stored.info


async def read_file(file_id: EntityId) -> bytes:
    """Return the bytes of a file that `find_file` found."""
    return await read_file_content(file_id)
