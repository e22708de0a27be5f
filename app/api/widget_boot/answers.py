"""Answers of booting widgets, kept until anything they show changes.

The operation is executed once for each flow a page may be routed to; routing itself runs for every
request. Only what everybody may read is kept: the data of requests without a credential.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cachetools import LRUCache
from graphql import GraphQLSchema
from graphql.execution.values import get_variable_values
from prometheus_client import Counter
from strawberry import Schema
from strawberry.types import ExecutionResult
from strawberry.types.arguments import convert_argument

from app.api.booking_flow_routers.inputs import RoutingContextInput
from app.api.context import RequestContext
from app.api.document_cache import is_known, prepare_document
from app.api.inputs import read_input
from app.api.widget_boot.plans import BootPlan, find_boot_plan
from app.documents.scheduler_config import SchedulerConfig
from app.domain.access import Anonymous
from app.domain.refusal import Refused
from app.domain.routing.urls import ParsedUrl
from app.domain.values import EntityId
from app.services.booking_sessions.start import PageContext
from app.services.content_generations import KeptContent, current_generations
from app.services.routing import find_route, read_url
from app.services.scheduler_configs import OriginNotAllowed, find_served_config

BOOT_ANSWERS = Counter(
    "scheduler_boot_answers",
    "Answers to booting widgets that were kept from before (hit), or had to be made (miss).",
    ["outcome"],
)
_HITS, _MISSES = BOOT_ANSWERS.labels("hit"), BOOT_ANSWERS.labels("miss")

MAX_KEPT_BYTES = 64 * 1024 * 1024
MAX_PLANS = 1_000
MAX_VARIABLES_BYTES = 1_000
"""Of the variables that are part of the question; more is no widget's."""

MAX_READINGS = 2_000
MAX_KEPT_READING_BYTES = 2_000
"""Of the variables of a request; longer ones are read again each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootAnswer:
    """The encoded `data` of an answer, its entity tag, and what the operation costs in points."""

    data: bytes
    etag: str
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BootQuestion:
    """What an answer depends on, and the state of content it was asked in."""

    key: Hashable
    organization_id: EntityId
    stamp: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a request asks for, as far as its own text says."""

    publishable_key: str
    others: bytes
    page: PageContext | None
    url: ParsedUrl | None


class BootAnswers:
    """The answers one process keeps."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._plans: LRUCache[str, BootPlan | None] = LRUCache(MAX_PLANS)
        self._readings: LRUCache[tuple[BootPlan, bytes], _Reading | None] = LRUCache(MAX_READINGS)
        self._kept: KeptContent[BootAnswer] = KeptContent(
            max_size=MAX_KEPT_BYTES, size_of=lambda answer: len(answer.data)
        )
        self._running: dict[Hashable, asyncio.Future[None]] = {}

    async def read_question(
        self,
        query: str,
        operation_name: str | None,
        variables: dict[str, Any],
        context: RequestContext,
    ) -> BootQuestion | None:
        """Return what an operation asks if it boots a widget; None for everything else.

        None too when the request will be refused: executing it finds out why.
        """
        stamp = current_generations().stamp()
        if stamp is None or not isinstance(context.credential, Anonymous):
            return None
        reading = self._read(query, operation_name, variables)
        if reading is None:
            return None
        try:
            config = await find_served_config(
                reading.publishable_key, origin=context.origin, server_origin=context.server_origin
            )
        except OriginNotAllowed:
            return None
        if config is None:
            return None
        revision_id = await _route(reading, config, now=context.now)
        return BootQuestion(
            key=(query, reading.others, config.id, revision_id, context.public_url),
            organization_id=config.organization_id,
            stamp=stamp,
        )

    async def answer(
        self, question: BootQuestion, execute: Callable[[], Awaitable[ExecutionResult]]
    ) -> BootAnswer | ExecutionResult:
        """Return what is kept, else what executing the operation gives; one request executes it."""
        kept = self._kept.find(question.key)
        if kept is not None:
            _HITS.inc()
            return kept
        _MISSES.inc()
        running = self._running.get(question.key)
        if running is not None:
            await asyncio.wait({running})
            # Nothing is kept when the other request failed; then each tries for itself.
            return self._kept.find(question.key) or await execute()
        done = self._running[question.key] = asyncio.get_running_loop().create_future()
        try:
            result = await execute()
            self._keep(question, result)
            return result
        finally:
            del self._running[question.key]
            done.set_result(None)

    def _keep(self, question: BootQuestion, result: ExecutionResult) -> None:
        if result.errors or not result.data or not result.extensions:
            return
        data = orjson.dumps(result.data, default=str)
        answer = BootAnswer(
            data=data,
            etag=f'W/"{hashlib.sha256(data).hexdigest()[:32]}"',
            cost=result.extensions["cost"]["requested"],
        )
        self._kept.keep(
            question.key,
            answer,
            organization_id=question.organization_id,
            stamp=question.stamp,
        )

    def _read(
        self, query: str, operation_name: str | None, variables: dict[str, Any]
    ) -> _Reading | None:
        """Return what a request asks for, from memory when many ask the same."""
        if not is_known(self._graphql_schema, query):
            return None  # Reading a document is paid for, so it is left to the execution.
        plan = self._find_plan(query)
        if plan is None or operation_name not in {None, plan.operation_name}:
            return None
        try:
            given = orjson.dumps(variables)
        except orjson.JSONEncodeError:
            return None  # Nested more deeply than is ever written, though it could be read.
        asked = plan, given
        if asked in self._readings:
            return self._readings[asked]
        reading = self._read_variables(plan, variables)
        if len(given) <= MAX_KEPT_READING_BYTES:
            self._readings[asked] = reading
        return reading

    def _find_plan(self, query: str) -> BootPlan | None:
        if query not in self._plans:
            prepared = prepare_document(self._graphql_schema, query)
            is_valid = prepared.document is not None and not prepared.errors
            may_boot = is_valid and not prepared.uses_introspection
            self._plans[query] = (
                find_boot_plan(prepared.document) if may_boot and prepared.document else None
            )
        return self._plans[query]

    def _read_variables(self, plan: BootPlan, variables: dict[str, Any]) -> _Reading | None:
        """Return what the variables ask for; None when they are not what the operation wants."""
        definitions = plan.operation.variable_definitions or ()
        values = get_variable_values(self._graphql_schema, definitions, variables)
        key = plan.read_key(variables)
        others = orjson.dumps(plan.other_variables(variables), option=orjson.OPT_SORT_KEYS)
        if isinstance(values, list) or key is None or len(others) > MAX_VARIABLES_BYTES:
            return None
        if plan.page_variable is None:
            return _Reading(publishable_key=key, others=others, page=None, url=None)
        given = values.coerced.get(plan.page_variable)
        if given is None:
            return None  # A variable with a default may be null; GraphQL refuses it later.
        try:
            page = read_input(self._convert(given), PageContext)
            url = read_url(page)
        except Refused:
            return None
        return _Reading(publishable_key=key, others=others, page=page, url=url)

    def _convert(self, page: object) -> object:
        registry = self._schema.schema_converter.scalar_registry
        return convert_argument(page, RoutingContextInput, registry, self._schema.config)

    @property
    def _graphql_schema(self) -> GraphQLSchema:
        return self._schema._schema


async def _route(reading: _Reading, config: SchedulerConfig, *, now: datetime) -> EntityId | None:
    """Return the revision the page is routed to; None without a page or a flow for it."""
    if reading.page is None or reading.url is None:
        return None
    visitor_id = reading.page.visitor_id
    return (await find_route(config, reading.url, now=now, visitor_id=visitor_id)).revision_id
