"""What is kept of an organization's account with its field-service system."""

from datetime import datetime
from enum import StrEnum

from app.domain.values import Value


class CapacityOutagePolicy(StrEnum):
    """What customers see while the vendor cannot be asked for its capacity."""

    OFFER_WINDOWS = "offer_windows"
    SHOW_FALLBACK_PHONE = "show_fallback_phone"


class JobTypeSyncState(Value):
    """How far job types were read; `lease_until` keeps a second synchronization out.

    `read_up_to` is by the vendor's clock, the other moments are by ours.
    """

    read_up_to: datetime | None = None
    last_full_at: datetime | None = None
    last_synced_at: datetime | None = None
    attempted_at: datetime | None = None
    lease_id: str | None = None
    lease_until: datetime | None = None
