"""Loaders of what uses an entity."""

from collections.abc import Sequence

from app.documents.base import chunked
from app.documents.usage import find_usages
from app.domain.usage import AnyUsage, UsedKind
from app.domain.values import EntityId
from app.loaders.base import OwnedId
from app.loaders.measured import MeasuredLoader


class UsagesByIdLoader(MeasuredLoader[OwnedId, list[AnyUsage]]):
    """Loads what uses the entities of one kind."""

    kind: UsedKind

    def __init__(self, kind: UsedKind) -> None:
        super().__init__()
        self.kind = kind

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[list[AnyUsage]]:
        """Return the lists of users in the order of the keys."""
        ids: dict[EntityId, list[EntityId]] = {}
        for key in keys:
            ids.setdefault(key.organization_id, []).append(key.id)
        usages: dict[OwnedId, list[AnyUsage]] = {}
        for organization_id, own in ids.items():
            for chunk in chunked(own):
                found = await find_usages(self.kind, organization_id, chunk)
                usages |= {OwnedId(organization_id, id_): users for id_, users in found.items()}
        return [usages[key] for key in keys]
