"""Text of clients never means anything to the database: it is data, or refused with a code."""

from typing import Any

import pytest
import pytest_asyncio
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_leaf_type,
)

from app.api.ids import EntityType, encode_id
from app.api.schema import schema
from app.documents.driver import Database
from tests.access.operations import SCALARS
from tests.api.client import ApiClient
from tests.api.site import Site, a_site

ROOTS = (("query", schema._schema.query_type), ("mutation", schema._schema.mutation_type))
FIELDS = {
    name: (kind, field)
    for kind, root in ROOTS
    for name, field in (root.fields if root else {}).items()
}
FAULTS = {"INTERNAL", "TIMEOUT"}
TEXTS = ('{"$ne": null}', "$where", "a.$[].b", "(a+)+$", "a\0b", "\u202e\ufeff", "__proto__")
VALUES: tuple[Any, ...] = (
    {"$ne": None},
    {"a.b": {"$set": {"status": "deleted"}}},
    [{"$gt": ""}],
    {"": {"_id": {"$exists": True}}},
    "$$ROOT",
    {"__proto__": {"$function": {"body": "while (true) {}"}}},
    -(2**63),
)
MAX_DEPTH = 6


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(database: Database) -> Site:
    return await a_site()


def fill(type_: GraphQLInputType, text: str, value: Any, depth: int = MAX_DEPTH) -> Any:
    """Return a value with everything in it given, each text and each JSON value the hostile one."""
    match type_:
        case GraphQLNonNull():
            return fill(type_.of_type, text, value, depth)
        case GraphQLList():
            return [fill(type_.of_type, text, value, depth)]
        case GraphQLEnumType():
            return next(iter(type_.values))
        case GraphQLInputObjectType():
            return _fill_object(type_, text, value, depth)
    name = get_named_type(type_).name
    return {"String": text, "JSON": value}.get(name, SCALARS.get(name))


def _fill_object(type_: GraphQLInputObjectType, text: str, value: Any, depth: int) -> Any:
    fields = type_.fields
    if type_.is_one_of:
        fields = dict(list(fields.items())[:1])
    return {
        name: fill(field.type, text, value, depth - 1)
        for name, field in fields.items()
        if depth > 0 or _is_required(field) or type_.is_one_of
    }


def _is_required(field: GraphQLInputField | GraphQLArgument) -> bool:
    return isinstance(field.type, GraphQLNonNull)


async def ask(client: ApiClient, name: str, text: str, value: Any) -> set[str]:
    """Return the codes of the answer to one root field with hostile arguments."""
    kind, field = FIELDS[name]
    # Both bounds of a page at once are refused before anything else is looked at.
    wanted = {each: arg for each, arg in field.args.items() if each not in {"last", "before"}}
    variables = {each: fill(arg.type, text, value) for each, arg in wanted.items()}
    if "after" in variables:
        variables["after"] = None
    declared = ", ".join(f"${each}: {arg.type}" for each, arg in wanted.items())
    passed = ", ".join(f"{each}: ${each}" for each in wanted)
    selection = "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"
    call = f"{name}({passed})" if passed else name
    head = f"{kind} ({declared})" if declared else kind
    answer = await client.execute(f"{head} {{ {call} {selection} }}", variables)
    return {error["extensions"]["code"] for error in answer.get("errors", ())}


@pytest.mark.parametrize("name", FIELDS)
async def test_hostile_text_is_data_or_refused(site: Site, name: str) -> None:
    for text, value in zip(TEXTS, VALUES, strict=True):
        codes = await ask(site.client, name, text, value)

        assert FAULTS.isdisjoint(codes), (text, value, codes)


@pytest.mark.parametrize("key", ["outcome.status", "$set", "a.$[]", "_id", "", "__proto__"])
@pytest.mark.parametrize("place", ["details", "customer"])
async def test_keys_of_form_fields_never_name_what_is_stored(
    site: Site, key: str, place: str
) -> None:
    fields = [{"key": key, "label": "Notes", "inputType": "TEXT"}]
    step = {place: {"stepConfig": {"title": "Details"}, "typeConfig": {"fields": fields}}}
    mutation = """mutation ($input: CreateBookingFlowInput!) {
        createBookingFlow(input: $input) { bookingFlow { id } userErrors { code path } } }"""
    variables = {"input": {"content": {"title": "Keys"}, "steps": [step]}}

    payload = (await site.client.data(mutation, variables))["createBookingFlow"]

    assert payload["bookingFlow"] is None
    path = ["input", "steps", "0", "typeConfig", "fields", "0", "key"]
    assert path in [error["path"] for error in payload["userErrors"]]


@pytest.mark.parametrize("id_", ["[$ne]", '{"$ne": null}', "$where", "0" * 24, "\0"])
async def test_id_is_never_an_operator(site: Site, id_: str) -> None:
    made = encode_id(EntityType.BRAND_KIT, id_)
    query = "query ($id: ID!) { node(id: $id) { id } brandKit(id: $id) { id } }"

    for given in (made, id_):
        assert await site.client.data(query, {"id": given}) == {"node": None, "brandKit": None}
