"""Measuring a document: one walk that sees every definition once, however fragments are spread.

It runs before the rules of GraphQL, so that these meet only documents within the bounds. What else
is wrong with a document is theirs to say: unknown fields are passed over, and a fragment that
spreads itself is not followed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)

from app.api.errors import ErrorCode, RequestError
from app.api.limits import bounds
from app.api.limits.formulas import Formula, times, total
from app.api.limits.prices import price_field, read_size

INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredOperation:
    """An operation's cost formula, with the defaults of the variables that set list sizes."""

    type: OperationType
    cost: Formula
    defaults: Mapping[str, Any]

    def evaluate(self, variables: Mapping[str, Any] | None) -> int:
        """Return the points the operation costs with these variables, at least 1."""
        if not self.cost.terms:
            return max(1, self.cost.constant)
        return max(1, self.cost.evaluate({**self.defaults, **(variables or {})}))


class Measures(NamedTuple):
    """A document's operations by name; the first is also found under None."""

    operations: Mapping[str | None, MeasuredOperation]
    uses_introspection: bool


class _Selection(NamedTuple):
    """Sums over a selection set; `height` is how many levels it adds."""

    cost: Formula
    height: int
    aliases: int
    fields: int


_NOTHING = _Selection(Formula(), 0, 0, 0)


def measure(schema: GraphQLSchema, document: DocumentNode) -> Measures:
    """Return what the operations of a document cost.

    Raises RequestError: QUERY_TOO_DEEP or QUERY_TOO_COMPLEX when it is out of bounds.
    """
    return _Walk(schema, _fragments_of(document)).measure(document)


def too_complex(message: str) -> RequestError:
    """Return the error for a document or an operation out of bounds."""
    return RequestError(ErrorCode.QUERY_TOO_COMPLEX, message)


def _fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }


@dataclass(slots=True)
class _Walk:
    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    measured: dict[str, _Selection] = field(default_factory=dict)
    directives: int = 0
    uses_introspection: bool = False

    def measure(self, document: DocumentNode) -> Measures:
        operations: dict[str | None, MeasuredOperation] = {}
        nodes = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
        if len(nodes) > bounds.MAX_OPERATIONS:
            raise too_complex(f"A document has at most {bounds.MAX_OPERATIONS} operations.")
        for node in nodes:
            measured = self._measure_operation(node)
            operations.setdefault(None, measured)
            operations[node.name.value if node.name else None] = measured
        for name in self.fragments:
            # Those that nothing spreads are visited by the rules of GraphQL all the same.
            self._measure_fragment(name, depth=0)
        return Measures(operations, self.uses_introspection)

    def _measure_operation(self, node: OperationDefinitionNode) -> MeasuredOperation:
        self._count_directives(node)
        for definition in node.variable_definitions or ():
            self._count_directives(definition)
        root = self.schema.get_root_type(node.operation)
        selection = self._measure_set(node.selection_set, root, depth=1)
        if selection.fields > bounds.MAX_ROOT_FIELDS:
            raise too_complex(
                f"An operation has at most {bounds.MAX_ROOT_FIELDS} fields at its root."
            )
        if selection.aliases > bounds.MAX_ALIASES:
            raise too_complex(f"An operation has at most {bounds.MAX_ALIASES} aliases.")
        defaults = {
            definition.variable.name.value: read_size(definition.default_value)
            for definition in node.variable_definitions or ()
            if definition.default_value is not None
        }
        return MeasuredOperation(type=node.operation, cost=selection.cost, defaults=defaults)

    def _measure_set(
        self, node: SelectionSetNode | None, parent: GraphQLNamedType | None, *, depth: int
    ) -> _Selection:
        if node is None:
            return _NOTHING
        _check_depth(depth)
        parts = [self._measure_selection(each, parent, depth) for each in node.selections]
        return _Selection(
            cost=total([part.cost for part in parts]),
            height=1 + max((part.height for part in parts), default=0),
            aliases=sum(part.aliases for part in parts),
            fields=sum(part.fields for part in parts),
        )

    def _measure_selection(
        self, node: SelectionNode, parent: GraphQLNamedType | None, depth: int
    ) -> _Selection:
        self._count_directives(node)
        match node:
            case FieldNode():
                return self._measure_field(node, parent, depth=depth)
            case InlineFragmentNode(type_condition=condition):
                narrowed = self.schema.get_type(condition.name.value) if condition else parent
                return self._measure_set(node.selection_set, narrowed, depth=depth + 1)
            case FragmentSpreadNode():
                return self._measure_fragment(node.name.value, depth=depth)
            case _:
                return _NOTHING

    def _measure_field(
        self, node: FieldNode, parent: GraphQLNamedType | None, *, depth: int
    ) -> _Selection:
        name = node.name.value
        self.uses_introspection |= name in INTROSPECTION_FIELDS
        known = (
            self.schema.get_field(parent, name) if parent and is_composite_type(parent) else None
        )
        below = self._measure_set(
            node.selection_set, get_named_type(known.type) if known else None, depth=depth + 1
        )
        cost = below.cost
        if known is not None and parent is not None:
            cost = price_field(parent.name, name, known, node.arguments or (), cost)
        aliases = below.aliases + (node.alias is not None)
        return _Selection(cost=cost, height=below.height, aliases=aliases, fields=1)

    def _measure_fragment(self, name: str, *, depth: int) -> _Selection:
        if name not in self.fragments:
            return _NOTHING
        if name not in self.measured:
            fragment = self.fragments[name]
            self.measured[name] = _NOTHING  # What a cycle comes back to.
            self._count_directives(fragment)
            narrowed = self.schema.get_type(fragment.type_condition.name.value)
            selection = self._measure_set(fragment.selection_set, narrowed, depth=depth + 1)
            self.measured[name] = selection._replace(cost=times(1, selection.cost))
        _check_depth(depth + self.measured[name].height)
        return self.measured[name]

    def _count_directives(self, node: Any) -> None:
        self.directives += len(node.directives or ())
        if self.directives > bounds.MAX_DIRECTIVES:
            raise too_complex(f"A document has at most {bounds.MAX_DIRECTIVES} directives.")


def _check_depth(depth: int) -> None:
    if depth > bounds.MAX_DEPTH:
        raise RequestError(
            ErrorCode.QUERY_TOO_DEEP,
            f"Selections are at most {bounds.MAX_DEPTH} levels deep, fragments included.",
        )
