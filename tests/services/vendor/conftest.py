"""A stand-in for the vendor, and the access of a process to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.services.vendor.access import VendorAccess
from tests.services.vendor.accounts import an_access
from tests.servicetitan.conftest import shared_stand_in, stand_in
from tests.servicetitan.running_stand_in import RunningStandIn

__all__ = ["shared_stand_in", "stand_in", "vendor"]


@pytest_asyncio.fixture(loop_scope="module")
async def vendor(stand_in: RunningStandIn, tmp_path: Path) -> AsyncIterator[VendorAccess]:
    """Reaches the stand-in, without patience and with a key of its own."""
    async with an_access(stand_in, data_dir=tmp_path) as access:
        yield access
