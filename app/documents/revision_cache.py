"""Published revisions kept in memory: they never change, so they are read once per process."""

from collections.abc import Iterable
from typing import TypeAlias

from cachetools import LRUCache

from app.documents.booking_flow_revision import BookingFlowRevision
from app.domain.values import EntityId

MAX_REVISIONS_KEPT = 200


RevisionKey: TypeAlias = tuple[EntityId, EntityId]
"""The organization a revision is asked for, and its id."""

_revisions: LRUCache[RevisionKey, BookingFlowRevision] = LRUCache(maxsize=MAX_REVISIONS_KEPT)


async def load_revisions(
    keys: Iterable[RevisionKey],
) -> dict[RevisionKey, BookingFlowRevision]:
    """Return those of the revisions that exist.

    At most one command, for the revisions not kept from before; at most 100 keys.
    """
    wanted = {(organization_id, revision_id) for organization_id, revision_id in keys}
    found = {key: kept for key in wanted if (kept := _revisions.get(key)) is not None}
    missing = wanted - found.keys()
    if missing:
        query = {
            "_id": {"$in": sorted({revision_id for _, revision_id in missing})},
            "organization_id": {"$in": sorted({owner_id for owner_id, _ in missing})},
        }
        async for revision in BookingFlowRevision.find(query):
            key = (revision.organization_id, revision.id)
            if key in missing:
                found[key] = _revisions[key] = revision
    return found
