"""What a field costs before it is executed, in points.

One point is about one object of the answer. The idea is Shopify's: the points are computed from the
document and its variables alone, the more the more objects the answer may hold.

| what is selected                          | points                                     |
| ----------------------------------------- | ------------------------------------------ |
| a scalar, an enum, `__typename`           | 0                                          |
| an object, an interface, a union          | 1 + its selection                          |
| a connection                              | 2 + page size x its selection; `edges` and |
|                                           | `pageInfo` are free, each node costs 1     |
| a list of objects                         | 5 x (1 + its selection)                    |
| a list looked up by an argument `ids`     | number of ids x (1 + its selection)        |
| a list within introspection               | 12 x (1 + its selection)                   |
| a report, that is a field of `Analytics`  | 100 + the above                            |
| a mutation, a subscription                | 10 + the above                             |
| `stateAt`, `diff`                         | 100 + the above: a past is replayed        |
| `previous` of a report                    | 100 + the above: it is another report      |
| any operation                             | at least 1                                 |

The page size is `first` or `last`, at most 100, or the default of 20. Directives are not looked at:
what `@skip` leaves out is paid for. Introspection is priced so that one complete look at the schema
is possible in one operation and ten are not. Reading a document that the process has not in its
memory costs `READING_PRICE` beside what the operation costs.
"""

from collections.abc import Sequence
from typing import Any, Final

from graphql import (
    ArgumentNode,
    GraphQLField,
    IntValueNode,
    ListValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from app.api.limits.formulas import Formula, ListSize, times, total
from app.api.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

OBJECT_PRICE: Final = 1
CONNECTION_PRICE: Final = 2
LIST_SIZE: Final = 5
INTROSPECTION_LIST_SIZE: Final = 12
EXTRA_PRICES: Final = {"Mutation": 10, "Subscription": 10, "Analytics": 100}
"""Added to each field of these types."""

EXTRA_FIELD_PRICES: Final = {"stateAt": 100, "diff": 100, "previous": 100}
"""Added to the fields of these names, which replay a past or make a report of another time."""


def price_field(
    parent_name: str,
    field_name: str,
    field: GraphQLField,
    arguments: Sequence[ArgumentNode],
    selection: Formula,
) -> Formula:
    """Return what a field of the type `parent_name` costs with a selection of this cost."""
    extra = EXTRA_PRICES.get(parent_name, 0) + EXTRA_FIELD_PRICES.get(field_name, 0)
    named = get_named_type(field.type)
    if is_leaf_type(named):
        return Formula(extra)
    if named.name.endswith("Connection"):
        return total([Formula(extra + CONNECTION_PRICE), times(_page_size(arguments), selection)])
    if named.name == "PageInfo" or named.name.endswith("Edge"):
        return selection
    each = total([Formula(OBJECT_PRICE), selection])
    if not is_list_type(get_nullable_type(field.type)) or parent_name.endswith("Connection"):
        return total([Formula(extra), each])
    return total([Formula(extra), times(_list_size(parent_name, arguments), each)])


def _page_size(arguments: Sequence[ArgumentNode]) -> ListSize:
    return ListSize(
        sources=_sources(arguments, "first", "last"),
        default=DEFAULT_PAGE_SIZE,
        maximum=MAX_PAGE_SIZE,
    )


def _list_size(parent_name: str, arguments: Sequence[ArgumentNode]) -> int | ListSize:
    if parent_name.startswith("__"):
        return INTROSPECTION_LIST_SIZE
    sources = _sources(arguments, "ids")
    return ListSize(sources=sources, default=LIST_SIZE, maximum=MAX_PAGE_SIZE)


def _sources(arguments: Sequence[ArgumentNode], *names: str) -> tuple[int | str, ...]:
    values = (read_size(node.value) for node in arguments if node.name.value in names)
    return tuple(value for value in values if value is not None)


def read_size(node: ValueNode | None) -> Any:
    """Return the number that a literal stands for, or the name of a variable, or None."""
    match node:
        case IntValueNode(value=text) if len(text) <= len(str(MAX_PAGE_SIZE)):
            return int(text)
        case IntValueNode():
            return MAX_PAGE_SIZE
        case ListValueNode(values=values):
            return len(values)
        case VariableNode(name=name):
            return name.value
        case _:
            return None
