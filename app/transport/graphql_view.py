"""The GraphQL endpoint for HTTP and for browsers."""

import uuid
from collections.abc import AsyncGenerator, Callable
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
from app.api.document_cache import PreparedDocument, prepare_document
from app.api.errors import RequestError
from app.api.limits.bounds import REFUSED_PRICE
from app.api.limits.points import Account, PointsTable
from app.api.operation_limits import throttled, timed_out, to_cost
from app.documents.driver import UNAVAILABLE_ERRORS
from app.domain.access import Anonymous, Credential
from app.services.credentials import Authenticator
from app.transport.authentication import authenticate
from app.transport.callers import caller_of
from app.transport.capacity import Capacity
from app.transport.deadlines import ClientGone, OperationRunner, Receive
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
from app.transport.live_credentials import wait_for_end
from app.transport.persisted_documents import PersistedDocuments

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
    live_places: Capacity = field(default_factory=lambda: Capacity(MAX_LIVE_CONNECTIONS))

    async def serve(self, request: Request) -> Response:
        """Return the answer to one request."""
        if self.render_page is not None and _wants_page(request):
            return self.render_page(request)
        media_type = PLAIN_JSON
        try:
            media_type = choose_media_type(request.headers.get("accept"))
            return await self._answer(request, await read_request(request), media_type)
        except HttpProblem as problem:
            is_stream = media_type == EVENT_STREAM
            return answer_problem(problem, media_type=PLAIN_JSON if is_stream else media_type)
        except (ClientDisconnect, ClientGone):
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
        return RequestContext(
            credential=credential,
            now=datetime.now(UTC),
            request_id=uuid.uuid4().hex,
            public_url=self.public_url or str(connection.base_url).rstrip("/"),
            origin=connection.headers.get("origin"),
            authenticator=self.authenticator(),
            account=Account(self.points, caller_of(credential, connection)),
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

    async def _answer(
        self, request: Request, operation: GraphQLRequest, media_type: str
    ) -> Response:
        context = self.context_of(request, Anonymous())
        allowed = GET_OPERATIONS if request.method == "GET" else POST_OPERATIONS
        try:
            with self.capacity.place():
                credential = await authenticate(request, self.authenticator())
                context = self.context_of(request, credential)
                operation = self.documents.find(operation, credential)
                result = await self.run(
                    operation, context, allowed=allowed, receive=request.receive
                )
        except RequestError as error:
            result = _refuse(context, error)
        except UNAVAILABLE_ERRORS as error:
            result = _refuse(context, GraphQLError("", original_error=error))
        except CannotGetOperationTypeError as error:
            raise HttpProblem(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            if _is_subscription(error) and accepts_event_stream(request.headers.get("accept")):
                return self._stream(request, operation, context)
            raise _wrong_method(request, error) from error
        if media_type == EVENT_STREAM:
            return single_event(self.to_content(result, context))
        return answer(
            result,
            media_type=media_type,
            request_id=context.request_id,
            offers_suggestions=self.offers_introspection,
        )

    def _stream(
        self, request: Request, operation: GraphQLRequest, context: RequestContext
    ) -> Response:
        async def contents() -> AsyncGenerator[dict[str, Any], None]:
            try:
                with self.live_places.place():
                    async with aclosing(self.follow(operation, context)) as results:
                        async for result in results:
                            yield self.to_content(result, context)
            except RequestError as error:
                yield {"errors": [error.formatted]}

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
    is_query = "query" in request.query_params
    return (
        request.method == "GET"
        and not is_query
        and "text/html" in request.headers.get("accept", "")
    )
