"""What the servers are asked."""

from enum import StrEnum
from pathlib import Path

from tests.contract.journey import load_operations

FILE = Path(__file__).resolve().parent / "operations.graphql"


class Operation(StrEnum):
    """What is asked."""

    BOOT_WARM = "boot-warm"
    BOOT_COLD = "boot-cold"
    DASHBOARD = "dashboard"
    EVENT = "event"
    EVENT_BATCH = "event-batch"
    SESSION_HISTORY = "session-history"

    @property
    def writes(self) -> bool:
        """Whether it changes what is stored."""
        return self in {Operation.EVENT, Operation.EVENT_BATCH}


OPERATIONS = load_operations(str(FILE))
DOCUMENTS = {
    Operation.BOOT_WARM: OPERATIONS["WidgetBoot"],
    Operation.BOOT_COLD: OPERATIONS["WidgetBoot"],
    Operation.DASHBOARD: OPERATIONS["FlowDashboard"],
    Operation.EVENT: OPERATIONS["RecordBookingSessionEvents"],
    Operation.EVENT_BATCH: OPERATIONS["RecordBookingSessionEvents"],
    Operation.SESSION_HISTORY: OPERATIONS["SessionHistory"],
}
