"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.audit import AuditedEntity, ChangeStatus

__all__ = [
    "AuditedEntity",
    "ChangeStatus",
]

expose_enum(
    AuditedEntity,
    description="The kinds of entity whose changes are recorded.",
    values={
        AuditedEntity.API_KEY: "API keys.",
        AuditedEntity.BOOKING: "Bookings.",
        AuditedEntity.BOOKING_ANSWER_CATEGORY: "Answer categories.",
        AuditedEntity.BOOKING_FLOW: "Booking flows with their steps.",
        AuditedEntity.BOOKING_FLOW_ROUTER: "Routers.",
        AuditedEntity.BOOKING_QUESTION: "Questions with their answers.",
        AuditedEntity.BOOKING_SERVICE: "Services.",
        AuditedEntity.BRAND_KIT: "Brand kits.",
        AuditedEntity.MEMBER: "Members.",
        AuditedEntity.ORGANIZATION: "The organization itself.",
        AuditedEntity.SCHEDULER_CONFIG: "Scheduler configs.",
        AuditedEntity.VENDOR_ACCOUNT: "The account with the vendor, never its credentials.",
        AuditedEntity.WEBHOOK_DELIVERY: "Deliveries of webhooks, tests among them.",
        AuditedEntity.WEBHOOK_ENDPOINT: "Webhook endpoints.",
    },
)
expose_enum(
    ChangeStatus,
    name="AuditRecordStatus",
    description="Whether a recorded change is known to have been written.",
    values={
        ChangeStatus.PENDING: "It was begun; when it stays so, a fault cut it short and the "
        "entity shows whether it was written.",
        ChangeStatus.APPLIED: "It was written.",
    },
)
