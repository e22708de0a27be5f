"""Plans under attack: hostile names, great size, depth, odd exceptions, executions at once."""

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    build_schema,
    execute,
    parse,
    validate,
)

from app.execution.planning import Plan, plan_operation
from app.execution.reasons import NotPlanned, Reason
from tests.execution.comparing import data_as_text, describe

SCHEMA = build_schema(
    """
    type Node { name: String self: Node next: Node items(first: Int): [Node!] late: Node
      echo(text: String, class: Int, self: String): String boom: String sure: Node! }
    type Query { name: String node: Node nodes(first: Int): [Node!] late: Node
      echo(text: String, class: Int, self: String): String boom: String }
    """
)


class Node:
    name = "n"

    def __init__(self) -> None:
        self.turns = 1

    @property
    def next(self) -> "Node":
        return self

    self = node = sure = next

    def items(self, _info: Any, first: int = 2) -> list["Node"]:
        return [self] * first

    nodes = items

    async def late(self, _info: Any) -> "Node":
        for _ in range(self.turns):
            await asyncio.sleep(0)
        return self

    def echo(__self, _info: Any, **given: Any) -> str:  # noqa: N805
        return repr(given)

    def boom(self, _info: Any) -> str:
        raise RuntimeError("boom")


def plan_of(document: str | DocumentNode, name: str | None = None) -> Plan:
    parsed = parse(document) if isinstance(document, str) else document
    plan = plan_operation(SCHEMA, parsed, name)
    assert not isinstance(plan, NotPlanned), plan
    return plan


async def run(plan: Plan, root: Any = None, /, **variables: Any) -> ExecutionResult:
    answer = plan.execute(root_value=root or Node(), context_value=None, variable_values=variables)
    result: ExecutionResult = await answer if inspect.isawaitable(answer) else answer
    return result


async def by_core(document: str, root: Any = None, /, **variables: Any) -> ExecutionResult:
    answer: Any = execute(
        SCHEMA, parse(document), root_value=root or Node(), variable_values=variables
    )
    result: ExecutionResult = await answer if inspect.isawaitable(answer) else answer
    return result


async def assert_same(document: str, /, **variables: Any) -> ExecutionResult:
    """Assert that both answer the same; returns the answer."""
    assert validate(SCHEMA, parse(document)) == []
    core = await by_core(document, **variables)
    plan = await run(plan_of(document), **variables)
    assert data_as_text(plan) == data_as_text(core)
    assert list(map(describe, plan.errors or ())) == list(map(describe, core.errors or ()))
    return plan


NAMES = tuple(
    """
    __class__ __init__ __dict__ __import__ __builtins__ __debug__ self cls None True False lambda
    import exec eval globals locals print return yield async await def class del not is in or value
    values link execution data result errors info source root plan field item index key _ __ _0 x0
    v1 f2 a1 k0 c0 dict list str type Exception len
    """.split()  # noqa: SIM905
)


async def test_names_that_mean_something_in_python_are_only_names() -> None:
    fields = " ".join(f"{name}: name" for name in NAMES)
    inner = " ".join(f"{name}: name b{name}: boom" for name in NAMES)

    answer = await assert_same(f"{{ {fields} node {{ {inner} }} nodes {{ {fields} }} }}")

    assert answer.data is not None
    assert list(answer.data)[: len(NAMES)] == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_names_of_operations_variables_and_fragments_are_only_names(name: str) -> None:
    fragment = name if name != "on" else "on_"
    document = (
        f"query {name}(${name}: String) {{ echo(text: ${name}) ...{fragment} }}"
        f" fragment {fragment} on Query {{ {name}: echo(self: ${name}) }}"
    )

    await assert_same(document, **{name: "x"})


TEXTS = (
    "'; raise SystemExit #",
    '"""); import os; os._exit(1) #',
    "{__import__('os')} %(x)s {0} \\N{DIGIT ONE}",
    "\u2028\u2029\x7f\u00e9\ud7ff\U0001f600",
    "\\x41\\u0041\n\r\t\0",
    "a" * 10_000,
)


@pytest.mark.parametrize("text", TEXTS)
async def test_text_is_never_code(text: str) -> None:
    written = "".join(f"\\u{{{ord(each):x}}}" for each in text)

    answer = await assert_same(f'{{ echo(text: "{written}", class: 1) }}')

    assert answer.data == {"echo": repr({"text": text, "class": 1})}


async def test_thousand_aliases_have_their_answers_in_order() -> None:
    names = [f"a{number}" for number in range(1_000)]

    answer = await assert_same("{ node { " + " ".join(f"{name}: name" for name in names) + " } }")

    assert answer.data is not None
    assert list(answer.data["node"]) == names


def test_document_beyond_the_bounds_of_plans_has_none() -> None:
    aliases = " ".join(f"a{number}: name" for number in range(10_000))

    plan = plan_operation(SCHEMA, parse(f"{{ {aliases} }}"), None)

    assert plan == NotPlanned(Reason.TOO_LARGE)


async def test_long_list_is_answered_whole() -> None:
    document = "{ nodes(first: 20000) { name self { name } } }"

    answer = await assert_same(document)

    assert answer.data is not None
    assert len(answer.data["nodes"]) == 20_000


async def test_long_list_of_late_objects_is_answered_whole() -> None:
    answer = await assert_same("{ nodes(first: 3000) { late { name late { name } } } }")

    assert answer.data is not None
    assert len(answer.data["nodes"]) == 3_000


@pytest.mark.parametrize("depth", [20, 100])
async def test_deep_document_is_answered_as_by_graphql_core(depth: int) -> None:
    document = "{ node " + "{ next " * depth + "{ boom late { name } }" + " }" * depth + " }"

    await assert_same(document)


@pytest.mark.parametrize("depth", [5, 20])
async def test_deep_fragments_are_answered_as_by_graphql_core(depth: int) -> None:
    spreads = [
        f"fragment F{level} on Node {{ a{level}: name ...F{level + 1} next {{ name }} }}"
        for level in range(depth)
    ]
    document = "{ node { ...F0 } } " + " ".join(spreads) + f" fragment F{depth} on Node {{ boom }}"

    await assert_same(document)


def _chain(levels: int) -> str:
    spreads = [f"fragment F{n} on Node {{ ...F{n + 1} }}" for n in range(levels)]
    return "{ node { ...F0 } } " + " ".join(spreads) + f" fragment F{levels} on Node {{ name }}"


async def test_document_too_deep_to_be_walked_has_no_plan_and_raises_nothing() -> None:
    nested = "{ node " + "{ next " * 3_000 + "{ name }" + " }" * 3_000 + " }"
    for text in (_chain(3_000), nested):
        try:
            document = parse(text)
        except GraphQLError:
            continue  # graphql-core refuses to read it.
        plan = plan_operation(SCHEMA, document, None)

        assert isinstance(plan, NotPlanned) or (await run(plan)) is not None


async def test_fragments_that_are_spread_exponentially_often_are_collected_once() -> None:
    levels = 40
    fragments = [
        f"fragment F{n} on Node {{ ...F{n + 1} ...F{n + 1} self {{ ...F{n + 1} }} }}"
        for n in range(levels)
    ]
    text = "{ node { ...F0 } } " + " ".join(fragments) + f" fragment F{levels} on Node {{ name }}"

    plan = plan_operation(SCHEMA, parse(text), None)

    if isinstance(plan, Plan):
        assert (await run(plan)).errors is None


async def test_two_executions_of_one_plan_never_mix() -> None:
    document = """query ($t: String, $n: Boolean!) { late { echo(text: $t) name @include(if: $n)
      late { echo(text: $t, self: "s") items(first: 2) { late { echo(text: $t) } } } } }"""
    plan = plan_of(document)
    alone = [await run(plan, t=f"t{n}", n=n % 2 == 0) for n in range(20)]

    together = await asyncio.gather(*(run(plan, t=f"t{n}", n=n % 2 == 0) for n in range(20)))

    assert list(map(data_as_text, together)) == list(map(data_as_text, alone))
    assert len({data_as_text(each) for each in together}) == 20


def test_what_a_resolver_does_to_its_arguments_is_forgotten() -> None:
    schema = build_schema(
        """input I { list: [Int!] more: I }
        type Query { f(i: I, l: [[Int]]): String }"""
    )

    def grow(_info: Any, i: dict[str, Any], l: list[Any]) -> str:  # noqa: E741
        seen = repr((i, l))
        i["list"].append(9)
        i["more"]["list"].append(9)
        i["more"] = "spoilt"
        l[0].append(9)
        l.append(9)
        return seen

    arguments = "i: {list: [1], more: {list: [2, $v]}}, l: [[3]]"
    text = f"query ($v: Int! = 4) {{ f({arguments}) g: f({arguments.replace('$v', '5')}) }}"
    plan = plan_operation(schema, parse(text), None)
    assert isinstance(plan, Plan)

    answers: list[Any] = [
        plan.execute(root_value={"f": grow}, context_value=None, variable_values={})
        for _ in range(3)
    ]

    told = "({'list': [1], 'more': {'list': [2, %s]}}, [[3]])"
    assert [each.data for each in answers] == [{"f": told % 4, "g": told % 5}] * 3


class Serialized:
    def __str__(self) -> str:
        raise KeyError("no text")

    def __repr__(self) -> str:
        return "<serialized>"


def _make_odd_roots() -> Iterator[tuple[str, Any]]:
    class Refusing(Node):
        def __getattribute__(self, name: str) -> Any:
            if name == "name":
                raise KeyError("no name")
            return super().__getattribute__(name)

    class Absent(Node):
        @property
        def name(self) -> str:  # type: ignore[override]
            raise AttributeError("inner")

    class Wrapped(Node):
        name = Serialized()  # type: ignore[assignment]

    class Told(Node):
        def name(self, _info: Any) -> str:  # type: ignore[override]
            error = GraphQLError("told", extensions={"code": "X"}, path=["else"])
            raise ValueError("outer") from error

    yield "its attributes raise", Refusing()
    yield "an AttributeError in a property", Absent()
    yield "no text can be made of it", Wrapped()
    yield "an error that has a cause", Told()


ODD_ROOTS = dict(_make_odd_roots())


@pytest.mark.parametrize("name", ODD_ROOTS)
async def test_odd_failure_is_told_as_by_graphql_core(name: str) -> None:
    document, root = "{ name node { name } late { name sure { name } } }", ODD_ROOTS[name]

    core, plan = await by_core(document, root), await run(plan_of(document), root)

    assert data_as_text(plan) == data_as_text(core)
    assert sorted(map(describe, plan.errors or ())) == sorted(map(describe, core.errors or ()))
