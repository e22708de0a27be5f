"""What operations cost, and that nothing within the clients' reach is out of bounds."""

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import get_introspection_query
from strawberry.types import ExecutionResult

from app.api.context import RequestContext
from app.api.document_cache import prepare_document
from app.api.limits.bounds import MAX_COST, READING_PRICE
from app.api.limits.points import UNLIMITED, Account, PointsTable
from app.api.schema import schema
from app.domain.access import Anonymous
from app.services.credentials import Authenticator
from tests.contract.journey import load_operations

OPERATIONS = load_operations("widget.graphql", "admin.graphql")


async def execute(
    query: str,
    variables: dict[str, Any] | None = None,
    *,
    account: Account = UNLIMITED,
    offers_introspection: bool = True,
) -> ExecutionResult:
    """Execute without a credential: nothing is read, all that matters is the gate."""
    context = RequestContext(
        credential=Anonymous(),
        now=datetime.now(UTC),
        request_id="test",
        public_url="https://scheduler.example",
        authenticator=Authenticator(b"t" * 32),
        account=account,
        offers_introspection=offers_introspection,
    )
    return await schema.execute(query, variable_values=variables, context_value=context)


async def cost_of(query: str, variables: dict[str, Any] | None = None) -> int:
    extensions = (await execute(query, variables)).extensions
    assert extensions is not None
    return int(extensions["cost"]["requested"])


def code_of(result: ExecutionResult) -> str | None:
    assert result.errors is not None
    (error,) = result.errors
    return (error.extensions or {}).get("code")


@pytest.mark.parametrize(
    ("query", "variables", "points"),
    [
        ("{ __typename }", None, 1),
        ("{ viewer { role } }", None, 1),
        ("{ viewer { role organization { name } } }", None, 2),
        ("{ bookingFlows { nodes { id } } }", None, 2 + 20),
        ("{ bookingFlows(first: 3) { nodes { id } totalCount pageInfo { endCursor } } }", None, 5),
        ("{ bookingFlows(last: 3) { edges { cursor node { id } } } }", None, 5),
        ("{ bookingFlows(first: 3) { nodes { steps { __typename } } } }", None, 2 + 3 * (1 + 5)),
        ("{ bookingFlows(first: 4) { nodes { revisions(first: 5) { nodes { revision } } } } }",
         None, 2 + 4 * (1 + 2 + 5)),
        ("query ($n: Int) { bookingFlows(first: $n) { nodes { id } } }", {"n": 7}, 2 + 7),
        ("query ($n: Int) { bookingFlows(first: $n) { nodes { id } } }", {"n": 9}, 2 + 9),
        ("query ($n: Int) { bookingFlows(first: $n) { nodes { id } } }", {"n": 10**9}, 2 + 100),
        ("query ($n: Int) { bookingFlows(first: $n) { nodes { id } } }", {"n": -5}, 2),
        ("query ($n: Int) { bookingFlows(first: $n) { nodes { id } } }", {"n": None}, 2 + 20),
        ("query ($n: Int) { bookingFlows(first: $n) { nodes { id } } }", {"n": "x"}, 2 + 20),
        ("query ($n: Int = 6) { bookingFlows(first: $n) { nodes { id } } }", None, 2 + 6),
        ("query ($n: Int) { ...F }"
         "fragment F on Query { bookingFlows(first: $n) { nodes { id } } }", {"n": 8}, 2 + 8),
        ("query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a", "b", "c"]}, 3),
        ('{ nodes(ids: ["a", "b"]) { id } }', None, 2),
        ('{ bookingFlow(id: "x") { diff(from: 1) { __typename } } }', None, 1 + 100 + 1),
        ("mutation ($i: CreateBookingAnswerCategoryInput!)"
         "{ createBookingAnswerCategory(input: $i) { bookingAnswerCategory { id } } }",
         {"i": {"title": "x"}}, 10 + 1 + 1),
    ],
)  # fmt: skip
async def test_operation_costs_by_the_sizes_of_its_lists(
    query: str, variables: dict[str, Any] | None, points: int
) -> None:
    assert await cost_of(query, variables) == points


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_of_a_client_is_within_bounds_with_full_pages(name: str) -> None:
    prepared = prepare_document(schema._schema, OPERATIONS[name])

    assert {(error.extensions or {}).get("code") for error in prepared.errors} <= {None}
    assert all(
        operation.evaluate({"first": 100}) <= MAX_COST for operation in prepared.operations.values()
    )


async def test_introspection_of_graphiql_passes() -> None:
    result = await execute(get_introspection_query(input_value_deprecation=True))

    assert result.errors is None


async def test_introspection_can_be_switched_off_and_typename_still_works() -> None:
    for query in (
        "{ __schema { types { name } } }",
        '{ ...F } fragment F on Query { t: __type(name: "Query") { name } }',
    ):
        refused = await execute(query, offers_introspection=False)
        assert [error.message for error in refused.errors or ()] == [
            "Introspection is switched off."
        ]

    assert (await execute("{ __typename }", offers_introspection=False)).errors is None


async def test_dear_variables_are_refused_though_the_document_is_known() -> None:
    revisions = "revisions(first: $n) { nodes { bookingFlow { id %s } } }"
    query = f"""query ($n: Int) {{
        bookingFlow(id: "x") {{ {revisions % (revisions % (revisions % ""))} }}
    }}"""

    cheap = await execute(query, {"n": 1})
    refused = await execute(query, {"n": 100})

    assert (cheap.extensions or {})["cost"]["requested"] == 1 + 3 * (2 + 1 + 1)
    assert code_of(cheap) == "UNAUTHENTICATED"
    assert code_of(refused) == "QUERY_TOO_COMPLEX"


async def test_points_are_taken_told_and_restored() -> None:
    now = 0.0
    table = PointsTable(600_000)
    account = Account(table, "caller", clock=lambda: now)
    query = "{ bookingFlows(first: 98) { nodes { id } } }"

    await execute(query, account=account)
    first = (await execute(query, account=account)).extensions
    now = 0.005
    second = (await execute(query, account=account)).extensions

    maximum = 600_000 - READING_PRICE
    assert first == {
        "cost": {
            "requested": 100,
            "maximumAvailable": 600_000,
            "currentlyAvailable": maximum - 200,
            "restoreRate": 10_000,
        }
    }
    assert second is not None
    assert second["cost"]["currentlyAvailable"] == maximum - 300 + 50


async def test_caller_without_points_is_throttled_until_they_are_restored() -> None:
    now = 0.0
    table = PointsTable(600_000)
    account = Account(table, "caller", clock=lambda: now)
    query = "{ viewer { organization { name slug } } }"
    account.take(600_000)

    unread = await execute("{ viewer { organization { slug } } }", account=account)
    now = 1.0
    account.take(10_000)
    await execute(query)
    known = await execute(query, account=account)
    other = await execute(query, account=Account(table, "other", clock=lambda: now))
    now = 1.001
    later = await execute(query, account=account)

    assert code_of(unread) == code_of(known) == "THROTTLED"
    assert unread.errors is not None
    assert (unread.errors[0].extensions or {})["retryAfterMs"] == 100
    assert other.errors is later.errors is None


def test_buckets_never_hold_more_than_their_maximum() -> None:
    account = Account(PointsTable(600_000), "caller", clock=iter([0.0, 1e9, 1e9]).__next__)

    account.take(1)

    assert account.take(0).available == 600_000
    assert account.take(600_000).is_enough
