"""The GraphQL endpoint for HTTP and for browsers."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from strawberry import Schema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from app.api.context import RequestContext
from app.api.document_cache import PreparedDocument, name_known_operation, prepare_document
from app.api.errors import RequestError
from app.api.limits.bounds import REFUSED_PRICE
from app.api.limits.points import Account, PointsTable
from app.api.operation_limits import throttled, timed_out, to_cost
from app.api.widget_boot.answers import BootAnswer, BootAnswers
from app.documents.driver import UNAVAILABLE_ERRORS
from app.domain.access import Anonymous, Credential, SessionCredential
from app.services.credentials import Authenticator
from app.services.origins import AllowedOrigins
from app.services.scheduler_configs import OriginNotAllowed
from app.services.vendor.access import VendorAccess
from app.services.webhooks.tools import WebhookTools
from app.transport.authentication import authenticate
from app.transport.callers import caller_of, network_of
from app.transport.capacity import Capacity
from app.transport.connection_metrics import OPEN_EVENT_STREAMS
from app.transport.cors import withhold_answer
from app.transport.deadlines import ClientGone, OperationRunner, Receive
from app.transport.draining import Draining
from app.transport.errors import cause_of
from app.transport.event_stream import EventStream, single_event
from app.transport.graphql_answers import answer, answer_problem, to_content
from app.transport.graphql_request import (
    EVENT_STREAM,
    PLAIN_JSON,
    GraphQLRequest,
    HttpProblem,
    accepts_event_stream,
    choose_media_type,
    read_request,
)
from app.transport.kept_answers import answer_kept
from app.transport.live_credentials import require_origin, wait_for_end
from app.transport.operation_log import BAD_REQUEST, CLIENT_GONE, Observation, OperationLog
from app.transport.persisted_documents import PersistedDocuments
from app.transport.request_ids import request_id_of

POST_OPERATIONS = frozenset({OperationType.QUERY, OperationType.MUTATION})
GET_OPERATIONS = frozenset({OperationType.QUERY})
MAX_LIVE_CONNECTIONS = 2_000
"""Sockets and event streams of a process."""

CLIENT_CLOSED_REQUEST = 499
"""Nobody reads it; by this number proxies and logs know that the client went."""


@dataclass(frozen=True, kw_only=True)
class GraphQLEndpoint:
    """Serves operations by GET and POST, and the page `render_page` makes to browsers."""

    schema: Schema
    authenticator: Callable[[], Authenticator]
    public_url: str | None
    render_page: Callable[[Request], Response] | None
    offers_introspection: bool
    points: PointsTable
    capacity: Capacity
    runner: OperationRunner
    documents: PersistedDocuments = field(default_factory=PersistedDocuments)
    boot_answers: BootAnswers | None = None
    origins: AllowedOrigins = field(default_factory=AllowedOrigins)
    vendor: Callable[[], VendorAccess] = VendorAccess
    webhooks: Callable[[], WebhookTools] = WebhookTools
    live_places: Capacity = field(default_factory=lambda: Capacity(MAX_LIVE_CONNECTIONS))
    log: OperationLog = field(default_factory=OperationLog)
    draining: Draining = field(default_factory=Draining)

    async def serve(self, request: Request) -> Response:
        """Return the answer to one request."""
        if self.render_page is not None and _wants_page(request):
            return self.render_page(request)
        media_type = PLAIN_JSON
        with self.log.operation() as seen:
            try:
                media_type = choose_media_type(request.headers.get("accept"))
                return await self._answer(request, await read_request(request), media_type, seen)
            except HttpProblem as problem:
                seen.outcome = BAD_REQUEST
                is_stream = media_type == EVENT_STREAM
                return answer_problem(problem, media_type=PLAIN_JSON if is_stream else media_type)
            except (ClientDisconnect, ClientGone):
                seen.outcome = CLIENT_GONE
                return Response(status_code=CLIENT_CLOSED_REQUEST)

    async def run(
        self,
        operation: GraphQLRequest,
        context: RequestContext,
        *,
        allowed: frozenset[OperationType],
        receive: Receive,
    ) -> ExecutionResult:
        """Return the result of an operation, at its deadline TIMEOUT.

        Raises InvalidOperationTypeError when its type is not allowed, CannotGetOperationTypeError
        when the document has no such operation, and as `OperationRunner.run` does.
        """

        def prepared() -> PreparedDocument:
            return prepare_document(self.schema._schema, operation.query)

        try:
            result = await self.runner.run(
                self.schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.operation_name,
                    allowed_operation_types=allowed,
                ),
                receive=receive,
                must_finish=lambda: prepared().is_mutation(operation.operation_name),
            )
        except TimeoutError:
            return timed_out(prepared(), operation.operation_name, operation.variables, context)
        if not isinstance(result, PreExecutionError):
            self.documents.remember(operation)
        return result

    async def follow(
        self, operation: GraphQLRequest, context: RequestContext
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Yield the results of a subscription, which has a price but no deadline."""
        results = await self.schema.subscribe(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
        )
        async with aclosing(results):
            async for result in results:
                yield result

    def context_of(self, connection: HTTPConnection, credential: Credential) -> RequestContext:
        """Return what the resolvers of one operation know."""
        network = network_of(connection)
        return RequestContext(
            credential=credential,
            now=datetime.now(UTC),
            request_id=request_id_of(connection),
            public_url=self.public_url or str(connection.base_url).rstrip("/"),
            origin=connection.headers.get("origin"),
            network=network,
            authenticator=self.authenticator(),
            vendor=self.vendor(),
            webhooks=self.webhooks(),
            account=Account(self.points, caller_of(credential, network)),
            offers_introspection=self.offers_introspection,
            deadline_seconds=self.runner.deadline_seconds,
        )

    def to_content(self, result: ExecutionResult, context: RequestContext) -> dict[str, Any]:
        """Return a result as clients read it."""
        return to_content(
            result,
            request_id=context.request_id,
            offers_suggestions=self.offers_introspection,
        )

    def name_of(self, operation: GraphQLRequest) -> str | None:
        """Return the operation's name when its document is known to be valid."""
        return name_known_operation(self.schema._schema, operation.query, operation.operation_name)

    async def _answer(
        self, request: Request, operation: GraphQLRequest, media_type: str, seen: Observation
    ) -> Response:
        context = seen.context = self.context_of(request, Anonymous())
        allowed = GET_OPERATIONS if request.method == "GET" else POST_OPERATIONS
        try:
            with self.capacity.place():
                credential = await authenticate(request, self.authenticator())
                if not isinstance(credential, Anonymous):
                    context = seen.context = self.context_of(request, credential)
                await self._require_page_of_session(context)
                operation = self.documents.find(operation, credential)
                result = await self._execute(
                    request, operation, context, allowed=allowed, media_type=media_type
                )
            seen.name = self.name_of(operation)
            if isinstance(result, BootAnswer):
                seen.cost = result.cost
                return self._answer_kept(result, request, context, media_type)
        except RequestError as error:
            result = _refuse(context, error)
        except UNAVAILABLE_ERRORS as error:
            result = _refuse(context, GraphQLError("", original_error=error))
        except CannotGetOperationTypeError as error:
            raise HttpProblem(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            if _is_subscription(error) and accepts_event_stream(request.headers.get("accept")):
                seen.is_left = True
                return self._stream(request, operation, context)
            raise _wrong_method(request, error) from error
        if _was_refused_by_a_key(result):
            withhold_answer(request)
        content = seen.note(self.to_content(result, context))
        if media_type == EVENT_STREAM:
            return single_event(content)
        return answer(content, media_type=media_type)

    async def _require_page_of_session(self, context: RequestContext) -> None:
        """Raise RequestError FORBIDDEN for a session's token on a page of somebody else."""
        if isinstance(context.credential, SessionCredential):
            await require_origin(
                context.credential,
                origin=context.origin,
                server_origin=context.server_origin,
                allowed=self.origins,
            )

    async def _execute(
        self,
        request: Request,
        operation: GraphQLRequest,
        context: RequestContext,
        *,
        allowed: frozenset[OperationType],
        media_type: str,
    ) -> ExecutionResult | BootAnswer:
        """Return the result of the operation, or the answer kept from before."""

        def run() -> Coroutine[Any, Any, ExecutionResult]:
            return self.run(operation, context, allowed=allowed, receive=request.receive)

        has_points = context.account.take(0).available > 0
        if self.boot_answers is None or media_type == EVENT_STREAM or not has_points:
            return await run()
        question = await self.boot_answers.read_question(
            operation.query, operation.operation_name, operation.variables or {}, context
        )
        if question is None:
            return await run()
        return await self.boot_answers.answer(question, run)

    def _answer_kept(
        self, kept: BootAnswer, request: Request, context: RequestContext, media_type: str
    ) -> Response:
        """Return the response; raises RequestError THROTTLED like executing the operation."""
        balance = context.account.take(kept.cost)
        if not balance.is_enough:
            raise throttled(balance)
        cost = to_cost(balance, requested=kept.cost)
        return answer_kept(kept, request, cost=cost, media_type=media_type)

    def _stream(
        self, request: Request, operation: GraphQLRequest, context: RequestContext
    ) -> Response:
        async def contents() -> AsyncGenerator[dict[str, Any], None]:
            with self.log.stream(context) as seen:
                seen.name = self.name_of(operation)
                try:
                    with self.live_places.place(), OPEN_EVENT_STREAMS.track_inprogress():
                        async with aclosing(self.follow(operation, context)) as results:
                            async for result in results:
                                yield seen.note(self.to_content(result, context))
                except RequestError as error:
                    yield seen.note({"errors": [error.formatted]})

        ends = wait_for_end(context.credential, request, self.authenticator())
        return EventStream(contents(), credential_ends=ends)


def _refuse(context: RequestContext, error: GraphQLError) -> ExecutionResult:
    """Return the answer to a request that did not run, paid for by whom the context is of."""
    balance = context.account.take(REFUSED_PRICE)
    if not balance.is_enough:
        error = throttled(balance)
    return PreExecutionError(
        data=None, errors=[error], extensions={"cost": to_cost(balance, requested=0)}
    )


def _was_refused_by_a_key(result: ExecutionResult) -> bool:
    """Return whether the page is not allowed by a publishable key it used."""
    return any(isinstance(cause_of(error), OriginNotAllowed) for error in result.errors or ())


def _is_subscription(error: InvalidOperationTypeError) -> bool:
    return error.operation_type is OperationType.SUBSCRIPTION


def _wrong_method(request: Request, error: InvalidOperationTypeError) -> HttpProblem:
    is_get = request.method == "GET"
    if _is_subscription(error):
        return HttpProblem(400, f"Subscriptions are served as {EVENT_STREAM} or over WebSocket.")
    return HttpProblem(
        405 if is_get else 400,
        error.as_http_error_reason(request.method),
        headers={"Allow": "POST"} if is_get else {},
    )


def _wants_page(request: Request) -> bool:
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("accept", "")
        and "query" not in request.query_params
    )
