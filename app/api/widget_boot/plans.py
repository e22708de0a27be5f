"""Which operations boot a widget, and what their answers depend on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
)

ROOT_FIELD, KEY_ARGUMENT = "scheduler", "publishableKey"
ROUTED_FIELD, PAGE_ARGUMENT = "bookingFlow", "context"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BootPlan:
    """An operation that asks for one scheduler and, at most, its flow for one page.

    The page matters by the flow it is routed to; every other variable is part of the question.
    Plans are equal when they are the same one.
    """

    operation: OperationDefinitionNode
    key: VariableNode | StringValueNode
    page_variable: str | None

    @property
    def operation_name(self) -> str | None:
        """The name requests may give for the operation."""
        return self.operation.name.value if self.operation.name else None

    def read_key(self, variables: Mapping[str, Any]) -> str | None:
        """Return the publishable key asked with, or None when there is no such text."""
        if isinstance(self.key, StringValueNode):
            return self.key.value
        key = variables.get(self.key.name.value)
        return key if isinstance(key, str) else None

    def other_variables(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the operation's variables that are neither the key nor the page.

        What the operation does not define changes nothing, and must not make another answer.
        """
        apart = {self.page_variable}
        if isinstance(self.key, VariableNode):
            apart.add(self.key.name.value)
        defined = {
            definition.variable.name.value
            for definition in self.operation.variable_definitions or ()
        }
        return {name: variables[name] for name in defined - apart if name in variables}


def find_boot_plan(document: DocumentNode) -> BootPlan | None:
    """Return the plan of a valid document with one operation that boots a widget, else None."""
    operations = list(_find(OperationDefinitionNode, document))
    root = _only_field(operations[0]) if len(operations) == 1 else None
    if root is None or root.name.value != ROOT_FIELD:
        return None
    key = _argument(root, KEY_ARGUMENT)
    pages = [
        _argument(field, PAGE_ARGUMENT)
        for field in _find(FieldNode, document)
        if field.name.value == ROUTED_FIELD
    ]
    if not isinstance(key, VariableNode | StringValueNode) or not _is_page_alone(pages, document):
        return None
    page_variable = pages[0].name.value if pages and isinstance(pages[0], VariableNode) else None
    return BootPlan(operation=operations[0], key=key, page_variable=page_variable)


def _only_field(operation: OperationDefinitionNode) -> FieldNode | None:
    """Return the only field a query asks for, without conditions."""
    (first, *others) = operation.selection_set.selections
    if operation.operation is not OperationType.QUERY or others or operation.directives:
        return None
    return first if isinstance(first, FieldNode) and not first.directives else None


def _is_page_alone(pages: list[ValueNode | None], document: DocumentNode) -> bool:
    """Return whether all pages are one variable that is used for nothing else.

    Were it used elsewhere, the page would matter by more than the flow it is routed to.
    """
    if not pages:
        return True
    names = {page.name.value if isinstance(page, VariableNode) else None for page in pages}
    used = [each for each in _find(VariableNode, document) if each.name.value in names]
    return len(names) == 1 and len(used) == len(pages)


def _argument(field: FieldNode, name: str) -> ValueNode | None:
    return next((each.value for each in field.arguments or () if each.name.value == name), None)


def _find(kind: type[Any], node: Node) -> Iterator[Any]:
    """Yield the nodes of a kind within a node, but those that define variables."""
    if isinstance(node, kind):
        yield node
    if isinstance(node, VariableDefinitionNode):
        return
    for key in node.keys:
        value = getattr(node, key)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Node):
                yield from _find(kind, each)
