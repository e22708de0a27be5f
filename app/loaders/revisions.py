"""Loaders of published revisions."""

from collections.abc import Sequence

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.revision_cache import load_revisions
from app.loaders.base import OwnedId
from app.loaders.measured import MeasuredLoader


class RevisionsByIdLoader(MeasuredLoader[OwnedId, BookingFlowRevision | None]):
    """Loads published revisions by id; those read before cost no command."""

    def __init__(self) -> None:
        super().__init__(max_batch_size=MAX_IDS_PER_COMMAND)

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[BookingFlowRevision | None]:
        """Return the revisions in the order of the keys."""
        found = await load_revisions(keys)
        return [found.get(key) for key in keys]
