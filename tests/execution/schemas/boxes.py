"""A schema of graphql-core alone, for what Strawberry has no words for.

Sources are mappings, objects and methods; abstract types are told by `resolve_type`, by
`__typename` or by `is_type_of`, some of them late; lists are of every iterable kind.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    build_schema,
)

from tests.execution.chance import Broken, Chance, Fate, Later
from tests.execution.schemas.asking import Asking
from tests.execution.schemas.boxes_sdl import SDL


class Paint(Enum):
    RED = 1
    GREEN = "green"
    BLUE = None


@dataclass(frozen=True)
class Place:
    """Where a value is in the tree of values, which is the same however it is asked for."""

    asking: Asking
    keys: tuple[object, ...]

    @property
    def chance(self) -> Chance:
        return self.asking.chance

    def at(self, *keys: object) -> "Place":
        return Place(self.asking, (*self.keys, *keys))

    def happens(self, percent: int, what: str) -> bool:
        return self.chance.happens(percent, what, *self.keys)

    def fails(self, percent: int, what: str) -> bool:
        """Return what `happens` says, where anything may fail at all."""
        return self.chance.failing > 0 and self.happens(percent, what)

    def draw(self, below: int, what: str) -> int:
        return self.chance.draw(below, what, *self.keys)


@dataclass(frozen=True)
class Source:
    """An object value; `kind` is the name of its type."""

    kind: str
    place: Place

    def read(self, field: str) -> Any:
        """Return a field's value: a value, a late one, or a method that returns one."""
        type_ = BOXES.get_type(self.kind)
        if not isinstance(type_, GraphQLObjectType) or field not in type_.fields:
            return self.kind if field == "__typename" else None
        place = self.place.at(field)
        if place.fails(1, "no access"):
            raise Broken(f"no access to {place.keys}")

        def answer(*information: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            if information:
                place.asking.saw_plain(information[0], arguments)
            return answer_at(place, type_.fields[field].type)

        return answer if place.happens(25, "is a method") or field == "args" else answer()


class MappingSource(Source, Mapping[str, Any]):
    def __getitem__(self, field: str) -> Any:
        return self.read(field)

    def get(self, field: str, _default: Any = None) -> Any:
        return self.read(field)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("nobody lists the keys of a source")

    def __len__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return f"<{self.kind} {self.place.keys}>"


class ObjectSource(Source):
    def __getattr__(self, field: str) -> Any:
        if field.startswith("__") or field not in FIELDS:
            raise AttributeError(field)
        return self.read(field)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.place.keys}>"


def answer_at(place: Place, type_: Any) -> Any:
    """Return a value of the type, or its failure; now and then a late one."""
    if place.chance.waiting and place.happens(25, "is late"):
        return _late(place, type_)
    return place.chance.settle(lambda: value_at(place, type_), *place.keys)


def _late(place: Place, type_: Any) -> Any:
    def value() -> Any:
        return value_at(place, type_)

    match place.draw(3, "how late"):
        case 0:
            return asyncio.ensure_future(place.chance.settle_late(value, *place.keys))
        case 1:
            return Later(place.chance, place.chance.hold_now(None, *place.keys), place.keys)
        case _:
            return place.chance.settle_late(value, *place.keys)


def value_at(place: Place, type_: Any) -> Any:
    """Return a value of the type, in one of the forms it may have."""
    match type_:
        case GraphQLNonNull():
            return value_at(place, type_.of_type)
        case _ if not isinstance(type_, GraphQLNonNull) and place.happens(4, "is null"):
            return (None, Undefined)[place.draw(2, "which null")]
        case GraphQLList():
            return _list_at(place, type_.of_type)
        case GraphQLObjectType() | GraphQLInterfaceType() | GraphQLUnionType():
            return _source_at(place, type_)
        case GraphQLEnumType():
            return list(Paint)[place.draw(2, "paint")]
        case _:
            leaves = (BAD_LEAVES if place.fails(2, "is bad") else LEAVES)[type_.name]
            return leaves[place.draw(len(leaves), "leaf")]


LEAVES: dict[str, tuple[Any, ...]] = {
    "Int": (1, -2, 3.0, True, "7", 2**31 - 1),
    "Float": (0.5, 1, 2**60, "1.25", False),
    "String": ("a", '\u2028"\\', "", 1, 2.5, True),
    "Boolean": (True, False, 1, 0, 0.0),
    "ID": ("id", 5, 5.0, ""),
    "Odd": (1, "odd", [1, {"a": None}], float("inf")),
}

BAD_LEAVES: dict[str, tuple[Any, ...]] = {
    "Int": (2**31, 1.5, "", "x", float("nan")),
    "Float": (float("inf"), float("nan"), "x", ""),
    "String": (b"bytes", {}),
    "Boolean": ("yes", float("nan")),
    "ID": (5.5, True),
    "Odd": ("raise", "none", "undefined"),
}


def _source_at(place: Place, type_: Any) -> Any:
    kinds = _kinds(type_)
    form = (MappingSource, ObjectSource)[place.draw(2, "form")]
    return form(kinds[place.draw(len(kinds), "kind")], place)


def _kinds(type_: Any) -> tuple[str, ...]:
    if isinstance(type_, GraphQLObjectType):
        return (type_.name,)
    return tuple(sorted(each.name for each in BOXES.get_possible_types(type_)))


def _list_at(place: Place, item_type: Any) -> Any:
    items = [answer_for_item(place.at(n), item_type) for n in range(place.draw(4, "length"))]
    forms: tuple[Callable[[list[Any]], Any], ...] = (
        list,
        list,
        tuple,
        iter,
        lambda items: (item for item in items),
        lambda items: dict(enumerate(items)).values(),
        lambda items: _slowly(place, items),
        lambda items: _breaking(place, items),
    )
    form = place.draw(len(forms), "list form")
    return forms[form if place.chance.waiting or form != 6 else 0](items)


def answer_for_item(place: Place, type_: Any) -> Any:
    """Return an item; its failure is returned and not raised, so that the list exists."""
    if place.chance.waiting and place.happens(15, "is late"):
        held = _held(place, type_)
        return Later(place.chance, held, place.keys)
    return _held(place, type_)


def _held(place: Place, type_: Any) -> Any:
    match place.chance.fate(*place.keys):
        case Fate.VALUE:
            return value_at(place, type_)
        case Fate.NULL:
            return None
        case Fate.WRONG:
            return place.chance.wrong(*place.keys)
        case _:
            return Broken(f"item at {place.keys}")


async def _slowly(place: Place, items: list[Any]) -> AsyncIterator[Any]:
    for number, item in enumerate(items):
        await place.chance.wait("slowly", number, *place.keys)
        if place.at(number).fails(4, "stops"):
            raise Broken(f"stopped at {place.keys}")
        yield item


def _breaking(place: Place, items: list[Any]) -> Iterator[Any]:
    yield from items
    if place.fails(20, "breaks"):
        raise Broken(f"broke at {place.keys}")


def _resolve_thing(value: Any, info: GraphQLResolveInfo[Any], _type: GraphQLAbstractType) -> Any:
    if not isinstance(value, Source):
        return None
    name: Any = value.kind
    place = value.place
    if place.fails(3, "bad type"):
        bad = ("Nothing", "Odd", "Query", 7, None)
        name = bad[place.draw(len(bad), "which")]
    if place.chance.waiting and place.happens(30, "late type"):
        return place.chance.settle_late(lambda: name, "type", *place.keys)
    return place.chance.settle(lambda: name, "type", *place.keys)


def _is(kind: str, *, late: bool) -> Callable[[Any, GraphQLResolveInfo[Any]], Any]:
    def is_type_of(value: Any, info: GraphQLResolveInfo[Any]) -> Any:
        if not isinstance(value, Source):
            return False
        place = value.place
        if place.fails(2, "unknown type"):
            raise Broken(f"type of {place.keys}")
        is_it = value.kind == kind and not place.fails(2, "denies its type")
        if late and place.chance.waiting and place.happens(60, "late type"):
            return Later(place.chance, is_it, ("is", *place.keys))
        return is_it

    return is_type_of


def _serialize_odd(value: Any) -> Any:
    match value:
        case "raise":
            raise ValueError("odd")
        case "none":
            return None
        case "undefined":
            return Undefined
        case _:
            return value


def _build() -> GraphQLSchema:
    schema = build_schema(SDL)
    types: Any = schema.type_map
    types["Thing"].resolve_type = _resolve_thing
    types["Cat"].is_type_of = _is("Cat", late=False)
    types["Dog"].is_type_of = _is("Dog", late=True)
    types["Colour"] = _with_paints(types["Colour"])
    odd: GraphQLScalarType = types["Odd"]
    odd.coerce_output_value = odd.serialize = _serialize_odd  # type: ignore[method-assign]
    types["Box"].fields["parts"].resolve = _resolve_parts
    types["Cat"].fields["whole"].resolve = _resolve_whole
    return schema


def _with_paints(colour: GraphQLEnumType) -> GraphQLEnumType:
    for name, value in colour.values.items():
        value.value = Paint[name]
    for cached in ("_value_lookup",):
        colour.__dict__.pop(cached, None)
    return colour


def _resolve_parts(source: Source, info: GraphQLResolveInfo[Any], first: int | None = None) -> Any:
    source.place.asking.saw_plain(info, {"first": first})
    return [
        _source_at(source.place.at("part", n), info.schema.get_type("Thing"))
        for n in range(first or 0)
    ]


async def _resolve_whole(source: Source, info: GraphQLResolveInfo[Any]) -> Any:
    source.place.asking.saw_plain(info)
    place = source.place.at("whole")
    return await place.chance.settle_late(
        lambda: _source_at(place, info.schema.get_type("Thing")), *place.keys
    )


BOXES = _build()
FIELDS = frozenset(
    name
    for type_ in BOXES.type_map.values()
    if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
    for name in type_.fields
)


def a_root(asking: Asking, operation: str) -> Source:
    """Return the root value of a query or mutation."""
    place = Place(asking, (operation,))
    form = (MappingSource, ObjectSource)[place.draw(2, "root form")]
    return form({"query": "Query", "mutation": "Mutation"}[operation], place)
