"""graphql-core's own cases hold for plans; and for graphql-core, else the case is wrong."""

import inspect
from dataclasses import replace
from typing import Any

import pytest
from graphql import ExecutionResult, execute, parse

from app.execution.planning import plan_operation
from app.execution.reasons import NotPlanned
from tests.execution.cases import abstract, arguments, lists, nulls, resolving, selections
from tests.execution.cases.case import Case, to_failures
from tests.execution.comparing import data_as_text

CASES = {
    f"{module.__name__.rpartition('.')[2]}: {case.name}": case
    for module in (abstract, arguments, lists, nulls, resolving, selections)
    for case in module.CASES
}


async def _answer(answer: Any) -> ExecutionResult:
    result: ExecutionResult = await answer if inspect.isawaitable(answer) else answer
    return result


def _check(result: ExecutionResult, case: Case) -> None:
    said_where = {(each.message, each.path) for each in case.failures if each.at}
    told = tuple(
        each if (each.message, each.path) in said_where else replace(each, at=None)
        for each in to_failures(result)
    )
    assert data_as_text(result) == data_as_text(ExecutionResult(case.data))
    assert told == case.failures


@pytest.mark.parametrize("name", CASES)
async def test_case_holds_for_a_plan_and_for_graphql_core(name: str) -> None:
    case = CASES[name]
    schema, document = case.built, parse(case.document)
    variables: Any = dict(case.variables)
    by_core = execute(
        schema,
        document,
        root_value=case.root(),
        variable_values=variables,
        operation_name=case.operation_name,
    )
    _check(await _answer(by_core), case)

    plan = plan_operation(schema, document, case.operation_name)
    assert not isinstance(plan, NotPlanned)
    by_plan = plan.execute(root_value=case.root(), context_value=None, variable_values=variables)
    _check(await _answer(by_plan), case)
