"""Loaders of the documents that carry an id in one of their fields."""

import asyncio
from collections.abc import Sequence
from itertools import chain
from typing import Generic, TypeVar

from app.documents.base import OrganizationDocument
from app.loaders.base import OwnedId, chunked_keys, owned_query
from app.loaders.measured import MeasuredLoader

D = TypeVar("D", bound=OrganizationDocument)


class ListsByFieldLoader(MeasuredLoader[OwnedId, list[D]], Generic[D]):
    """Loads all documents of one kind whose `field` is an id, in no order.

    One command per 100 ids.
    """

    document: type[D]
    field: str

    def __init__(self, document: type[D], field: str) -> None:
        super().__init__(f"{document.__name__}ListsBy{field.title()}")
        self.document = document
        self.field = field

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[list[D]]:
        """Return the lists in the order of the keys."""
        chunks = [self._find(chunk) for chunk in chunked_keys(keys)]
        lists: dict[OwnedId, list[D]] = {key: [] for key in keys}
        for document in chain.from_iterable(await asyncio.gather(*chunks)):
            key = OwnedId(document.organization_id, getattr(document, self.field))
            if key in lists:
                lists[key].append(document)
        return [lists[key] for key in keys]

    async def _find(self, keys: Sequence[OwnedId]) -> list[D]:
        return await self.document.read_all(owned_query(self.field, keys))
