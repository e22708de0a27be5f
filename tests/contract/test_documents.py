"""The operations the clients send must validate against the schema."""

import pytest
from graphql import parse, validate

from app.api.schema import schema
from app.transport.graphiql.examples import Tab, example_tabs
from tests.contract.journey import load_operations

OPERATIONS = load_operations("widget.graphql", "admin.graphql")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operation_validates_against_the_schema(name: str) -> None:
    assert validate(schema._schema, parse(OPERATIONS[name])) == []


@pytest.mark.parametrize(
    "tab", example_tabs(publishable_key="wpk_x", api_key="wsk_x", idempotency_key="x")
)
def test_graphiql_example_validates_against_the_schema(tab: Tab) -> None:
    assert validate(schema._schema, parse(tab.query)) == []
