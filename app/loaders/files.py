"""Loaders of uploaded files."""

from collections.abc import Sequence

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.stored_file import StoredFile
from app.domain.files import StoredFileInfo
from app.loaders.base import OwnedId
from app.loaders.measured import MeasuredLoader


class FileInfosByIdLoader(MeasuredLoader[OwnedId, StoredFileInfo | None]):
    """Loads what is known of files by id, without their bytes."""

    def __init__(self) -> None:
        super().__init__(max_batch_size=MAX_IDS_PER_COMMAND)

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[StoredFileInfo | None]:
        """Return the infos in the order of the keys."""
        query = {
            "_id": {"$in": sorted({key.id for key in keys})},
            "metadata.organization_id": {"$in": sorted({key.organization_id for key in keys})},
        }
        infos = [stored.info async for stored in StoredFile.find(query)]
        found = {OwnedId(info.organization_id, info.id): info for info in infos}
        return [found.get(key) for key in keys]
