"""Making plans of operations, and running them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
)
from graphql.execution import Executor

from app.execution.compiling import Compiled, Compiler
from app.execution.completing import Unit
from app.execution.places import Pending
from app.execution.reasons import NoPlan, NotPlanned, Reason
from app.execution.running import Execution
from app.execution.selections import Operation, find_operation

MAX_VARIANTS = 8
"""Combinations of the conditions of `@skip` and `@include` that an operation is planned for."""


@dataclass(slots=True)
class Plan:
    """An operation ready to run, for the combinations of its conditions that were met so far."""

    schema: GraphQLSchema
    document: DocumentNode | None
    operation: Operation
    size: int = 0
    """Fields of all variants, a measure of the plan's memory."""

    _variants: dict[tuple[Any, ...], Compiled | None] = field(default_factory=dict)

    def execute(
        self,
        *,
        root_value: Any = None,
        context_value: Any = None,
        variable_values: Mapping[str, Any] | None = None,
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        """Return the answer for raw variables, at once when nothing has to be waited for."""
        assert self.document is not None  # noqa: S101 - plans of documents only.
        name = self.operation.node.name
        executor: Any = Executor.build(
            self.schema,
            self.document,
            root_value,
            context_value,
            dict(variable_values or {}),
            name.value if name else None,
        )
        if isinstance(executor, list):
            return ExecutionResult(None, executor)
        answer = self.run(executor)
        return executor.execute_operation() if isinstance(answer, NotPlanned) else answer

    def run(
        self, executor: Executor[Any]
    ) -> ExecutionResult | Awaitable[ExecutionResult] | NotPlanned:
        """Return the answer for what the executor was built with.

        NotPlanned when these variables or this executor ask for what a plan cannot do; nothing was
        executed then.
        """
        if executor.abort_signal is not None:
            return NotPlanned(Reason.ABORT_SIGNAL)
        if executor.middleware_manager is not None and executor.middleware_manager.middlewares:
            return NotPlanned(Reason.MIDDLEWARE)
        compiled = self.variant(executor.variable_values.coerced)
        if compiled is None:
            return NotPlanned(Reason.CONDITION)
        execution = Execution(executor)
        if len(compiled.roots) == 1:
            return _run(compiled.roots[0], execution)
        return _run_serially(compiled.roots, execution)

    def variant(self, variables: Mapping[str, Any]) -> Compiled | None:
        """Return what is compiled for the values of the conditions, or None when it cannot be."""
        values = tuple(variables.get(name) for name in self.operation.conditions)
        if values in self._variants:
            return self._variants[values]
        if len(self._variants) >= MAX_VARIANTS or not all(type(value) is bool for value in values):
            return None
        try:
            return self.compile(values)
        except NoPlan:
            self._variants[values] = None
            return None

    def compile(self, values: tuple[Any, ...]) -> Compiled:
        """Return what is compiled now for the values of the conditions; raises NoPlan."""
        flags = dict(zip(self.operation.conditions, values, strict=True))
        try:
            compiled = Compiler(self.schema, self.operation, flags).compile()
        except RecursionError:
            raise NoPlan(Reason.TOO_LARGE) from None  # Too deep; graphql-core says so, too.
        self._variants[values] = compiled
        self.size += compiled.fields
        return compiled


def plan_operation(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None = None
) -> Plan | NotPlanned:
    """Return the plan of an operation of a valid document, or why there is none."""
    try:
        operation = find_operation(document, operation_name)
        return make_plan(schema, operation, document)
    except NoPlan as reason:
        return NotPlanned(reason.reason)


def make_plan(
    schema: GraphQLSchema, operation: Operation, document: DocumentNode | None = None
) -> Plan:
    """Return the plan of an operation; raises NoPlan."""
    plan = Plan(schema, document, operation)
    if not operation.conditions:
        plan.compile(())
    return plan


def _run(root: Unit, execution: Execution) -> ExecutionResult | Awaitable[ExecutionResult]:
    try:
        execution.data = root(execution.executor.root_value, None, execution)
    except GraphQLError as error:
        execution.give_up(0)
        execution.errors.append(error)
        return execution.result()
    return _finish(execution) if execution.fresh else execution.result()


async def _finish(execution: Execution) -> ExecutionResult:
    await execution.settle_all()
    return execution.result()


def _run_serially(
    roots: tuple[Unit, ...], execution: Execution
) -> ExecutionResult | Awaitable[ExecutionResult]:
    execution.data = {}
    for done, root in enumerate(roots, start=1):
        if not _run_one(root, execution):
            return execution.result()
        if execution.fresh:
            return _finish_serially(roots[done:], execution)
    return execution.result()


async def _finish_serially(roots: tuple[Unit, ...], execution: Execution) -> ExecutionResult:
    await execution.settle_all()
    for root in roots:
        if execution.data is None or not _run_one(root, execution):
            break
        await execution.settle_all()
    return execution.result()


def _run_one(root: Unit, execution: Execution) -> bool:
    """Run one root field of several; return whether the next one is to be run."""
    data = execution.data
    assert data is not None  # noqa: S101 - the caller stops when it is.
    try:
        values = root(execution.executor.root_value, None, execution)
    except GraphQLError as error:
        execution.give_up(0)
        execution.errors.append(error)
        execution.data = None
        return False
    for key, value in values.items():
        data[key] = value
        if type(value) is Pending:
            value.into = data
    return True
