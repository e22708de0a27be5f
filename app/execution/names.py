"""The executors there are."""

from enum import StrEnum


class ExecutorName(StrEnum):
    """What runs operations: plans made once, or graphql-core."""

    COMPILED = "compiled"
    GRAPHQL_CORE = "graphql-core"


DEFAULT_EXECUTOR = ExecutorName.COMPILED
