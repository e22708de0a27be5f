"""Arguments and variables: what a resolver is given for what a client sends.

After the tests of graphql-core (MIT License, (c) GraphQL Contributors, Syrus Akbary and
Christoph Zwerschke).
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    build_schema,
)

from tests.execution.cases.case import Case, Failure

SDL = """
scalar Complex
enum Paint { RED NULL NAN LIST }
input Shape { a: String b: [String] c: String! d: Complex e: Shape f: Int = 4 }
input One @oneOf { a: String b: Int }
type Query {
  shape(input: Shape): String
  text(input: String): String
  sure(input: String!): String
  defaulted(input: String = "Hello"): String
  sureDefaulted(input: String! = "Hello"): String
  list(input: [String]): String
  listSure(input: [String!]): String
  sureListSure(input: [String!]!): String
  grid(input: [[Int]] = [[1], null]): String
  paint(input: Paint = RED): String
  one(input: One!): String
}
"""


class Paint(Enum):
    RED = 1


PAINTS: dict[str, Any] = {"RED": Paint.RED, "NULL": None, "NAN": 1.5, "LIST": (1,)}


class Root:
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda _info, **arguments: repr(arguments.get("input", Undefined))


def _build() -> GraphQLSchema:
    schema = build_schema(SDL)
    types: Any = schema.type_map
    types["Complex"].coerce_input_value = types["Complex"].parse_value = _read_complex
    for name, value in types["Paint"].values.items():
        value.value = PAINTS[name]
    types["Paint"].__dict__.pop("_value_lookup", None)
    return schema


def _read_complex(value: Any) -> str:
    if value != "simple":
        raise ValueError("not simple")
    return "complex"


SCHEMA = _build()


def _case(
    name: str, document: str, answer: str | None, *failures: Failure, **variables: Any
) -> Case:
    field = document.partition("{ ")[2].partition("(")[0].partition(" ")[0]
    return Case(
        name=name,
        schema=SCHEMA,
        document=document,
        root=Root,
        variables=variables,
        data={field: answer},
        failures=failures,
    )


def _request_error(name: str, document: str, message: str, **variables: Any) -> Case:
    return Case(
        name=name,
        schema=SCHEMA,
        document=document,
        root=Root,
        variables=variables,
        data=None,
        failures=(Failure(message),),
    )


FULL = "{'a': 'foo', 'b': ['bar'], 'c': 'baz', 'f': 4}"


def _literals() -> Iterator[Case]:
    table = (
        ("shape", '{a: "foo", b: ["bar"], c: "baz"}', FULL),
        ("shape", '{a: "foo", b: "bar", c: "baz"}', FULL),
        (
            "shape",
            '{a: null, b: null, c: "C", d: null}',
            "{'a': None, 'b': None, 'c': 'C', 'd': None, 'f': 4}",
        ),
        ("shape", '{b: ["A", null], c: "C", f: null}', "{'b': ['A', None], 'c': 'C', 'f': None}"),
        ("shape", '{c: "foo", d: "simple"}', "{'c': 'foo', 'd': 'complex', 'f': 4}"),
        ("shape", '{c: "1", e: {c: "2", f: 3}}', "{'c': '1', 'e': {'c': '2', 'f': 3}, 'f': 4}"),
        ("text", "null", "None"),
        ("text", '"""a\n  b"""', "'a\\nb'"),
        ("text", '"\\u00fc\\"{}%s$x"', "'ü\"{}%s$x'"),
        ("list", '"A"', "['A']"),
        ("list", "[]", "[]"),
        ("grid", "1", "[[1]]"),
        ("grid", "[1, [2, null], null]", "[[1], [2, None], None]"),
        ("paint", "RED", "<Paint.RED: 1>"),
        ("paint", "NULL", "None"),
        ("paint", "NAN", "1.5"),
        ("paint", "LIST", "(1,)"),
        ("one", '{a: "x"}', "{'a': 'x'}"),
    )
    for field, literal, answer in table:
        yield _case(f"{field} of {literal}", f"{{ {field}(input: {literal}) }}", answer)
    defaults = (
        ("text", "Undefined"),
        ("defaulted", "'Hello'"),
        ("sureDefaulted", "'Hello'"),
        ("grid", "[[1], None]"),
        ("paint", "<Paint.RED: 1>"),
    )
    for field, answer in defaults:
        yield _case(f"{field} without an argument", f"{{ {field} }}", answer)


def _variables() -> Iterator[Case]:
    left_out = object()
    table: tuple[tuple[str, str, Any, str], ...] = (
        ("text", "String", left_out, "Undefined"),
        ("text", "String", None, "None"),
        ("text", "String", "a", "'a'"),
        ("text", 'String = "b"', left_out, "'b'"),
        ("text", 'String = "b"', None, "None"),
        ("text", "String = null", left_out, "None"),
        ("text", "String!", "a", "'a'"),
        ("defaulted", "String", left_out, "'Hello'"),
        ("defaulted", "String", None, "None"),
        ("defaulted", "String", "a", "'a'"),
        ("sureDefaulted", "String", left_out, "'Hello'"),
        ("sureDefaulted", 'String = "b"', left_out, "'b'"),
        ("list", "[String]", ["a", None], "['a', None]"),
        ("list", "[String]", "a", "['a']"),
        ("list", "[String]", None, "None"),
        ("sureListSure", "[String!]!", ["a"], "['a']"),
        ("paint", "Paint", "NULL", "None"),
        ("paint", "Paint", left_out, "<Paint.RED: 1>"),
        ("paint", "Paint = NAN", left_out, "1.5"),
        ("shape", "Shape", {"a": "foo", "b": "bar", "c": "baz"}, FULL),
        ("shape", "Shape", {"c": "foo", "d": "simple"}, "{'c': 'foo', 'd': 'complex', 'f': 4}"),
        ("shape", 'Shape = {a: "foo", b: "bar", c: "baz"}', left_out, FULL),
        ("one", "One!", {"b": 1}, "{'b': 1}"),
    )
    for field, type_, value, answer in table:
        given = {} if value is left_out else {"v": value}
        name = f"{field} of {type_}{'' if value is left_out else f' given {value!r}'}"
        yield _case(name, f"query ($v: {type_}) {{ {field}(input: $v) }}", answer, **given)


def _variables_in_literals() -> Iterator[Case]:
    table: tuple[tuple[str, str, dict[str, Any], str], ...] = (
        ("shape", '{c: "c", a: $v}', {}, "{'c': 'c', 'f': 4}"),
        ("shape", '{c: "c", a: $v}', {"v": None}, "{'a': None, 'c': 'c', 'f': 4}"),
        ("shape", '{c: "c", b: [$v, "x"]}', {"v": "y"}, "{'b': ['y', 'x'], 'c': 'c', 'f': 4}"),
        ("shape", '{c: "c", b: [$v, "x"]}', {}, "{'b': [None, 'x'], 'c': 'c', 'f': 4}"),
        ("shape", '{c: "c", e: {c: "d", a: $v}}', {"v": "y"},
         "{'c': 'c', 'e': {'a': 'y', 'c': 'd', 'f': 4}, 'f': 4}"),
        ("list", "[$v]", {"v": "y"}, "['y']"),
        ("list", "[$v]", {}, "[None]"),
    )  # fmt: skip
    for field, literal, given, answer in table:
        document = f"query ($v: String) {{ {field}(input: {literal}) }}"
        yield _case(f"{field} of {literal} given {given}", document, answer, **given)


def _refused() -> Iterator[Case]:
    table = (
        ("String", "sureDefaulted", "$v", "provided to non-null type 'String!' not to be None."),
        ("String", "one", "{a: $v}", f"{OF_ONE} not to be None."),
    )
    for type_, field, literal, problem in table:
        document = f"query ($v: {type_}) {{ {field}(input: {literal}) }}"
        message = f"{UNFIT}: Expected variable '$v' {problem}"
        yield _case(f"null for {field}", document, None, Failure(message, (field,)), v=None)
    message = f"{UNFIT}: Expected variable '$v' {OF_ONE} to provide a runtime value."
    document = "query ($v: String) { one(input: {a: $v}) }"
    yield _case("nothing for one", document, None, Failure(message, ("one",)))


UNFIT = "Argument 'input' has invalid value"
OF_ONE = "provided to field 'a' for OneOf Input Object type 'One'"
NO_NULL = "Expected value of non-null type 'String!' not to be None."


def _unreadable() -> Iterator[Case]:
    table: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
        ("sure", "String!", {}, ": Expected a value of non-null type 'String!' to be provided."),
        ("sure", "String!", {"v": None}, f": {NO_NULL}"),
        ("text", "String", {"v": [1]}, ": String cannot represent a non string value: [1]"),
        ("listSure", "[String!]", {"v": ["a", None]}, f" at [1]: {NO_NULL}"),
        (
            "shape",
            "Shape",
            {"v": {}},
            ": Expected value of type 'Shape' to include required field 'c', found: {}.",
        ),
        (
            "shape",
            "Shape",
            {"v": {"c": "x", "d": "odd"}},
            " at .d: Expected value of type 'Complex', but encountered error 'not simple';"
            " found: 'odd'.",
        ),
        (
            "one",
            "One!",
            {"v": {"a": "x", "b": 1}},
            ": Within OneOf Input Object type 'One', exactly one field must be specified,"
            " and the value for that field must be non-null.",
        ),
    )
    for field, type_, given, message in table:
        document = f"query ($v: {type_}) {{ {field}(input: $v) }}"
        name = f"{field} of {type_} given {given}"
        yield _request_error(name, document, f"Variable '$v' has invalid value{message}", **given)


def _renamed() -> Iterator[Case]:
    shape = GraphQLInputObjectType(
        "Shape",
        {"inputOne": GraphQLInputField(GraphQLInt, default_value=3, out_name="in")},
        out_type=lambda given: ("shape", *given.items()),
    )
    arguments = {
        "argOne": GraphQLArgument(GraphQLString, out_name="class"),
        "shape": GraphQLArgument(GraphQLNonNull(shape), default_value={}, out_name="a_shape"),
    }
    field = GraphQLField(
        GraphQLString, args=arguments, resolve=lambda _source, _info, **given: repr(given)
    )
    schema = GraphQLSchema(GraphQLObjectType("Query", {"f": field}))
    table: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("f", {}, "{'a_shape': {}}"),
        ('f(argOne: "x")', {}, "{'class': 'x', 'a_shape': {}}"),
        ("f(shape: {inputOne: 4})", {}, "{'a_shape': ('shape', ('in', 4))}"),
        ("f(shape: {inputOne: $v})", {"v": 5}, "{'a_shape': ('shape', ('in', 5))}"),
    )
    for asked, given, answer in table:
        definition = "query ($v: Int) " if "$v" in asked else ""
        yield Case(
            name=f"renamed {asked}",
            schema=schema,
            document=f"{definition}{{ {asked} }}",
            variables=given,
            data={"f": answer},
        )


CASES = (
    *_literals(),
    *_variables(),
    *_variables_in_literals(),
    *_refused(),
    *_unreadable(),
    *_renamed(),
)
