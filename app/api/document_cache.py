"""Reading each document once: parsed, measured and validated."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationType,
    parse,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from app.api.errors import ErrorCode, RequestError
from app.api.limits import bounds
from app.api.limits.measuring import MeasuredOperation, Measures, measure, too_complex

MAX_CACHED_CHARACTERS = 4_000_000
"""In query text; a parsed document takes a few dozen times the memory of its text."""

# Comparing fields of the same name is quadratic. The rule counts its work and gives up beyond this.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = bounds.MAX_COMPARISONS

_GAVE_UP = "Validation aborted."
_TOO_LARGE = ("tokens. Parsing aborted.", "comments. Parsing aborted.")
_TOO_DEEP = "nested too deeply. Parsing aborted."


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedDocument:
    """A document as it was read: parsed, or without a document when it cannot be.

    `errors` is what is wrong with it, by syntax, by bounds or by the rules of GraphQL.
    """

    document: DocumentNode | None = None
    errors: tuple[GraphQLError, ...] = ()
    operations: Mapping[str | None, MeasuredOperation] = field(default_factory=dict)
    uses_introspection: bool = False

    @property
    def has_several_operations(self) -> bool:
        """Return whether a request must say which operation it means."""
        return len({id(operation) for operation in self.operations.values()}) > 1

    def is_mutation(self, operation_name: str | None) -> bool:
        """Return whether the named or only operation is a mutation."""
        operation = self.operations.get(operation_name)
        return operation is not None and operation.type is OperationType.MUTATION


@dataclass(frozen=True, slots=True)
class _Kept:
    prepared: PreparedDocument
    size: int


_kept: LRUCache[tuple[GraphQLSchema, str], _Kept] = LRUCache(
    maxsize=MAX_CACHED_CHARACTERS, getsizeof=lambda kept: kept.size
)


def is_known(schema: GraphQLSchema, query: str) -> bool:
    """Return whether the text's document need not be read any more."""
    return (schema, query) in _kept


def name_known_operation(
    schema: GraphQLSchema, query: str, operation_name: str | None
) -> str | None:
    """Return the name a valid document seen before gives to the operation asked for, or None."""
    kept = _kept.get((schema, query))
    if kept is None or kept.prepared.errors:
        return None
    operations = kept.prepared.operations
    if operation_name is not None:
        return operation_name if operation_name in operations else None
    names = [name for name in operations if name is not None]
    return names[0] if len(names) == 1 else None


def prepare_document(schema: GraphQLSchema, query: str) -> PreparedDocument:
    """Return the document of a query text, from memory when the text was seen before.

    A schema never changes while the process runs, so neither does what is found. Texts are the
    clients' choice: the memory is bounded by their length.
    """
    kept = _kept.get((schema, query))
    if kept is not None:
        return kept.prepared
    prepared = _prepare(schema, query)
    if len(query) <= bounds.MAX_CHARACTERS:
        _kept[schema, query] = _Kept(prepared, size=max(1, len(query)))
    return prepared


def _prepare(schema: GraphQLSchema, query: str) -> PreparedDocument:
    try:
        document = _parse(query)
    except GraphQLError as error:
        return PreparedDocument(errors=(error.with_traceback(None),))
    try:
        measures = measure(schema, document)
    except RequestError as error:
        return PreparedDocument(document=document, errors=(error.with_traceback(None),))
    return _validate(schema, document, measures)


def _parse(query: str) -> DocumentNode:
    """Parse a query text; raises GraphQLError, with a code when the text is out of bounds."""
    if len(query) > bounds.MAX_CHARACTERS:
        raise too_complex(f"A document has at most {bounds.MAX_CHARACTERS} characters.")
    try:
        return parse(query, max_lexical_tokens=bounds.MAX_TOKENS, max_comments=bounds.MAX_COMMENTS)
    except GraphQLSyntaxError as error:
        if error.message.endswith(_TOO_LARGE):
            raise too_complex(
                f"A document has at most {bounds.MAX_TOKENS} tokens "
                f"and {bounds.MAX_COMMENTS} comments."
            ) from None
        if error.message.endswith(_TOO_DEEP):
            raise RequestError(ErrorCode.QUERY_TOO_DEEP, "The document is too deep.") from None
        raise


def _validate(
    schema: GraphQLSchema, document: DocumentNode, measures: Measures
) -> PreparedDocument:
    errors = validate(schema, document, max_errors=bounds.MAX_ERRORS)
    return PreparedDocument(
        document=document,
        errors=tuple(
            too_complex("Too many fields of the same name are to be merged.")
            if error.message == _GAVE_UP
            else error
            for error in errors
        ),
        operations=measures.operations,
        uses_introspection=measures.uses_introspection,
    )
