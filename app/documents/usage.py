"""Finding what refers to entities, for many entities at a time."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from app.documents.base import OrganizationDocument, chunked
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.scheduler_config import SchedulerConfig
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.usage import AnyUsage, ConfigUsage, FlowUsage, QuestionUsage, UsedKind
from app.domain.values import EntityId

Usages: TypeAlias = dict[EntityId, list[AnyUsage]]

NODE_FIELDS: Mapping[UsedKind, str] = {
    UsedKind.BOOKING_QUESTION: "question_id",
    UsedKind.BOOKING_SERVICE: "service_id",
    UsedKind.BOOKING_ANSWER_CATEGORY: "answer_category_id",
}
ANSWER_FIELDS: Mapping[UsedKind, str] = {
    UsedKind.BOOKING_SERVICE: "service_id",
    UsedKind.BOOKING_ANSWER_CATEGORY: "category_id",
}
CONFIG_FIELDS: Mapping[UsedKind, str] = {
    UsedKind.BRAND_KIT: "brand_kit_id",
    UsedKind.BOOKING_FLOW_ROUTER: "booking_flow_router_id",
}


async def find_usages(kind: UsedKind, organization_id: EntityId, ids: Sequence[EntityId]) -> Usages:
    """Return what uses each of at most 100 entities of a kind, flows first, then by id.

    The number of commands does not depend on the number of entities: one for the configs, two for
    the questions, two for the flows and one per 100 published flows.
    """
    usages: Usages = {entity_id: [] for entity_id in ids}
    for fields, find in _FINDERS:
        if kind in fields:
            for used_id, usage in await find(fields[kind], organization_id, ids):
                usages[used_id].append(usage)
    return usages


async def _find_flows(
    field: str, organization_id: EntityId, ids: Sequence[EntityId]
) -> list[tuple[EntityId, AnyUsage]]:
    wanted = set(ids)
    flows = await BookingFlow.find(
        {
            "organization_id": organization_id,
            "status": {"$ne": BookingFlowStatus.DELETED.value},
        }
    ).to_list()
    drafts = await _find_drafts(field, organization_id, ids)
    published = await _find_published(field, organization_id, ids, flows)
    found: list[tuple[EntityId, AnyUsage]] = []
    for flow in sorted(flows, key=lambda flow: flow.id):
        in_draft: set[EntityId] = set().union(*(drafts.get(step, set()) for step in flow.steps))
        in_published = published.get(flow.published_revision_id or "", set())
        found += [
            (
                used_id,
                _flow_usage(
                    flow, in_draft=used_id in in_draft, in_published=used_id in in_published
                ),
            )
            for used_id in sorted(in_draft | in_published)
            if used_id in wanted
        ]
    return found


def _flow_usage(flow: BookingFlow, *, in_draft: bool, in_published: bool) -> FlowUsage:
    return FlowUsage(
        id=flow.id,
        organization_id=flow.organization_id,
        title=flow.content.title,
        in_draft=in_draft,
        in_published_revision=in_published,
    )


async def _find_drafts(
    field: str, organization_id: EntityId, ids: Sequence[EntityId]
) -> dict[EntityId, set[EntityId]]:
    """Return the used ids by step document."""
    path = f"type_config.nodes.{field}"
    found = await _find_raw(
        BookingFlowStepDocument,
        {"organization_id": organization_id, path: {"$in": list(ids)}},
        path,
    )
    return {raw["_id"]: set(_node_values(raw, field)) for raw in found}


async def _find_published(
    field: str, organization_id: EntityId, ids: Sequence[EntityId], flows: Sequence[BookingFlow]
) -> dict[EntityId, set[EntityId]]:
    """Return the used ids by published revision."""
    path = f"steps.type_config.nodes.{field}"
    used: dict[EntityId, set[EntityId]] = {}
    published = [flow.published_revision_id for flow in flows]
    for chunk in chunked([revision_id for revision_id in published if revision_id is not None]):
        query = {"_id": {"$in": chunk}, "organization_id": organization_id}
        for raw in await _find_raw(BookingFlowRevision, {**query, path: {"$in": list(ids)}}, path):
            values = (_node_values(step, field) for step in raw["steps"])
            used[raw["_id"]] = set().union(*values)
    return used


def _node_values(step: Mapping[str, Any], field: str) -> Iterator[EntityId]:
    for node in step.get("type_config", {}).get("nodes", ()):
        if node.get(field) is not None:
            yield node[field]


async def _find_questions(
    field: str, organization_id: EntityId, ids: Sequence[EntityId]
) -> list[tuple[EntityId, AnyUsage]]:
    answers = await BookingQuestionAnswer.find(
        {"organization_id": organization_id, field: {"$in": list(ids)}}
    ).to_list()
    questions = await BookingQuestion.list_owned(
        organization_id, {answer.booking_question_id for answer in answers}
    )
    used = {answer.id: getattr(answer, field) for answer in answers}
    return [
        (
            used_id,
            QuestionUsage(
                id=question.id,
                organization_id=organization_id,
                title=question.question_content.title,
            ),
        )
        for question in sorted(questions, key=lambda question: question.id)
        # Of the answers stored for a question only those it names are its answers.
        for used_id in dict.fromkeys(used[state] for state in question.answers if state in used)
    ]


async def _find_configs(
    field: str, organization_id: EntityId, ids: Sequence[EntityId]
) -> list[tuple[EntityId, AnyUsage]]:
    configs = await SchedulerConfig.find(
        {"organization_id": organization_id, field: {"$in": list(ids)}}
    ).to_list()
    return [
        (
            getattr(config, field),
            ConfigUsage(id=config.id, organization_id=organization_id, title=config.name),
        )
        for config in sorted(configs, key=lambda config: config.id)
    ]


async def _find_raw(
    document: type[OrganizationDocument], query: Mapping[str, Any], path: str
) -> list[dict[str, Any]]:
    cursor = document.get_motor_collection().find(dict(query), {path: 1})
    return [raw async for raw in cursor]


_Finder: TypeAlias = Callable[
    [str, EntityId, Sequence[EntityId]], Awaitable[list[tuple[EntityId, AnyUsage]]]
]
_FINDERS: tuple[tuple[Mapping[UsedKind, str], _Finder], ...] = (
    (NODE_FIELDS, _find_flows),
    (ANSWER_FIELDS, _find_questions),
    (CONFIG_FIELDS, _find_configs),
)
