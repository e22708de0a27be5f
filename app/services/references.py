"""Which of the entities a graph refers to exist."""

from collections.abc import Iterable

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_question import BookingQuestion
from app.documents.booking_service import BookingService
from app.domain.booking_flow.steps import BookingFlowStep, ServiceSelectionStep
from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.references import (
    GraphReferences,
    KnownReferences,
    collect_references,
)
from app.domain.values import EntityId


def graphs_of(steps: Iterable[BookingFlowStep]) -> list[ServiceGraph]:
    """Return the service-selection graphs among the steps."""
    return [step.type_config for step in steps if isinstance(step, ServiceSelectionStep)]


async def load_known_references(
    organization_id: EntityId, graphs: Iterable[ServiceGraph]
) -> KnownReferences:
    """Return which references of the graphs exist: one command per kind and 100 ids."""
    collected = [collect_references(graph) for graph in graphs]
    merged = GraphReferences(
        question_ids=frozenset().union(*(each.question_ids for each in collected)),
        service_ids=frozenset().union(*(each.service_ids for each in collected)),
        category_ids=frozenset().union(*(each.category_ids for each in collected)),
    )
    services = await BookingService.list_owned(organization_id, merged.service_ids)
    synced = {service.id for service in services if service.is_synced}
    return KnownReferences(
        question_ids=frozenset(
            await BookingQuestion.owned_ids(organization_id, merged.question_ids)
        ),
        category_ids=frozenset(
            await BookingAnswerCategory.owned_ids(organization_id, merged.category_ids)
        ),
        synced_service_ids=frozenset(synced),
        unsynced_service_ids=frozenset({service.id for service in services} - synced),
    )
