"""Reaching the vendor for an organization."""

import stat
from pathlib import Path

import pytest

from app.documents.driver import new_id
from app.services.vendor.access import (
    NO_VENDOR,
    VendorAccess,
    VendorAccessError,
    open_vendor_access,
)
from app.services.vendor.cipher_keys import KEY_FILE, keep_cipher_key
from tests.services.vendor.accounts import connect
from tests.servicetitan.running_stand_in import RunningStandIn

pytestmark = pytest.mark.usefixtures("database")


async def test_organization_without_an_account_has_no_connection(vendor: VendorAccess) -> None:
    await connect(vendor, new_id())

    assert await vendor.connect(new_id()) is None


async def test_connections_of_an_organization_share_a_client(vendor: VendorAccess) -> None:
    organization_id = new_id()
    account = await connect(vendor, organization_id)

    first, second = await vendor.connect(organization_id), await vendor.connect(organization_id)

    assert first
    assert second
    assert first.account.id == account.id
    assert first.client is second.client


async def test_account_that_the_keys_do_not_open_is_an_operators_matter(
    vendor: VendorAccess, stand_in: RunningStandIn, tmp_path: Path
) -> None:
    organization_id = new_id()
    await connect(vendor, organization_id)

    async with open_vendor_access(
        stand_in.environment, cipher_keys=(), data_dir=tmp_path / "another"
    ) as other:
        with pytest.raises(VendorAccessError):
            await other.connect(organization_id)


async def test_credentials_copied_to_another_organization_do_not_open(vendor: VendorAccess) -> None:
    account = await connect(vendor, new_id())
    thief = new_id()
    await connect(vendor, thief, sealed_credentials=account.sealed_credentials)

    with pytest.raises(VendorAccessError):
        await vendor.connect(thief)


async def test_server_without_a_vendor_says_so_to_connected_organizations_only(
    vendor: VendorAccess,
) -> None:
    organization_id = new_id()
    await connect(vendor, organization_id)

    assert await NO_VENDOR.connect(new_id()) is None
    with pytest.raises(VendorAccessError):
        await NO_VENDOR.connect(organization_id)


def test_kept_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = keep_cipher_key(tmp_path / "data")

    assert keep_cipher_key(tmp_path / "data") == first
    assert [path.name for path in (tmp_path / "data").iterdir()] == [KEY_FILE]
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
