"""Writing a flow down as one self-contained document."""

import asyncio
import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_question import BookingQuestion
from app.documents.booking_service import BookingService
from app.documents.brand_kit import BrandKit
from app.documents.scheduler_config import SchedulerConfig
from app.domain.booking_flow.portable import (
    PortableBrandKit,
    PortableCategory,
    PortableFlow,
    PortableQuestion,
    PortableService,
    ReferenceNames,
    rename_answers,
    rename_steps,
)
from app.domain.booking_flow.steps import BookingFlowStep
from app.domain.content import ContentConfig
from app.domain.questions import BookingQuestionContent, ServiceReferenceAnswerContent
from app.domain.service_selection.references import collect_references
from app.domain.values import EntityId
from app.services.files import read_file
from app.services.flow_drafts import find_booking_flow, read_draft
from app.services.portability.questions import load_contents
from app.services.publication import find_revision
from app.services.references import graphs_of


async def export_booking_flow(
    organization_id: EntityId, flow_id: EntityId, *, revision: int | None = None
) -> PortableFlow | None:
    """Return the draft or a revision of a flow with everything it refers to; None if there is none.

    The kit is that of a scheduler config which leads to the flow. References to what was deleted
    come out as references to nothing.
    """
    flow = await find_booking_flow(organization_id, flow_id)
    if flow is None:
        return None
    kit = await _export_kit(flow)
    if revision is None:
        return await _export(organization_id, flow.content, (await read_draft(flow)).steps, kit)
    frozen = await find_revision(flow, revision)
    if frozen is None:
        return None
    return await _export(organization_id, frozen.content, frozen.steps, kit)


@dataclass(frozen=True)
class _Content:
    """What the steps of a flow and the answers of its questions refer to, each kind by its ids."""

    services: Sequence[BookingService]
    questions: Mapping[EntityId, BookingQuestionContent]
    categories: Sequence[BookingAnswerCategory]


async def _export(
    organization_id: EntityId,
    content: ContentConfig,
    steps: Sequence[BookingFlowStep],
    kit: PortableBrandKit | None,
) -> PortableFlow:
    found = await _load_content(organization_id, steps)
    names = ReferenceNames(
        services=_name("service", (service.id for service in found.services)),
        questions=_name("question", found.questions),
        categories=_name("category", (category.id for category in found.categories)),
    )
    return PortableFlow(
        content=content,
        steps=await asyncio.to_thread(rename_steps, steps, names),
        services=tuple(_write_service(service, names) for service in found.services),
        questions=tuple(
            PortableQuestion(
                key=names.questions[question_id], **dict(rename_answers(question, names))
            )
            for question_id, question in found.questions.items()
        ),
        categories=tuple(_write_category(category, names) for category in found.categories),
        brand_kit=kit,
    )


async def _load_content(organization_id: EntityId, steps: Sequence[BookingFlowStep]) -> _Content:
    references = [collect_references(graph) for graph in graphs_of(steps)]
    question_ids = frozenset().union(*(each.question_ids for each in references))
    stored = await BookingQuestion.list_owned(organization_id, question_ids)
    stored.sort(key=lambda question: question.id)
    questions = await load_contents(organization_id, stored)
    answers = [answer for question in questions.values() for answer in question.answers]
    service_ids = frozenset(
        answer.service_id for answer in answers if isinstance(answer, ServiceReferenceAnswerContent)
    ).union(*(each.service_ids for each in references))
    category_ids = frozenset(
        answer.category_id for answer in answers if answer.category_id is not None
    ).union(*(each.category_ids for each in references))
    services = await BookingService.list_owned(organization_id, service_ids)
    categories = await BookingAnswerCategory.list_owned(organization_id, category_ids)
    return _Content(
        services=sorted(services, key=lambda service: service.id),
        questions=questions,
        categories=sorted(categories, key=lambda category: category.id),
    )


def _write_service(service: BookingService, names: ReferenceNames) -> PortableService:
    return PortableService(
        key=names.services[service.id],
        service_content=service.service_content,
        vendor_data=service.vendor_data,
    )


def _write_category(category: BookingAnswerCategory, names: ReferenceNames) -> PortableCategory:
    return PortableCategory(
        key=names.categories[category.id],
        title=category.title,
        description=category.description,
        icon=category.icon,
    )


async def _export_kit(flow: BookingFlow) -> PortableBrandKit | None:
    owner = [flow.organization_id]
    configs = await SchedulerConfig.find_defaulting_to(owner, [flow.id])
    routers = await BookingFlowRouter.find_leading_to(owner, [flow.id])
    configs += await SchedulerConfig.find(
        {
            "organization_id": flow.organization_id,
            "booking_flow_router_id": {"$in": [router.id for router in routers]},
        }
    ).to_list()
    kit_ids = [config.brand_kit_id for config in configs if config.brand_kit_id is not None]
    kit = await BrandKit.get_owned(flow.organization_id, kit_ids[0]) if kit_ids else None
    if kit is None:
        return None
    logo = await read_file(kit.logo_file_id) if kit.logo_file_id is not None else None
    return PortableBrandKit(
        name=kit.name,
        colors=kit.colors,
        logo_base64=None if logo is None else base64.b64encode(logo).decode(),
    )


def _name(kind: str, ids: Iterable[EntityId]) -> Mapping[EntityId, str]:
    return {entity_id: f"{kind}-{number}" for number, entity_id in enumerate(ids, start=1)}
