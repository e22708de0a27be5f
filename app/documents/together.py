"""Storing documents of several kinds, all or none of them."""

from collections.abc import Iterable

from beanie.odm.utils.dump import get_dict

from app.documents.base import StoredDocument
from app.documents.driver import OperationFailure, current_database, transaction

DOCUMENTS_PER_COMMAND = 500
TOO_LARGE_CODES = frozenset({257, 388})
"""Of the server: `TransactionTooLarge` and `TransactionTooLargeForCache`."""


class TooMuchAtOnce(Exception):
    """The documents are more than the database stores in one transaction; none is there."""


async def insert_together(documents: Iterable[StoredDocument]) -> None:
    """Insert the documents in one transaction.

    Raises DuplicateKeyError or BulkWriteError when a unique value is taken, and TooMuchAtOnce. None
    of them is there then, nor after a crash.
    """
    try:
        await _insert_in_transaction(documents)
    except OperationFailure as error:
        if error.code in TOO_LARGE_CODES:
            raise TooMuchAtOnce from error
        raise


async def _insert_in_transaction(documents: Iterable[StoredDocument]) -> None:
    groups: dict[type[StoredDocument], list[StoredDocument]] = {}
    for document in documents:
        groups.setdefault(type(document), []).append(document)
    async with transaction(current_database().client) as session:
        for kind, group in groups.items():
            collection = kind.get_motor_collection()
            for start in range(0, len(group), DOCUMENTS_PER_COMMAND):
                records = [get_dict(each) for each in group[start : start + DOCUMENTS_PER_COMMAND]]
                await collection.insert_many(records, session=session)
