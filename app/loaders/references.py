"""Which of the entities graphs refer to exist, through a request's loaders."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TypeVar

from app.documents.base import OrganizationDocument
from app.domain.booking_flow.steps import BookingFlowStep, ServiceSelectionStep
from app.domain.service_selection.references import KnownReferences, collect_references
from app.domain.values import EntityId
from app.loaders.base import OwnedByIdLoader, OwnedId
from app.loaders.loaders import Loaders

D = TypeVar("D", bound=OrganizationDocument)


async def load_known_references(
    loaders: Loaders, organization_id: EntityId, steps: Sequence[BookingFlowStep]
) -> KnownReferences:
    """Return which references of the steps' graphs exist.

    The flows of a list share each loader's commands, however many there are.
    """
    graphs = [step.type_config for step in steps if isinstance(step, ServiceSelectionStep)]
    references = [collect_references(graph) for graph in graphs]
    questions, services, categories = await asyncio.gather(
        _load(loaders.questions, organization_id, (r.question_ids for r in references)),
        _load(loaders.services, organization_id, (r.service_ids for r in references)),
        _load(loaders.categories, organization_id, (r.category_ids for r in references)),
    )
    return KnownReferences(
        question_ids=frozenset(question.id for question in questions),
        category_ids=frozenset(category.id for category in categories),
        synced_service_ids=frozenset(s.id for s in services if s.is_synced),
        unsynced_service_ids=frozenset(s.id for s in services if not s.is_synced),
    )


async def _load(
    loader: OwnedByIdLoader[D],
    organization_id: EntityId,
    id_sets: Iterable[frozenset[EntityId]],
) -> list[D]:
    keys = [OwnedId(organization_id, entity_id) for ids in id_sets for entity_id in ids]
    return [document for document in await loader.load_all(keys) if document is not None]
