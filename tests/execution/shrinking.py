"""Making the document of a failing test small, for those who are to find out why it fails."""

import copy
from collections.abc import Awaitable, Callable, Iterator

from graphql import (
    DocumentNode,
    GraphQLSchema,
    Node,
    SelectionSetNode,
    Visitor,
    print_ast,
    validate,
    visit,
)

MOST_TRIES = 500

Fails = Callable[[DocumentNode], Awaitable[bool]]


async def shrink(schema: GraphQLSchema, document: DocumentNode, fails: Fails) -> str:
    """Return the text of a small valid document that still fails, by leaving parts out."""
    tries = MOST_TRIES
    while tries > 0:
        for smaller in _smaller(document):
            tries -= 1
            if _is_valid(schema, smaller) and await fails(smaller):
                document = smaller
                break
        else:
            break
    return print_ast(document)


def _is_valid(schema: GraphQLSchema, document: DocumentNode) -> bool:
    sets = (node for node in _nodes(document) if isinstance(node, SelectionSetNode))
    return all(each.selections for each in sets) and not validate(schema, document)


def _smaller(document: DocumentNode) -> Iterator[DocumentNode]:
    for number in range(len(document.definitions)):
        yield _without(document, "definitions", document, number)
    for node in _nodes(document):
        for what in ("selections", "directives", "arguments", "variable_definitions", "fields"):
            for number in range(len(getattr(node, what, None) or ())):
                yield _without(document, what, node, number)


def _without(document: DocumentNode, what: str, node: Node, number: int) -> DocumentNode:
    """Return a copy of the document without one of the parts of one of its nodes."""
    position = next(n for n, each in enumerate(_nodes(document)) if each is node)
    smaller = copy.deepcopy(document)
    found = _nodes(smaller)[position]
    parts = list(getattr(found, what))
    del parts[number]
    object.__setattr__(found, what, tuple(parts))  # Nodes are frozen; this one is a fresh copy.
    return smaller


def _nodes(document: DocumentNode) -> list[Node]:
    class Collector(Visitor):
        def enter(self, node: Node, *_: object) -> None:
            found.append(node)

    found: list[Node] = []
    visit(document, Collector())
    return found
