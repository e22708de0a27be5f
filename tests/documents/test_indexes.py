import pytest

from app.documents.api_key import ApiKey
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import Database
from app.documents.index_creation import IndexesNotMadeError
from app.documents.indexes import IndexDifference, find_index_differences
from app.documents.registry import connect_documents
from app.services.files import store_file

NEEDS_EVERY_INDEX = True


async def test_indexes_of_a_fresh_database_are_as_declared(database: Database) -> None:
    assert await find_index_differences() == []


async def test_indexes_are_as_declared_after_a_file_was_stored(database: Database) -> None:
    await store_file(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', organization_id="a" * 24
    )

    assert await find_index_differences() == []


async def test_creating_indexes_again_changes_nothing(
    database: Database, database_uri: str
) -> None:
    before = await BookingSessionEventDocument.get_motor_collection().index_information()

    await connect_documents(database_uri, database_name=database.name)

    after = await BookingSessionEventDocument.get_motor_collection().index_information()
    assert after == before


async def test_missing_unknown_and_different_indexes_are_reported(database: Database) -> None:
    events = BookingSessionEventDocument.get_motor_collection()
    keys = ApiKey.get_motor_collection()
    await events.drop_index("session_timestamp")
    await events.create_index("data.field", name="by_hand")
    await keys.drop_index("key_hash")
    await keys.create_index("key_hash", name="key_hash")

    differences = await find_index_differences()

    assert sorted(differences, key=lambda each: each.index) == [
        IndexDifference(collection="booking_session_events", index="by_hand", difference="unknown"),
        IndexDifference(collection="api_keys", index="key_hash", difference="different"),
        IndexDifference(
            collection="booking_session_events", index="session_timestamp", difference="missing"
        ),
    ]


async def test_index_that_cannot_be_made_is_told_without_what_is_stored(
    database: Database, database_uri: str
) -> None:
    keys = ApiKey.get_motor_collection()
    await keys.drop_index("key_hash")
    await keys.insert_many([{"_id": str(number), "key_hash": "secret"} for number in range(2)])

    with pytest.raises(IndexesNotMadeError, match="the indexes of api_keys cannot be made") as told:
        await connect_documents(database_uri, database_name=database.name)

    assert "secret" not in str(told.value)
