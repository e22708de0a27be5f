"""CPU time of executing operations by plans and by graphql-core, and what a thousand plans cost.

Executions are in process, without HTTP, and the executors take turns. `whole` is all that
`schema.execute` does, the database's driver included. `alone` is execution with everything loaded:
the loaders are filled, and fields that ask the database themselves answer from memory.
"""

import asyncio
import gc
import statistics
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvloop
from graphql import GraphQLField, is_object_type, parse
from rich.console import Console
from rich.table import Table
from strawberry.types import ExecutionResult

from app.api.context import RequestContext
from app.api.ids import EntityType, encode_id
from app.api.schema import schema
from app.documents.driver import disconnect, new_id
from app.documents.in_memory_server import start_in_memory_server
from app.documents.registry import connect_documents
from app.domain.access import OrganizationCredential, Role, SessionCredential
from app.execution.choice import execute_with
from app.execution.executor import plans
from app.execution.names import ExecutorName
from app.execution.plan_cache import PlanCache
from app.execution.strawberry_types import BACKREF, find_plain_field
from scripts.benchmarks.comparison.company import Company, CompanySize, create_company
from scripts.benchmarks.comparison.operations import DOCUMENTS, Operation
from tests.api.client import ApiClient

SIZE = CompanySize(flows=10, nodes=80, events=200)
ROUNDS = 5
READS = {
    Operation.DASHBOARD: 1,
    Operation.SESSION_HISTORY: 4,
}
EVENTS_PER_ROUND = 20
PLANS = 1_000
EXECUTORS = (ExecutorName.GRAPHQL_CORE, ExecutorName.COMPILED)


@dataclass(frozen=True, slots=True)
class Read:
    """A query, as one caller asks it."""

    document: str
    variables: dict[str, Any]
    client: ApiClient

    async def run(self, context: RequestContext) -> ExecutionResult:
        result = await schema.execute(
            self.document, variable_values=self.variables, context_value=context
        )
        if result.errors:
            raise result.errors[0]
        return result


async def cpu_ms(run: Callable[[], Awaitable[object]], *, times: int) -> float:
    """Return the processor time of one run in milliseconds."""
    gc.collect()
    begin = time.process_time()
    for _ in range(times):
        await run()
    return (time.process_time() - begin) * 1000 / times


async def compare(run: Callable[[], Awaitable[object]], *, times: int) -> list[float]:
    """Return the median of rounds for each executor, which take turns."""
    rounds: dict[ExecutorName, list[float]] = {name: [] for name in EXECUTORS}
    for name in EXECUTORS * 2:
        execute_with(schema, name)
        await run()
    for _ in range(ROUNDS):
        for name in EXECUTORS:
            execute_with(schema, name)
            rounds[name].append(await cpu_ms(run, times=times))
    return [statistics.median(rounds[name]) for name in EXECUTORS]


@contextmanager
def everything_kept() -> Iterator[None]:
    """Let fields that wait for more than a loader answer a second time as they did the first."""
    kept: dict[tuple[int, str, str], Any] = {}
    changed: list[tuple[GraphQLField, Any]] = []
    for type_ in schema._schema.type_map.values():
        for name, field in type_.fields.items() if is_object_type(type_) else ():
            of_strawberry: Any = field.extensions.get(BACKREF)
            if getattr(of_strawberry, "is_async", False) and not find_plain_field(
                field, schema._schema
            ):
                changed.append((field, field.resolve))
                field.resolve = _keeping(field.resolve, type_.name, name, kept)
    try:
        yield
    finally:
        for field, resolve in changed:
            field.resolve = resolve


def _keeping(
    resolve: Any, type_name: str, field_name: str, kept: dict[tuple[int, str, str], Any]
) -> Callable[..., Awaitable[Any]]:
    async def resolve_once(source: Any, info: Any, **arguments: Any) -> Any:
        key = (id(source), type_name, field_name)
        if key not in kept:
            kept[key] = source, await resolve(source, info, **arguments)
        return kept[key][1]

    return resolve_once


async def measure_read(read: Read, *, times: int) -> list[float]:
    """Return whole and alone, by executor."""
    whole = await compare(lambda: read.run(read.client.context()), times=times)
    with everything_kept():
        forget_plans()
        context = read.client.context()
        alone = await compare(lambda: read.run(context), times=times)
    forget_plans()
    return [*whole, *alone]


def forget_plans() -> None:
    """A plan holds on to the resolvers it was made of."""
    plans.__init__()  # type: ignore[misc]


async def measure_event(company: Company) -> list[float]:
    """Return whole, by executor; each event is recorded after the ones before it."""
    client = ApiClient(
        SessionCredential(
            organization_id=company.organization_id, booking_session_id=company.fresh_session_id
        )
    )
    session_id = encode_id(EntityType.BOOKING_SESSION, company.fresh_session_id)

    async def record() -> None:
        event = {
            "clientEventId": new_id(),
            "stepId": encode_id(EntityType.BOOKING_FLOW_STEP, company.step_id),
            "data": {"fieldUpdated": {"field": "zipcode", "value": "01901"}},
        }
        data = await client.data(
            DOCUMENTS[Operation.EVENT],
            {"input": {"bookingSessionId": session_id, "events": [event]}},
        )
        if errors := data["recordBookingSessionEvents"]["userErrors"]:
            raise RuntimeError(errors)

    return await compare(record, times=EVENTS_PER_ROUND)


def measure_plans() -> Table:
    """Return what plans of many documents cost."""
    table = Table("operation", "plans asked for", "kept", "MB", "kB a plan", "ms to make one")
    for operation in (Operation.EVENT, Operation.SESSION_HISTORY, Operation.DASHBOARD):
        texts = [DOCUMENTS[operation] + f"\n# {number}" for number in range(PLANS)]
        documents = [parse(text) for text in texts]
        cache = PlanCache()
        cache.planned_at_use = 1
        gc.collect()
        tracemalloc.start()
        begin = time.process_time()
        for document in documents:
            cache.find(schema._schema, document.definitions[0], _fragments(document))
        seconds = time.process_time() - begin
        gc.collect()
        memory, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        table.add_row(
            operation.value,
            str(PLANS),
            str(len(cache)),
            f"{memory / 1e6:.1f}",
            f"{memory / 1e3 / len(cache):.1f}",
            f"{seconds * 1000 / PLANS:.1f} (traced)",
        )
    return table


def _fragments(document: Any) -> dict[str, Any]:
    return {
        each.name.value: each for each in document.definitions if each.kind == "fragment_definition"
    }


async def run(uri: str) -> None:
    await connect_documents(uri, database_name="execution")
    company = await create_company("Harbor", SIZE)
    client = ApiClient(
        OrganizationCredential(
            organization_id=company.organization_id, api_key_id="a" * 24, role=Role.OWNER
        )
    )
    variables: dict[Operation, dict[str, Any]] = {
        Operation.DASHBOARD: {"first": SIZE.flows},
        Operation.SESSION_HISTORY: {
            "id": encode_id(EntityType.BOOKING_SESSION, company.long_session_id)
        },
    }
    console = Console()
    table = Table("operation", "of it", "graphql-core ms", "compiled ms", "times less")
    for operation, times in READS.items():
        read = Read(DOCUMENTS[operation], variables[operation], client)
        core, compiled, core_alone, compiled_alone = await measure_read(read, times=times)
        add_row(table, operation, "whole", core, compiled)
        add_row(table, operation, "alone", core_alone, compiled_alone)
    console.print(table)
    table = Table("operation", "of it", "graphql-core ms", "compiled ms", "times less")
    add_row(table, Operation.EVENT, "whole", *await measure_event(company))
    console.print(table)
    await disconnect()
    console.print(measure_plans())


def add_row(table: Table, operation: Operation, part: str, core: float, compiled: float) -> None:
    table.add_row(operation.value, part, f"{core:.2f}", f"{compiled:.2f}", f"{core / compiled:.1f}")


def main() -> None:
    plans.planned_at_use = 1
    with start_in_memory_server() as uri, asyncio.Runner(loop_factory=uvloop.new_event_loop) as r:
        r.run(run(uri))


if __name__ == "__main__":
    main()
