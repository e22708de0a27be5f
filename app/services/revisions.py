"""Published revisions, ready for decisions."""

from cachetools import LRUCache

from app.documents.revision_cache import MAX_REVISIONS_KEPT, load_revisions
from app.domain.booking_session.flow_index import FlowIndex, index_flow
from app.domain.values import EntityId

# A revision never changes, so its index can be kept as long as there is room.
_indexes: LRUCache[tuple[EntityId, EntityId], FlowIndex] = LRUCache(maxsize=MAX_REVISIONS_KEPT)


async def load_flow_index(organization_id: EntityId, revision_id: EntityId) -> FlowIndex | None:
    """Return the index of a revision, or None when it is not the organization's."""
    key = (organization_id, revision_id)
    index = _indexes.get(key)
    if index is None:
        revision = (await load_revisions([key])).get(key)
        if revision is None:
            return None
        index = _indexes[key] = index_flow(revision.to_definition())
    return index
