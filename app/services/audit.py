"""Recording who changed what."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from pydantic import BaseModel

from app.documents.audit_record import AuditRecord
from app.domain.audit import AuditedEntity
from app.domain.refusal import Refused
from app.domain.values import EntityId
from app.services.authoring import Author

Snapshot: TypeAlias = BaseModel | Mapping[str, Any]
"""An entity as it is recorded: its document or value, or a mapping of several of them."""


@dataclass
class Change:
    """A change under way; set `after` once it is written, leave it None for a deletion."""

    after: Snapshot | None = None


@asynccontextmanager
async def record_change(
    *,
    author: Author,
    mutation: str,
    entity_type: AuditedEntity,
    entity_id: EntityId,
    before: Snapshot | None,
) -> AsyncIterator[Change]:
    """Record the change that is written inside the block.

    `mutation` is the name of the GraphQL mutation. `before` is the entity as it was, None for a new
    one; both snapshots are taken as they are when handed over. Call it where everything is checked
    and only the write remains::

        async with record_change(
            author=author,
            mutation="updateBrandKit",
            entity_type=AuditedEntity.BRAND_KIT,
            entity_id=kit.id,
            before=kit,
        ) as change:
            change.after = await write(…)  # may still raise Refused

    No change goes unrecorded, wherever the process stops: the record is inserted as PENDING before
    the block and completed with `after` as APPLIED behind it. Refused takes the record back,
    because nothing was written. After any other failure or a crash it stays PENDING, which says
    that the change was begun and may have been written. The price is two commands for an edit; a
    transaction would cost no less and would have to reach every write of a service.
    """
    record = AuditRecord(
        **author.ownership(),
        mutation=mutation,
        entity_type=entity_type,
        entity_id=entity_id,
        api_key_id=author.credential.api_key_id,
        api_key_name=author.credential.api_key_name,
        member_id=author.credential.member_id,
        member_name=author.credential.member_name,
        before=await _compress(before),
    )
    await record.insert()
    change = Change()
    try:
        yield change
    except Refused:
        await record.withdraw()
        raise
    await record.mark_applied(after=await _compress(change.after))


async def read_snapshot(compressed: bytes | None) -> Any:
    """Return the JSON value of a recorded snapshot; None where there is none."""
    if compressed is None:
        return None
    return await asyncio.to_thread(lambda: orjson.loads(zlib.decompress(compressed)))


async def _compress(snapshot: Snapshot | None) -> bytes | None:
    if snapshot is None:
        return None
    # A graph of many megabytes takes long enough to be felt by other requests.
    return await asyncio.to_thread(lambda: zlib.compress(orjson.dumps(snapshot, default=_to_plain)))


def _to_plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")
