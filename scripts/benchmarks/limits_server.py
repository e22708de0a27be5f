"""The server with all its limits, or with none, for `scripts.benchmarks.limits` to compare.

Without limits there is no measuring, pricing, deadline, capacity, account or declared access, and
uvicorn's own protocol reads the requests; each document is still read once only. `GET /cpu` tells
the processor seconds the process has used.
"""

import contextlib
import sys
import time
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from unittest import mock

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from strawberry.extensions import SchemaExtension

from app import main as composition
from app.api.document_cache import prepare_document
from app.api.limits.points import Balance, PointsTable
from app.api.permissions import AccessExtension
from app.api.scalars import SCHEMA_CONFIG
from app.api.schema import Mutation, PublishedSchema, Query, schema
from app.settings import load_settings
from app.transport.capacity import Capacity
from app.transport.deadlines import OperationRunner
from app.transport.http_protocol import BoundedHttpProtocol

R = TypeVar("R")
FREE = Balance(maximum=1, available=1, restored_per_second=1)


class ReadOnce(SchemaExtension):
    """Offers documents already read, as the limits do, and nothing else."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        prepared = prepare_document(context.schema._schema, context.query or "")
        context.graphql_document = prepared.document
        context.pre_execution_errors = list(prepared.errors)
        yield

    def get_results(self) -> dict[str, Any]:
        return {"cost": {"requested": 1}}  # Answers are kept together with their cost.


class Endless(Capacity):
    """A capacity without end."""

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        yield


class Patient(OperationRunner):
    """A runner without a deadline, which does not look whether its client is still there."""

    async def run(self, operation: Coroutine[Any, Any, R], **_: Any) -> R:
        return await operation


class Free(PointsTable):
    """Points nobody counts."""

    def take(self, *_: Any, **__: Any) -> Balance:
        return FREE


def unlimited_schema() -> PublishedSchema:
    """Return the schema without limits and without any field's declared access."""
    for known in schema.schema_converter.type_map.values():
        for field in getattr(known.definition, "fields", ()):
            field.extensions = [
                each for each in field.extensions or () if not isinstance(each, AccessExtension)
            ]
    return PublishedSchema(
        query=Query, mutation=Mutation, config=SCHEMA_CONFIG, extensions=[ReadOnce]
    )


def create_app(*, is_limited: bool) -> Starlette:
    with contextlib.ExitStack() as stack:
        if not is_limited:
            off = {"Capacity": Endless, "OperationRunner": Patient, "PointsTable": Free}
            for name, value in {**off, "schema": unlimited_schema()}.items():
                stack.enter_context(mock.patch.object(composition, name, value))
        app = composition.create_app(load_settings(), is_alone=True)

    async def cpu(_: Request) -> JSONResponse:
        return JSONResponse(time.process_time())

    app.router.routes.append(Route("/cpu", cpu))
    return app


def main(kind: str, port: int) -> None:
    is_limited = kind == "limited"
    uvicorn.run(
        create_app(is_limited=is_limited),
        port=port,
        loop="asyncio",
        http=BoundedHttpProtocol if is_limited else "httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
