"""Loaders of what flows consist of."""

import asyncio
from collections.abc import Sequence
from itertools import chain

from app.documents.booking_flow_revision import BookingFlowRevision, RevisionHeader
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.domain.booking_flow.steps import BookingFlowStep
from app.loaders.base import OwnedId, chunked_keys, owned_query
from app.loaders.measured import MeasuredLoader


class StepsByDocumentIdLoader(MeasuredLoader[OwnedId, BookingFlowStep | None]):
    """Loads typed steps by the ids of the documents that flows name.

    Graphs of many megabytes are read in a thread, the whole batch in one: were each flow's steps
    handed on by themselves, what is loaded next would fall into as many batches.
    """

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[BookingFlowStep | None]:
        """Return the steps in the order of the keys."""
        chunks = [
            BookingFlowStepDocument.read_all(owned_query("_id", chunk))
            for chunk in chunked_keys(keys)
        ]
        documents = list(chain.from_iterable(await asyncio.gather(*chunks)))
        steps = await asyncio.to_thread(lambda: [each.to_step() for each in documents])
        found = {
            OwnedId(document.organization_id, document.id): step
            for document, step in zip(documents, steps, strict=True)
        }
        return [found.get(key) for key in keys]


class RevisionHeadersByIdLoader(MeasuredLoader[OwnedId, RevisionHeader | None]):
    """Loads revisions by id without their steps, which may be megabytes."""

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[RevisionHeader | None]:
        """Return the headers in the order of the keys."""
        chunks = [BookingFlowRevision.find_headers(chunk) for chunk in chunked_keys(keys)]
        headers = chain.from_iterable(await asyncio.gather(*chunks))
        found = {OwnedId(header.organization_id, header.id): header for header in headers}
        return [found.get(key) for key in keys]
