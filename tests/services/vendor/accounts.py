"""Organizations that are connected to the stand-in."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.documents.driver import new_id
from app.documents.vendor_account import VendorAccount
from app.domain.values import EntityId
from app.services.vendor.access import VendorAccess, open_vendor_access
from app.servicetitan.call_policy import CallPolicy
from tests.servicetitan.builders import QUICK
from tests.servicetitan.running_stand_in import PROVIDER_ID, RunningStandIn, demo_credentials


def an_access(
    stand_in: RunningStandIn, *, data_dir: Path, **policy: Any
) -> AbstractAsyncContextManager[VendorAccess]:
    """Reaches the stand-in with a key kept in `data_dir`."""
    return open_vendor_access(
        stand_in.environment,
        cipher_keys=(),
        data_dir=data_dir,
        policy=CallPolicy(**(QUICK | policy)),
    )


async def connect(vendor: VendorAccess, organization_id: EntityId, **changes: Any) -> VendorAccount:
    """Store an account with the stand-in's credentials for the organization."""
    sealed = vendor.require_tools().cipher.seal(demo_credentials(), organization_id=organization_id)
    return await store_account(organization_id, **{"sealed_credentials": sealed} | changes)


async def store_account(organization_id: EntityId, **changes: Any) -> VendorAccount:
    """Store an account whose credentials nothing opens."""
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "id": new_id(),
        "organization_id": organization_id,
        "created_at": now,
        "updated_at": now,
        "connected_at": now,
        "tenant_id": demo_credentials().tenant_id,
        "sealed_credentials": "",
        "booking_provider_id": PROVIDER_ID,
    }
    return await VendorAccount(**(facts | changes)).insert()
