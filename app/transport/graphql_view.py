"""The GraphQL endpoint for HTTP and for browsers."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
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
from app.domain.access import Anonymous
from app.services.credentials import Authenticator
from app.transport.authentication import authenticate
from app.transport.callers import caller_of
from app.transport.capacity import Capacity
from app.transport.deadlines import ClientGone, OperationRunner
from app.transport.graphql_answers import answer, answer_problem
from app.transport.graphql_request import (
    PLAIN_JSON,
    GraphQLRequest,
    HttpProblem,
    choose_media_type,
    read_request,
)

POST_OPERATIONS = frozenset({OperationType.QUERY, OperationType.MUTATION})
GET_OPERATIONS = frozenset({OperationType.QUERY})
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

    async def serve(self, request: Request) -> Response:
        """Return the answer to one request."""
        if self.render_page is not None and _wants_page(request):
            return self.render_page(request)
        request_id = uuid.uuid4().hex
        media_type = PLAIN_JSON
        try:
            media_type = choose_media_type(request.headers.get("accept"))
            operation = await read_request(request)
            result = await self._execute(request, operation, request_id)
        except HttpProblem as problem:
            return answer_problem(problem, media_type=media_type)
        except (ClientDisconnect, ClientGone):
            return Response(status_code=CLIENT_CLOSED_REQUEST)
        return answer(
            result,
            media_type=media_type,
            request_id=request_id,
            offers_suggestions=self.offers_introspection,
        )

    async def _execute(
        self, request: Request, operation: GraphQLRequest, request_id: str
    ) -> ExecutionResult:
        try:
            with self.capacity.place():
                context = await self._context(request, request_id)
                return await self._run(request, operation, context)
        except RequestError as error:
            return self._refuse(request, error)
        except UNAVAILABLE_ERRORS as error:
            return self._refuse(request, GraphQLError("", original_error=error))

    def _refuse(self, request: Request, error: GraphQLError) -> ExecutionResult:
        """Return the answer to a request without context, paid for by its client's network."""
        account = Account(self.points, caller_of(Anonymous(), request))
        balance = account.take(REFUSED_PRICE)
        if not balance.is_enough:
            error = throttled(balance)
        return PreExecutionError(
            data=None, errors=[error], extensions={"cost": to_cost(balance, requested=0)}
        )

    async def _run(
        self, request: Request, operation: GraphQLRequest, context: RequestContext
    ) -> ExecutionResult:
        def prepared() -> PreparedDocument:
            return prepare_document(self.schema._schema, operation.query)

        allowed = GET_OPERATIONS if request.method == "GET" else POST_OPERATIONS
        try:
            return await self.runner.run(
                self.schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.operation_name,
                    allowed_operation_types=allowed,
                ),
                receive=request.receive,
                must_finish=lambda: prepared().is_mutation(operation.operation_name),
            )
        except TimeoutError:
            return timed_out(prepared(), operation.operation_name, operation.variables, context)
        except CannotGetOperationTypeError as error:
            raise HttpProblem(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            headers = {"Allow": "POST"} if request.method == "GET" else {}
            raise HttpProblem(
                405 if request.method == "GET" else 400,
                error.as_http_error_reason(request.method),
                headers=headers,
            ) from error

    async def _context(self, request: Request, request_id: str) -> RequestContext:
        authenticator = self.authenticator()
        credential = await authenticate(request, authenticator)
        return RequestContext(
            credential=credential,
            now=datetime.now(UTC),
            request_id=request_id,
            public_url=self.public_url or str(request.base_url).rstrip("/"),
            origin=request.headers.get("origin"),
            authenticator=authenticator,
            account=Account(self.points, caller_of(credential, request)),
            offers_introspection=self.offers_introspection,
        )


def _wants_page(request: Request) -> bool:
    is_query = "query" in request.query_params
    return (
        request.method == "GET"
        and not is_query
        and "text/html" in request.headers.get("accept", "")
    )
