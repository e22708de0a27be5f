"""By which fields each collection is spread over the shards of a cluster, and why.

A cluster keeps an index unique only if it begins with the fields of the shard key; whether those
are hashed makes no difference. Collections that need two unique indexes without a common beginning
stay on one shard, which is possible for those that grow with companies, not with customers.
"""

from typing import Literal

from app.domain.values import Value

INDEX_NAME = "shard_key"
"""Of the index that a hashed key needs, which is nothing a single server would have."""


class ShardKey(Value):
    """The fields a collection is spread by, in order."""

    collection: str
    fields: tuple[tuple[str, Literal[1, "hashed"]], ...]
    reason: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, which every unique index has to begin with."""
        return tuple(name for name, _ in self.fields)

    @property
    def document(self) -> dict[str, int | str]:
        """The key as the database takes it."""
        return dict(self.fields)

    @property
    def needs_index(self) -> bool:
        """Whether no index serves it that the documents declare: those are never hashed."""
        return any(order == "hashed" for _, order in self.fields)

    @property
    def is_by_organization(self) -> bool:
        """Whether an organization's documents are one range, which a zone can be given."""
        return self.fields == BY_ORGANIZATION


BY_ORGANIZATION: tuple[tuple[str, Literal[1, "hashed"]], ...] = (("organization_id", 1),)

_OWNED = (
    ("analytics_rollups", "read by organization and range"),
    ("analytics_times", "read by organization and range"),
    ("audit_records", "listed by organization"),
    ("booking_answer_categories", "content, read by organization"),
    ("booking_flow_revisions", "content, read by organization"),
    ("booking_flow_routers", "content, read by organization"),
    ("booking_flow_steps", "content, read by organization"),
    ("booking_flows", "content, read by organization"),
    ("booking_question_answers", "content, read by organization"),
    ("booking_questions", "content, read by organization"),
    ("booking_services", "content, read by organization"),
    ("booking_sessions", "listed and reported by organization"),
    ("bookings", "listed and reported by organization"),
    ("brand_kits", "content, read by organization"),
    ("timeslot_reservations", "read by calendar and session of an organization"),
    ("vendor_events", "received for one organization"),
)

SHARD_KEYS: tuple[ShardKey, ...] = (
    ShardKey(
        collection="booking_session_events",
        fields=(("booking_session_id", "hashed"),),
        reason="read and appended by session; the hash spreads the writes of every moment",
    ),
    *(
        ShardKey(collection=collection, fields=BY_ORGANIZATION, reason=reason)
        for collection, reason in _OWNED
    ),
    ShardKey(
        collection="webhook_deliveries",
        fields=(("webhook_endpoint_id", 1), ("event_id", "hashed")),
        reason="listed by endpoint; the hash spreads those of one endpoint",
    ),
    ShardKey(
        collection="lookup_allowances",
        fields=(("_id", "hashed"),),
        reason="counted up by id alone, and gone after an hour",
    ),
    ShardKey(
        collection="files.chunks",
        fields=(("files_id", "hashed"),),
        reason="read by file",
    ),
)

ON_ONE_SHARD: dict[str, str] = {
    "analytics_checkpoints": "one small document for each organization",
    "api_keys": "found by the hash of the key, which is unique across organizations",
    "erasure_requests": "few; workers look for those under way in all organizations",
    "files.files": "one small document for each image",
    "members": "found by address and by person, across organizations",
    "migrations": "one document for each migration",
    "organizations": "the slug is unique across organizations",
    "restorations": "one document for each restored backup",
    "scheduler_configs": "the publishable key is unique across organizations, the name within one",
    "signing_keys": "a handful",
    "vendor_accounts": "one small document for each organization",
    "vendor_status_polls": "one small document for each organization",
    "webhook_endpoints": "a few small documents for each organization",
}
