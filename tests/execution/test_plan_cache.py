"""Plans are kept for operations that come again, in a bounded space, whatever else comes."""

from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
)

from app.execution.plan_cache import PlanCache
from app.execution.planning import Plan
from app.execution.reasons import NotPlanned, Reason

SCHEMA = build_schema("type Query { name(x: Int): String self: Query }")


def find(cache: PlanCache, text: str, schema: GraphQLSchema = SCHEMA) -> Plan | NotPlanned:
    """Return what the cache has for the only operation of a document."""
    definitions: Any = parse(text).definitions
    operation = next(each for each in definitions if isinstance(each, OperationDefinitionNode))
    fragments = {
        each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)
    }
    return cache.find(schema, operation, fragments)


def unique(number: int, *, fields: int = 10) -> str:
    aliases = " ".join(f"a{number}_{n}: name(x: {n})" for n in range(fields))
    return f"{{ {aliases} }}"


def test_operation_is_planned_at_its_second_use() -> None:
    cache = PlanCache()

    first, second, third = (find(cache, "{ name }") for _ in range(3))

    assert first == NotPlanned(Reason.FIRST_USE)
    assert isinstance(second, Plan)
    assert third is second
    assert len(cache) == 1


def test_documents_that_come_once_are_never_planned_and_keep_nothing() -> None:
    cache = PlanCache(max_size=500, max_noted=50)
    for number in range(400):
        assert find(cache, unique(number)) == NotPlanned(Reason.FIRST_USE)

    assert len(cache) == 0
    assert cache.size == 0
    assert len(cache._noted) <= 50


def test_flood_of_documents_keeps_the_hot_ones() -> None:
    cache = PlanCache(max_size=500, max_noted=50)
    hot = [unique(10_000 + number) for number in range(10)]
    for _ in range(20):
        for text in hot:
            find(cache, text)
    plans = [find(cache, text) for text in hot]
    assert all(isinstance(plan, Plan) for plan in plans)

    for number in range(150):
        for _ in range(2):
            find(cache, unique(number))
        find(cache, hot[number % len(hot)])

    kept = [find(cache, text) is plan for text, plan in zip(hot, plans, strict=True)]
    assert cache.size <= 500
    assert kept == [True] * len(hot)


def test_plans_of_two_schemas_are_two() -> None:
    cache = PlanCache()
    other = build_schema("type Query { name: String }")

    for schema in (SCHEMA, other) * 2:
        find(cache, "{ name }", schema)

    assert len(cache) == 2
    assert find(cache, "{ name }", other) is not find(cache, "{ name }")


def test_operations_of_one_document_are_kept_apart() -> None:
    cache = PlanCache()
    definitions: Any = parse("query A { name } query B { self { name } }").definitions

    found = [cache.find(SCHEMA, each, {}) for each in definitions * 3]

    assert len(cache) == 2
    assert found[2] is found[4]
    assert found[3] is found[5]
    assert found[4] is not found[5]
