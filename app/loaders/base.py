"""The common shape of loaders: owned entities by id."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from aiodataloader import DataLoader

from app.documents.base import MAX_IDS_PER_COMMAND, OrganizationDocument
from app.domain.values import EntityId

D = TypeVar("D", bound=OrganizationDocument)


class OwnedId(NamedTuple):
    """An entity id with the organization it is asked for; another's entity is not found."""

    organization_id: EntityId
    id: EntityId


def owned(organization_id: EntityId, entity_id: EntityId | None) -> OwnedId | None:
    """Return the loader key of a reference, or None where there is none."""
    return None if entity_id is None else OwnedId(organization_id, entity_id)


class OwnedByIdLoader(DataLoader[OwnedId, D | None], Generic[D]):
    """Loads documents of one kind by id, one command per 100 ids; what is not there is None."""

    document: type[D]

    def __init__(self, document: type[D]) -> None:
        super().__init__(max_batch_size=MAX_IDS_PER_COMMAND)
        self.document = document

    async def batch_load_fn(self, keys: Sequence[OwnedId]) -> list[D | None]:
        """Return the documents in the order of the keys."""
        query = {
            "_id": {"$in": sorted({key.id for key in keys})},
            "organization_id": {"$in": sorted({key.organization_id for key in keys})},
        }
        documents = await self.document.find(query).to_list()
        found = {OwnedId(document.organization_id, document.id): document for document in documents}
        return [found.get(key) for key in keys]
