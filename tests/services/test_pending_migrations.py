"""Who starts a server or worker on a database of the version before is told so."""

import logging

import pytest

from app.documents.driver import Database
from app.documents.migration_record import MigrationRecord
from app.documents.registry import connect_documents
from app.services.pending_migrations import warn_of_pending_migrations


async def test_nothing_is_said_of_a_database_that_this_version_has_made(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await warn_of_pending_migrations()

    assert caplog.messages == []


async def test_migrations_to_be_made_are_named_with_the_command_and_connecting_makes_none(
    database: Database, database_uri: str, caplog: pytest.LogCaptureFixture
) -> None:
    for migration_id in ("0003-client-event-ids", "0004-indexes-of-texts", "0005-indexes-of-0004"):
        await MigrationRecord.forget(migration_id)
    await connect_documents(database_uri, database_name=database.name)

    with caplog.at_level(logging.WARNING):
        await warn_of_pending_migrations()

    assert caplog.messages == [
        "migrations are to be made: 0004-indexes-of-texts; run `scheduler migrate`",
        "migrations are to be made: 0003-client-event-ids, 0005-indexes-of-0004; "
        "run `scheduler migrate --contract`, once no server of a version before runs",
    ]
