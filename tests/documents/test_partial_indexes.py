"""Indexes over some of the documents are ones by which the embedded database finds, too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.documents.booking_push import due_query
from app.documents.booking_session import BookingSession
from app.documents.driver import CommandCounter, Database, IndexModel, new_id
from app.documents.index_creation import declared_indexes
from app.documents.migrations import (
    m0003_client_event_ids,
    m0004_indexes_of_texts,
    m0005_indexes_of_0004,
)
from app.documents.migrations.runner import run_migrations
from app.documents.missing_bookings import completions_query
from app.documents.registry import DOCUMENTS
from app.documents.vendor_news import find_booking_id
from tests.services.booking_sessions.builders import a_customer

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)

QUERIES: dict[str, dict[str, Any]] = {
    "booking_sessions.organization_idempotency": {"organization_id": "a", "idempotency_key": "k"},
    "booking_sessions.booking": {"booking_outcome.booking_id": "b"},
    "booking_session_events.completion_timestamp": completions_query(NOW, NOW),
    "bookings.organization_vendor_booking_id": {"organization_id": "a", "vendor_booking_id": "7"},
    "bookings.push_due": due_query(NOW),
}

NEVER_FOUND_BY = {
    # It keeps a person from being the same organization's member twice.
    "members.organization_issuer_subject",
    # The database itself removes by it.
    "booking_session_events.expires_at",
}

NEEDS_EVERY_INDEX = True


def partial_indexes() -> Iterator[tuple[str, IndexModel]]:
    for document in DOCUMENTS:
        for index in declared_indexes(document):
            if {"partialFilterExpression", "sparse"} & index.document.keys():
                yield f"{document.Settings.name}.{index.document['name']}", index


def test_each_index_over_some_of_the_documents_has_a_query_or_needs_none() -> None:
    assert {name for name, _ in partial_indexes()} == QUERIES.keys() | NEVER_FOUND_BY


@pytest.mark.parametrize("index", QUERIES)
async def test_query_finds_by_the_index_made_for_it(database: Database, index: str) -> None:
    collection, name = index.split(".")

    plan = await database[collection].find(QUERIES[index]).explain()

    assert plan["queryPlanner"]["winningPlan"]["inputStage"]["indexName"] == name


async def test_session_is_found_by_its_key_and_another_organizations_is_not(
    database: Database, command_counter: CommandCounter
) -> None:
    customer = await a_customer()
    await database["booking_sessions"].update_one(
        {"_id": customer.session_id}, {"$set": {"idempotency_key": "k"}}
    )
    find = BookingSession.find_by_idempotency_key

    with command_counter.counting() as commands:
        found = await find(customer.place.organization_id, "k")

    assert found is not None
    assert found.id == customer.session_id
    assert commands == ["find booking_sessions"]
    assert await find(customer.place.organization_id, "other") is None
    assert await find(new_id(), "k") is None


async def test_booking_is_found_by_the_vendors_id_and_another_organizations_is_not(
    database: Database,
) -> None:
    await database["bookings"].insert_one(
        {
            "_id": "f" * 24,
            "organization_id": "a" * 24,
            "booking_session_id": "s",
            "vendor_booking_id": "7",
        }
    )

    assert await find_booking_id("a" * 24, "7") == "f" * 24
    assert await find_booking_id("b" * 24, "7") is None
    assert await find_booking_id("a" * 24, "8") is None


async def test_former_indexes_stay_beside_the_new_ones_until_the_contract_phase(
    database: Database,
) -> None:
    await database["migrations"].delete_many({})
    former = m0005_indexes_of_0004.REPLACED_INDEXES
    new = {
        name: index.document["name"] for name, index in m0004_indexes_of_texts.NEW_INDEXES.items()
    }
    for collection, name in former.items():
        model = m0004_indexes_of_texts.NEW_INDEXES[collection].document
        field = list(model["key"])[-1]
        await database[collection].drop_index(new[collection])
        await database[collection].create_index(
            list(model["key"].items()),
            name=name,
            unique=model.get("unique", False),
            partialFilterExpression={field: {"$type": "string"}},
        )

    [expanded] = await run_migrations([m0004_indexes_of_texts.MIGRATION], clock=lambda: NOW)
    beside = {name: set(await database[name].index_information()) for name in former}
    [contracted] = await run_migrations([m0005_indexes_of_0004.MIGRATION], clock=lambda: NOW)
    after = {name: set(await database[name].index_information()) for name in former}

    assert (expanded.changed_count, contracted.changed_count) == (2, 2)
    for collection in former:
        assert {former[collection], new[collection]} <= beside[collection]
        assert beside[collection] - after[collection] == {former[collection]}


def test_migrations_make_the_indexes_that_are_declared() -> None:
    declared = {
        (document.Settings.name, index.document["name"]): index.document
        for document in DOCUMENTS
        for index in declared_indexes(document)
    }
    made = {
        ("booking_session_events", m0003_client_event_ids.NEW_INDEX.document["name"]): (
            m0003_client_event_ids.NEW_INDEX.document
        ),
        **{
            (collection, index.document["name"]): index.document
            for collection, index in m0004_indexes_of_texts.NEW_INDEXES.items()
        },
    }

    assert {place: declared[place] for place in made} == made
