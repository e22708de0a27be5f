"""Uploaded files, kept in GridFS."""

from collections.abc import Iterable
from typing import Any

from app.documents.base import StoredDocument, chunked
from app.documents.driver import ASCENDING, IndexModel, file_bucket
from app.domain.files import MAX_FILE_BYTES, CheckedImage, ImageType, StoredFileInfo
from app.domain.values import EntityId, Value


class StoredFileMetadata(Value):
    """What is kept of a file besides what GridFS itself keeps."""

    organization_id: EntityId
    content_type: ImageType
    width: int
    height: int
    sha256: str


class StoredFile(StoredDocument):
    """The record that GridFS keeps of a file, never changed once written.

    The fields are named by GridFS; it allows none of ours but inside `metadata`.
    """

    length: int
    metadata: StoredFileMetadata

    class Settings:
        name = "files.files"
        indexes = [
            IndexModel(
                [("metadata.organization_id", ASCENDING), ("metadata.sha256", ASCENDING)],
                name="organization_sha256",
            ),
            # GridFS makes this one itself when the first file is stored, under this name.
            IndexModel(
                [("filename", ASCENDING), ("uploadDate", ASCENDING)],
                name="filename_1_uploadDate_1",
            ),
        ]

    @property
    def info(self) -> StoredFileInfo:
        """Return what is known of the file as a value."""
        return StoredFileInfo(id=self.id, byte_size=self.length, **dict(self.metadata))

    @classmethod
    async def find_same(cls, organization_id: EntityId, sha256: str) -> "StoredFile | None":
        """Return the organization's file of the same bytes."""
        return await cls.find_one(
            {"metadata.organization_id": organization_id, "metadata.sha256": sha256}
        )

    @classmethod
    async def list_owned(
        cls, organization_id: EntityId, file_ids: Iterable[EntityId]
    ) -> list["StoredFile"]:
        """Return those of the files the organization owns, in no order, 100 per command."""
        found: list[StoredFile] = []
        for chunk in chunked(sorted(set(file_ids))):
            query: dict[str, Any] = {
                "_id": {"$in": chunk},
                "metadata.organization_id": organization_id,
            }
            found += await cls.find(query).to_list()
        return found

    @classmethod
    async def owned_ids(
        cls, organization_id: EntityId, file_ids: Iterable[EntityId]
    ) -> set[EntityId]:
        """Return which of the ids name a file of the organization."""
        return {file.id for file in await cls.list_owned(organization_id, file_ids)}


async def insert_file(
    image: CheckedImage, *, file_id: EntityId, organization_id: EntityId, sha256: str
) -> StoredFileInfo:
    """Store the image under a fresh id; it can be found only once all of it is written."""
    metadata = StoredFileMetadata(
        organization_id=organization_id,
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        sha256=sha256,
    )
    await file_bucket().upload_from_stream_with_id(
        file_id,
        file_id,
        image.content,
        chunk_size_bytes=MAX_FILE_BYTES,
        metadata=metadata.model_dump(mode="json"),
    )
    return StoredFile(id=file_id, length=len(image.content), metadata=metadata).info


async def read_file_content(file_id: EntityId) -> bytes:
    """Return all bytes of a file that exists."""
    stream = await file_bucket().open_download_stream(file_id)
    return bytes(await stream.read())
