"""Operations generated from the schema, with texts and ids that mean something now and then."""

from collections.abc import Sequence

from graphql import ValueNode
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from app.api.schema import schema

SDL = schema.as_str()
ROOT_FIELDS: tuple[str, ...] = tuple(
    name
    for root in (schema._schema.query_type, schema._schema.mutation_type)
    for name in (root.fields if root else ())
)

TYPICAL = {
    "CssSelector": (".book", "a:hover"),
    "Date": ("2026-03-08", "2026-02-30"),
    "DateTime": ("2026-03-08T07:00:00.000Z", "2026-03-08T07:00:00+25:00"),
    "EmailAddress": ("ann@harbor.example", "ann@"),
    "HexColor": ("#0B5FA5", "#0b5"),
    "LucideIconKey": ("wrench", "no-icon"),
    "PhoneNumber": ("+16175550123", "617"),
    "Url": ("https://harbor.example/a?utm_source=x", "javascript:alert(1)"),
    "ZipCode": ("01901", "0190"),
    "JSON": ('{"$ne": null}', "{}"),
}
"""A good and a bad value of each scalar; any text comes on top."""


def scalars() -> dict[str, st.SearchStrategy[ValueNode]]:
    """Return the values to be tried of each custom scalar of the schema."""
    known = schema._schema.type_map
    return {name: _texts(values) for name, values in TYPICAL.items() if name in known}


def operations(field: str, *, ids: Sequence[str]) -> st.SearchStrategy[str]:
    """Return documents that ask for one root field; some of their ids exist."""
    return from_schema(SDL, fields=[field], custom_scalars={**scalars(), "ID": _texts(ids)})


def _texts(values: Sequence[str]) -> st.SearchStrategy[ValueNode]:
    likely = st.sampled_from(values)
    return st.one_of(likely, likely, likely, st.text(max_size=20)).map(nodes.String)
