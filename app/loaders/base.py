"""The common shape of loaders: owned entities by id."""

import asyncio
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from app.documents.base import MAX_IDS_PER_COMMAND, OrganizationDocument
from app.domain.values import EntityId
from app.loaders.measured import MeasuredLoader

D = TypeVar("D", bound=OrganizationDocument)


class OwnedId(NamedTuple):
    """An entity id with the organization it is asked for; another's entity is not found."""

    organization_id: EntityId
    id: EntityId


def owned(organization_id: EntityId, entity_id: EntityId | None) -> OwnedId | None:
    """Return the loader key of a reference, or None where there is none."""
    return None if entity_id is None else OwnedId(organization_id, entity_id)


class OwnedByIdLoader(MeasuredLoader[OwnedId, D | None], Generic[D]):
    """Loads documents of one kind by id, one command per 100 ids; what is not there is None.

    All of a batch are answered together: were each command's answers handed on by themselves, what
    is loaded next would fall into as many batches.
    """

    document: type[D]

    def __init__(self, document: type[D]) -> None:
        super().__init__(f"{document.__name__}ById")
        self.document = document

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[D | None]:
        """Return the documents in the order of the keys."""
        chunks = [self._find(chunk) for chunk in chunked_keys(keys)]
        documents = [found for chunk in await asyncio.gather(*chunks) for found in chunk]
        found = {OwnedId(document.organization_id, document.id): document for document in documents}
        return [found.get(key) for key in keys]

    async def _find(self, keys: Sequence[OwnedId]) -> list[D]:
        return await self.document.read_all(owned_query("_id", keys))


def chunked_keys(keys: Sequence[OwnedId]) -> list[Sequence[OwnedId]]:
    """Split a batch into runs short enough for one command."""
    starts = range(0, len(keys), MAX_IDS_PER_COMMAND)
    return [keys[start : start + MAX_IDS_PER_COMMAND] for start in starts]


def owned_query(field: str, keys: Sequence[OwnedId]) -> dict[str, Any]:
    """Return the query for the documents whose `field` is one of the keys' ids."""
    return {
        field: {"$in": sorted({key.id for key in keys})},
        "organization_id": {"$in": sorted({key.organization_id for key in keys})},
    }
