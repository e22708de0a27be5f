"""Which fields an operation selects of a type, worked out before it runs.

The algorithm is CollectFields of the specification, section 6.3.2, with the values of the variables
that `@skip` and `@include` ask for known. An operation thereby has one plan for each combination of
these values, and the order of keys needs no thought when it runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

from app.execution.reasons import NoPlan, Reason

MAX_VISITS = 20_000
"""Selections looked at for one plan, each once for every type it is collected for."""

Flags: TypeAlias = Mapping[str, bool]
Grouped: TypeAlias = dict[str, list[FieldNode]]

_INTROSPECTION = frozenset({"__schema", "__type"})
_CONDITIONS = frozenset({"skip", "include"})


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a document with what it needs of the document."""

    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    """The variables that `@skip` and `@include` ask for."""


def find_operation(document: DocumentNode, operation_name: str | None) -> Operation:
    """Return the named or only operation; raises NoPlan."""
    operations = [
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    ]
    if operation_name is not None:
        operations = [
            each for each in operations if each.name and each.name.value == operation_name
        ]
    if len(operations) != 1:
        raise NoPlan(Reason.NO_OPERATION)
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    return read_operation(operations[0], fragments)


def read_operation(
    node: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Operation:
    """Return the operation with its conditions; raises NoPlan for what no plan can do."""
    if node.directives:
        raise NoPlan(Reason.DIRECTIVE)
    conditions: dict[str, None] = {}
    seen: set[str] = set()
    waiting: list[SelectionSetNode] = [node.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            for directive in selection.directives or ():
                conditions.update(dict.fromkeys(_variables_of(directive)))
            match selection:
                case FieldNode(name=name) if name.value in _INTROSPECTION:
                    raise NoPlan(Reason.INTROSPECTION)
                case FragmentSpreadNode(name=name) if name.value not in seen:
                    seen.add(name.value)
                    waiting.extend(_selections_of(fragments.get(name.value)))
                case FieldNode(selection_set=nested) | InlineFragmentNode(selection_set=nested):
                    waiting.extend([nested] if nested else [])
                case _:
                    pass
    return Operation(node, fragments, tuple(conditions))


def _selections_of(fragment: FragmentDefinitionNode | None) -> list[SelectionSetNode]:
    if fragment is None:
        return []
    if fragment.variable_definitions:
        raise NoPlan(Reason.FRAGMENT_VARIABLES)
    if fragment.directives:
        raise NoPlan(Reason.DIRECTIVE)
    return [fragment.selection_set]


def _variables_of(directive: DirectiveNode) -> list[str]:
    if directive.name.value not in _CONDITIONS:
        raise NoPlan(Reason.DIRECTIVE)
    return [
        argument.value.name.value
        for argument in directive.arguments or ()
        if isinstance(argument.value, VariableNode)
    ]


@dataclass(slots=True)
class Collector:
    """Collects the fields of one operation under one combination of conditions."""

    schema: GraphQLSchema
    operation: Operation
    flags: Flags
    visits: int = 0
    _applies: dict[tuple[str, str], bool] = field(default_factory=dict)

    def collect(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> Grouped:
        """Return the field nodes of `type_` by response key, in order; raises NoPlan."""
        grouped: Grouped = {}
        visited: set[str] = set()
        for selection_set in sets:
            self._visit(type_, selection_set, grouped, visited)
        return grouped

    def _visit(
        self,
        type_: GraphQLObjectType,
        selection_set: SelectionSetNode,
        grouped: Grouped,
        visited: set[str],
    ) -> None:
        self.visits += len(selection_set.selections)
        if self.visits > MAX_VISITS:
            raise NoPlan(Reason.TOO_LARGE)
        for selection in selection_set.selections:
            if selection.directives and not self._is_included(selection):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                grouped.setdefault(key, []).append(selection)
                continue
            fragment = self._fragment_of(selection, visited)
            if fragment is not None and self._does_apply(fragment, type_):
                if isinstance(selection, FragmentSpreadNode):
                    visited.add(selection.name.value)
                self._visit(type_, fragment.selection_set, grouped, visited)

    def _fragment_of(
        self, selection: SelectionNode, visited: set[str]
    ) -> InlineFragmentNode | FragmentDefinitionNode | None:
        if isinstance(selection, InlineFragmentNode):
            return selection
        assert isinstance(selection, FragmentSpreadNode)  # noqa: S101 - there are three kinds.
        name = selection.name.value
        return None if name in visited else self.operation.fragments.get(name)

    def _does_apply(
        self, fragment: InlineFragmentNode | FragmentDefinitionNode, type_: GraphQLObjectType
    ) -> bool:
        condition = fragment.type_condition
        if condition is None:
            return True
        key = (condition.name.value, type_.name)
        if key not in self._applies:
            named = self.schema.get_type(key[0])
            self._applies[key] = named is type_ or (
                is_abstract_type(named) and self.schema.is_sub_type(named, type_)
            )
        return self._applies[key]

    def _is_included(self, selection: SelectionNode) -> bool:
        return all(
            self._holds(directive) is (directive.name.value == "include")
            for directive in selection.directives or ()
        )

    def _holds(self, directive: DirectiveNode) -> bool:
        value = next(each.value for each in directive.arguments or ())
        if isinstance(value, VariableNode):
            return self.flags[value.name.value]
        if isinstance(value, BooleanValueNode):
            return value.value
        raise NoPlan(Reason.CONDITION)
