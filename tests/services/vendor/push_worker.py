"""A worker process that does nothing but push, with the patience of a test.

Run it with the URI and name of a database, the URL of a stand-in and the folder of the cipher key.
"""

import asyncio
import sys
from pathlib import Path

from app.documents.registry import connect_documents
from app.services.vendor.access import open_vendor_access
from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.environment import VendorEnvironment
from tests.services.vendor.bookings import an_outbox
from tests.services.vendor.faults import PATIENCE, SETTLE_SECONDS
from tests.servicetitan.builders import QUICK

CALL_SECONDS = 3.0


async def work(uri: str, database_name: str, url: str, data_dir: Path) -> None:
    """Push until the process is killed."""
    await connect_documents(uri, database_name=database_name, create_indexes=False)
    environment = VendorEnvironment(api_url=url, auth_url=url)
    policy = CallPolicy(**(QUICK | PATIENCE))
    async with open_vendor_access(
        environment, cipher_keys=(), data_dir=data_dir, policy=policy
    ) as vendor:
        outbox = an_outbox(vendor, settle_seconds=SETTLE_SECONDS, call_seconds=CALL_SECONDS)
        while True:
            await outbox.push_due(stopped=asyncio.Event())
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
