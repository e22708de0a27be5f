"""The gate every operation passes: read once, within bounds, and paid for."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from graphql import GraphQLError, OperationType
from prometheus_client import Counter, Histogram
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionResult

from app.api.context import RequestContext
from app.api.document_cache import PreparedDocument, is_known, prepare_document
from app.api.errors import ErrorCode, RequestError, bad_user_input
from app.api.limits import bounds
from app.api.limits.measuring import too_complex
from app.api.limits.points import Balance
from app.documents.driver import command_deadline

DOCUMENTS = Counter(
    "scheduler_documents",
    "Documents that were kept from before (hit), or had to be read (miss).",
    ["outcome"],
)
_HITS, _MISSES = DOCUMENTS.labels("hit"), DOCUMENTS.labels("miss")
EXECUTION_SECONDS = Histogram(
    "scheduler_execution_seconds",
    "Running the resolvers of an operation, the database's time included.",
    ["type"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class OperationLimits(SchemaExtension):
    """Offers Strawberry the document already read, and refuses what must not run.

    Reading a document costs points too, so that a caller without any is turned away before.
    """

    prepared: PreparedDocument
    balance: Balance
    requested: int = 0

    def on_parse(self) -> Iterator[None]:
        """Offer the parsed document; raises GraphQLError when there is none."""
        execution = self.execution_context
        schema, query = execution.schema._schema, execution.query or ""
        if is_known(schema, query):
            _HITS.inc()
        else:
            _MISSES.inc()
            self._pay(bounds.READING_PRICE)
            if not self.balance.is_enough:
                raise throttled(self.balance)
        self.prepared = prepare_document(schema, query)
        if self.prepared.document is None:
            self._pay(bounds.REFUSED_PRICE)
            raise self.prepared.errors[0].with_traceback(None)
        execution.graphql_document = self.prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Offer what validation found; a valid operation is paid for, or refused."""
        errors = self._find_errors()
        self._pay(bounds.REFUSED_PRICE if errors else self.requested)
        if not self.balance.is_enough:
            errors = [throttled(self.balance)]
        self.execution_context.pre_execution_errors = errors
        yield

    def on_execute(self) -> Iterator[None]:
        """Give the database commands of a query its deadline; nothing else is ever cut off."""
        operation = self.prepared.operations.get(self.execution_context.operation_name)
        is_query = operation is not None and operation.type is OperationType.QUERY
        label = operation.type.value if operation else "none"
        with (
            EXECUTION_SECONDS.labels(label).time(),
            command_deadline(self._context.deadline_seconds) if is_query else nullcontext(),
        ):
            yield

    def get_results(self) -> dict[str, Any]:
        """Return `extensions.cost`."""
        return {"cost": to_cost(self.balance, requested=self.requested)}

    def _find_errors(self) -> list[GraphQLError]:
        execution, context = self.execution_context, self._context
        if self.prepared.errors:
            return list(self.prepared.errors)
        if self.prepared.uses_introspection and not context.offers_introspection:
            return [GraphQLError("Introspection is switched off.")]
        if self._names_no_operation_of_several():
            return [bad_user_input("Name the operation: the document has several.")]
        operation = self.prepared.operations.get(execution.operation_name)
        if operation is None:
            return []  # GraphQL's own execution says that there is no such operation.
        self.requested = operation.evaluate(execution.variables)
        if self.requested > bounds.MAX_COST:
            return [
                too_complex(
                    f"The operation costs {self.requested} points; {bounds.MAX_COST} are allowed."
                )
            ]
        return []

    def _names_no_operation_of_several(self) -> bool:
        # Strawberry would run the first one; its public property hides whether a name was given.
        is_named = self.execution_context._provided_operation_name is not None
        return self.prepared.has_several_operations and not is_named

    def _pay(self, price: int) -> None:
        self.balance = self._context.account.take(price)

    @property
    def _context(self) -> RequestContext:
        context: RequestContext = self.execution_context.context
        return context


def throttled(balance: Balance) -> RequestError:
    """Return the error for a caller whose points do not suffice."""
    return RequestError(
        ErrorCode.THROTTLED,
        "Too much was asked for in a short time; wait a little.",
        retryAfterMs=max(1, round(balance.missing_seconds * 1_000)),
    )


def timed_out(
    prepared: PreparedDocument,
    operation_name: str | None,
    variables: dict[str, Any] | None,
    context: RequestContext,
) -> ExecutionResult:
    """Return what a client is told of an operation that met its deadline."""
    message = "The operation took too long."
    if prepared.is_mutation(operation_name):
        message += " It goes on, and may still succeed."
    operation = prepared.operations.get(operation_name)
    requested = operation.evaluate(variables) if operation else 0
    return ExecutionResult(
        data=None,
        errors=[RequestError(ErrorCode.TIMEOUT, message)],
        extensions={"cost": to_cost(context.account.take(0), requested=requested)},
    )


def to_cost(balance: Balance, *, requested: int) -> dict[str, int]:
    """Return `extensions.cost` of an answer, in points; `restoreRate` is points a second."""
    return {
        "requested": requested,
        "maximumAvailable": balance.maximum,
        "currentlyAvailable": balance.available,
        "restoreRate": balance.restored_per_second,
    }
