"""Writing the functions of a plan, one for each concrete type and what is selected of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any

from graphql import (
    FieldNode,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationType,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from app.execution.completing import (
    CompleteObject,
    Unit,
    complete_leaf,
    complete_list,
    complete_non_null,
    complete_objects,
    complete_texts,
)
from app.execution.fields import FieldPlan
from app.execution.leaves import class_as_it_is, find_quick_leaf
from app.execution.places import Complete, Place
from app.execution.reasons import NoPlan, Reason
from app.execution.selections import Collector, Flags, Operation
from app.execution.source import UnitWriter, Writer
from app.execution.strawberry_types import PlainField

MAX_FIELDS = 4_000
"""Fields of a plan, each once for every type it is selected of."""


@dataclass(slots=True)
class Compiled:
    """The functions of an operation under one combination of conditions."""

    roots: tuple[Unit, ...]
    """One for all root fields, or one for each where they are executed one after the other."""

    fields: int


class Compiler:
    """Writes the functions of one operation under one combination of conditions.

    The same nodes selected of the same type are one function, wherever they stand: what is written
    grows with the document, not with the ways through it.
    """

    def __init__(self, schema: GraphQLSchema, operation: Operation, flags: Flags) -> None:
        self._schema = schema
        self._operation = operation
        self._collector = Collector(schema, operation, flags)
        self._writer = Writer()
        self._units: dict[tuple[str, tuple[int, ...]], UnitWriter] = {}
        self._objects: list[tuple[CompleteObject, dict[str, str]]] = []
        self._fields = 0

    def compile(self) -> Compiled:
        node = self._operation.node
        root_type = self._schema.get_root_type(node.operation)
        if root_type is None:
            raise NoPlan(Reason.NO_OPERATION)
        grouped = self._collector.collect(root_type, [node.selection_set])
        parts = [grouped]
        if node.operation is OperationType.MUTATION:
            parts = [{key: nodes} for key, nodes in grouped.items()] or [{}]
        names = [self._write_unit(root_type, part).name for part in parts]
        functions = self._writer.compile()
        for complete, units in self._objects:
            complete.units = {type_: functions[name] for type_, name in units.items()}
        return Compiled(tuple(functions[name] for name in names), self._fields)

    def write_objects(self, complete: CompleteObject) -> bool:
        """Write the functions of an object's types; return whether any may have to wait."""
        type_ = complete.type
        types: Sequence[Any] = [type_]
        if is_abstract_type(type_):
            types = self._schema.get_possible_types(type_)
        nodes = complete.field.place.nodes
        units = {each.name: self._unit_of(each, nodes) for each in types}
        self._objects.append((complete, {name: unit.name for name, unit in units.items()}))
        return any(unit.may_wait for unit in units.values())

    def _unit_of(self, type_: GraphQLObjectType, nodes: Sequence[FieldNode]) -> UnitWriter:
        key = (type_.name, tuple(id(node) for node in nodes))
        if key not in self._units:
            sets = [node.selection_set for node in nodes if node.selection_set is not None]
            grouped = self._collector.collect(type_, sets)
            self._units[key] = self._write_unit(type_, grouped)
        return self._units[key]

    def _write_unit(
        self, type_: GraphQLObjectType, grouped: Mapping[str, list[FieldNode]]
    ) -> UnitWriter:
        self._fields += len(grouped)
        if self._fields > MAX_FIELDS:
            raise NoPlan(Reason.TOO_LARGE)
        writes = [self._plan_field(type_, key, nodes) for key, nodes in grouped.items()]
        unit = UnitWriter(self._writer)
        for write in writes:
            write(unit)
        unit.finish()
        return unit

    def _plan_field(
        self, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]
    ) -> Callable[[UnitWriter], None]:
        """Return what writes the field.

        The functions it calls are written by then: functions are not written into each other.
        """
        name = nodes[0].name.value
        if name == "__typename":
            return lambda unit: unit.constant(key, type_.name)
        definition = self._schema.get_field(type_, name)
        if definition is None:
            raise NoPlan(Reason.UNKNOWN_FIELD)
        planned = FieldPlan(
            key=key,
            nodes=nodes,
            definition=definition,
            parent_type=type_,
            schema=self._schema,
        )
        positions = _Positions(self, planned)
        planned.place.complete = positions.complete(definition.type)
        return positions.writer(definition.type)


class _Positions:
    """The places of a field: its own, and those of the items of its lists."""

    def __init__(self, compiler: Compiler, field: FieldPlan) -> None:
        self._compiler = compiler
        self._field = field
        self._object: CompleteObject | None = None
        self._list: Complete | None = None
        self._may_wait = False

    def complete(self, type_: GraphQLOutputType) -> Complete:
        """Return what completes values of the type."""
        if is_non_null_type(type_):
            return complete_non_null(self.complete(type_.of_type), self._field)
        if is_list_type(type_):
            return self._complete_list(type_)
        if is_leaf_type(type_):
            return complete_leaf(type_)
        return self._complete_object(type_)

    def writer(self, type_: GraphQLOutputType) -> Callable[[UnitWriter], None]:
        """Return what writes the field."""
        field, plain = self._field, self._field.plain
        if plain is None:
            return lambda unit: unit.executed(field)
        if plain.is_async:
            return lambda unit: unit.awaited(field, plain)
        return self._writer_of(get_nullable_type(type_), field, plain)

    def _writer_of(
        self, type_: Any, field: FieldPlan, plain: PlainField
    ) -> Callable[[UnitWriter], None]:
        complete, complete_list, may_wait = self._object, self._list, self._may_wait
        if is_leaf_type(type_):
            quick = find_quick_leaf(type_)
            return lambda unit: unit.leaf(field, plain, quick)
        if complete_list is not None:
            return lambda unit: unit.list(field, plain, complete_list, may_wait=may_wait)
        assert complete is not None  # noqa: S101 - what is no leaf has objects.
        return lambda unit: unit.object(field, plain, complete, may_wait=may_wait)

    def _complete_list(self, type_: GraphQLList[Any]) -> Complete:
        item = Place(
            typename=None,
            is_nullable=not is_non_null_type(type_.of_type),
            nodes=self._field.place.nodes,
        )
        item.complete = self.complete(type_.of_type)
        self._list = self._choose_list(item, get_nullable_type(type_.of_type))
        return self._list

    def _choose_list(self, item: Place, type_: Any) -> Complete:
        if item.is_nullable or is_list_type(type_):
            return complete_list(item, self._field)
        if self._object is not None:
            return complete_objects(item, self._object, self._field)
        class_ = class_as_it_is(type_)
        if class_ is not None:
            return complete_texts(item, self._field, class_)
        return complete_list(item, self._field)

    def _complete_object(self, type_: Any) -> CompleteObject:
        complete = CompleteObject(type_, self._field)
        is_own = get_nullable_type(self._field.definition.type) is type_
        if is_own and self._field.place.is_nullable:
            complete.known[NoneType] = _nothing
        self._may_wait = self._compiler.write_objects(complete)
        self._object = complete
        return complete


def _nothing(_value: Any, _link: Any, _execution: Any) -> Any:
    return None
