"""What one request loads, each document once and together with others of its kind."""

from collections.abc import Sequence
from typing import Any

from aiodataloader import DataLoader
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

OwnedId = tuple[str, str]
"""An organization's id and a document's."""


class DocumentLoader(DataLoader):
    """Loads documents by id; one of another organization is not there."""

    max_batch_size = 100

    def __init__(self, collection: AsyncCollection) -> None:
        super().__init__()
        self._collection = collection

    async def batch_load_fn(self, keys: Sequence[OwnedId]) -> list[dict[str, Any] | None]:
        ids = [entity_id for _, entity_id in keys]
        found = await self._collection.find({"_id": {"$in": ids}}).to_list()
        by_key = {(document["organization_id"], document["_id"]): document for document in found}
        return [by_key.get(key) for key in keys]


class Loaders:
    """The loaders of one request."""

    def __init__(self, db: AsyncDatabase) -> None:
        self.answers = DocumentLoader(db.booking_question_answers)
        self.brand_kits = DocumentLoader(db.brand_kits)
        self.categories = DocumentLoader(db.booking_answer_categories)
        self.flows = DocumentLoader(db.booking_flows)
        self.questions = DocumentLoader(db.booking_questions)
        self.revisions = DocumentLoader(db.booking_flow_revisions)
        self.services = DocumentLoader(db.booking_services)
        self.steps = DocumentLoader(db.booking_flow_steps)
