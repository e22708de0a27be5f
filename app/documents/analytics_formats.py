"""Removing what other versions of this program have counted."""

from app.documents import analytics_rollup
from app.documents.analytics_rollup import BUCKETS_PER_COMMAND, AnalyticsRollup
from app.documents.analytics_times import AnalyticsTimes
from app.documents.base import chunked
from app.domain.values import EntityId


async def delete_other_formats(organization_id: EntityId) -> None:
    """Remove the organization's buckets of other formats, which nobody reads any more."""
    for document in (AnalyticsRollup, AnalyticsTimes):
        collection = document.get_motor_collection()
        # The format is no part of the query, or the embedded database would not use the index.
        cursor = collection.find({"organization_id": organization_id}, {"format": 1})
        found = [raw async for raw in cursor.batch_size(BUCKETS_PER_COMMAND)]
        current = analytics_rollup.FORMAT
        for ids in chunked([raw["_id"] for raw in found if raw["format"] != current]):
            await collection.delete_many({"_id": {"$in": ids}})
