"""Answers of booting widgets, kept until anything they show changes.

The operation is executed once for each flow a page may be routed to; routing itself runs for every
request. Only what everybody may read is kept: the data of requests without a credential.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
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


class BootAnswers:
    """The answers one process keeps."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._plans: LRUCache[str, BootPlan | None] = LRUCache(MAX_PLANS)
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
        plan = self._find_plan(query)
        if plan is None or operation_name not in {None, plan.operation_name}:
            return None
        key = plan.read_key(variables)
        if key is None:
            return None
        try:
            others = orjson.dumps(plan.other_variables(variables), option=orjson.OPT_SORT_KEYS)
            config = await find_served_config(
                key, origin=context.origin, server_origin=context.server_origin
            )
            if config is None or len(others) > MAX_VARIABLES_BYTES:
                return None
            revision_id = await self._route(plan, variables, config, context)
        except (OriginNotAllowed, Refused, _NotRouted):
            return None
        return BootQuestion(
            key=(query, others, config.id, revision_id, context.public_url),
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

    def _find_plan(self, query: str) -> BootPlan | None:
        if not is_known(self._graphql_schema, query):
            return None  # Reading a document is paid for, so it is left to the execution.
        if query not in self._plans:
            prepared = prepare_document(self._graphql_schema, query)
            is_valid = prepared.document is not None and not prepared.errors
            may_boot = is_valid and not prepared.uses_introspection
            self._plans[query] = (
                find_boot_plan(prepared.document) if may_boot and prepared.document else None
            )
        return self._plans[query]

    async def _route(
        self,
        plan: BootPlan,
        variables: dict[str, Any],
        config: SchedulerConfig,
        context: RequestContext,
    ) -> EntityId | None:
        """Return the revision a page is routed to; raises _NotRouted or Refused."""
        definitions = plan.operation.variable_definitions
        values = get_variable_values(self._graphql_schema, definitions or (), variables)
        if isinstance(values, list):
            raise _NotRouted
        if plan.page_variable is None:
            return None
        given = values.coerced.get(plan.page_variable)
        if given is None:
            raise _NotRouted  # A variable with a default may be null; GraphQL refuses it later.
        page = read_input(self._convert(given), PageContext)
        url = read_url(page)
        route = await find_route(config, url, now=context.now, visitor_id=page.visitor_id)
        return route.revision_id

    def _convert(self, page: object) -> object:
        registry = self._schema.schema_converter.scalar_registry
        return convert_argument(page, RoutingContextInput, registry, self._schema.config)

    @property
    def _graphql_schema(self) -> GraphQLSchema:
        return self._schema._schema


class _NotRouted(Exception):
    """The variables are not what the operation asks for."""
