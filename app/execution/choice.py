"""Which executor runs the operations of a schema."""

import strawberry

from app.execution.core import CoreExecutor
from app.execution.executor import CompiledExecutor
from app.execution.names import ExecutorName

_CLASSES = {
    ExecutorName.COMPILED: CompiledExecutor,
    ExecutorName.GRAPHQL_CORE: CoreExecutor,
}


def execute_with(schema: strawberry.Schema, name: ExecutorName) -> None:
    """Let this executor run the schema's operations from now on."""
    schema.execution_context_class = _CLASSES[name]
