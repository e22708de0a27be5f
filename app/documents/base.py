"""What every stored entity has in common."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from beanie.odm.utils.dump import get_dict
from pydantic import BaseModel, Field

from app.documents.driver import Document, ReturnDocument, new_id, stored_bytes
from app.domain.values import EntityId

MAX_IDS_PER_COMMAND = 100
"""The embedded database looks up `$in` in quadratic time; beyond 100 ids that is felt."""

MAX_DOCUMENT_BYTES = 15 * 1024 * 1024
"""A little below the 16 MiB the database takes, so that no write fails for its size."""

D = TypeVar("D", bound="StoredDocument")
OD = TypeVar("OD", bound="OrganizationDocument")


class StoredDocument(Document):
    """A document with a string id; unknown fields of newer versions are ignored."""

    if not TYPE_CHECKING:
        # Beanie looks at every access whether the attribute was read from the record yet, and at
        # every construction for the collection; no document here is read by halves.
        __getattribute__ = object.__getattribute__
        __init__ = BaseModel.__init__

    id: EntityId = Field(default_factory=new_id)  # type: ignore[assignment] # Beanie: ObjectId

    @classmethod
    def parse(cls: type[D], raw: Mapping[str, Any]) -> D:
        """Return the document of a raw record as the driver answers it."""
        document: D = cls.model_validate(raw)
        return document

    @classmethod
    async def read_all(cls: type[D], query: Mapping[str, Any]) -> list[D]:
        """Return the documents that match, in no order; Beanie's cursor costs more."""
        records = await cls.get_motor_collection().find(dict(query)).to_list(None)
        return [cls.parse(raw) for raw in records]

    @property
    def fits(self) -> bool:
        """Whether the database has room for a document of this size."""
        return stored_bytes(get_dict(self)) <= MAX_DOCUMENT_BYTES


class OrganizationDocument(StoredDocument):
    """A document that belongs to one organization; every query names that organization."""

    organization_id: EntityId
    created_at: datetime
    updated_at: datetime

    @classmethod
    async def get_owned(cls: type[OD], organization_id: EntityId, entity_id: EntityId) -> OD | None:
        """Return the organization's document, or None when it is not there or another's."""
        # By id alone: with two fields the embedded database takes twice as long.
        raw = await cls.get_motor_collection().find_one({"_id": entity_id})
        is_owned = raw is not None and raw["organization_id"] == organization_id
        return cls.parse(raw) if raw is not None and is_owned else None

    @classmethod
    async def list_owned(
        cls: type[OD], organization_id: EntityId, entity_ids: Iterable[EntityId]
    ) -> list[OD]:
        """Return those of the documents the organization owns, in no order, 100 per command."""
        found: list[OD] = []
        for chunk in chunked(sorted(set(entity_ids))):
            query = {"_id": {"$in": chunk}, "organization_id": organization_id}
            found += await cls.read_all(query)
        return found

    @classmethod
    async def owned_ids(
        cls, organization_id: EntityId, entity_ids: Iterable[EntityId]
    ) -> set[EntityId]:
        """Return which of the ids the organization owns, without loading the documents."""
        found: set[EntityId] = set()
        for chunk in chunked(sorted(set(entity_ids))):
            query = {"_id": {"$in": chunk}, "organization_id": organization_id}
            cursor = cls.get_motor_collection().find(query, {"_id": 1})
            found |= {raw["_id"] async for raw in cursor}
        return found


V = TypeVar("V", bound="VersionedDocument")


class VersionedDocument(OrganizationDocument):
    """An editable document; `version` counts its edits from 1."""

    version: int = 1

    @classmethod
    async def update_at_version(
        cls: type[V],
        organization_id: EntityId,
        entity_id: EntityId,
        *,
        expected_version: int,
        changes: Mapping[str, Any],
        now: datetime,
    ) -> V | None:
        """Write `changes` and raise the version, if it still is the expected one.

        Returns the changed document, or None when the document is gone or was changed meanwhile.
        """
        raw = await cls.get_motor_collection().find_one_and_update(
            {"_id": entity_id, "organization_id": organization_id, "version": expected_version},
            {"$set": {**changes, "updated_at": now}, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)

    @classmethod
    async def delete_at_version(
        cls, organization_id: EntityId, entity_id: EntityId, *, expected_version: int
    ) -> bool:
        """Delete the document; return False when it is gone or was changed meanwhile."""
        result = await cls.get_motor_collection().delete_one(
            {"_id": entity_id, "organization_id": organization_id, "version": expected_version}
        )
        return bool(result.deleted_count)


def chunked(ids: Sequence[EntityId]) -> list[Sequence[EntityId]]:
    """Split `ids` into runs short enough for one command."""
    return [ids[i : i + MAX_IDS_PER_COMMAND] for i in range(0, len(ids), MAX_IDS_PER_COMMAND)]
