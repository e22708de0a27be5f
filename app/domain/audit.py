"""What the audit keeps of a change."""

from enum import StrEnum


class AuditedEntity(StrEnum):
    """The kinds of entity whose changes are recorded."""

    API_KEY = "api_key"
    BOOKING = "booking"
    BOOKING_ANSWER_CATEGORY = "booking_answer_category"
    BOOKING_FLOW = "booking_flow"
    BOOKING_FLOW_ROUTER = "booking_flow_router"
    BOOKING_QUESTION = "booking_question"
    BOOKING_SERVICE = "booking_service"
    BRAND_KIT = "brand_kit"
    MEMBER = "member"
    ORGANIZATION = "organization"
    SCHEDULER_CONFIG = "scheduler_config"
    VENDOR_ACCOUNT = "vendor_account"
    WEBHOOK_DELIVERY = "webhook_delivery"
    WEBHOOK_ENDPOINT = "webhook_endpoint"


class ChangeStatus(StrEnum):
    """Whether a recorded change is known to have been written."""

    PENDING = "pending"
    APPLIED = "applied"
