"""The demonstration company's account at the stand-in."""

from datetime import UTC, datetime

from pydantic import SecretStr

from app.documents.driver import Database, new_id
from app.documents.vendor_account import VendorAccount
from app.domain.vendor import VendorType
from app.services.demonstration.vendor import connect_demonstration
from app.services.vendor.accounts import VendorAccountContent
from app.services.vendor_credentials_cipher import VendorCredentialsCipher, new_cipher_key
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from tests.servicetitan.running_stand_in import demo_credentials

CONTENT = VendorAccountContent(vendor_type=VendorType.SERVICETITAN, **dict(DEMO_ACCOUNT))


async def connect(organization_id: str, cipher: VendorCredentialsCipher) -> VendorAccount:
    await connect_demonstration(
        organization_id, CONTENT, cipher=cipher, now=datetime(2026, 7, 1, tzinfo=UTC)
    )
    account = await VendorAccount.find_of(organization_id)
    assert account
    return account


def a_cipher() -> VendorCredentialsCipher:
    return VendorCredentialsCipher([SecretStr(new_cipher_key())])


async def test_connecting_again_changes_nothing_until_the_key_is_another(
    database: Database,
) -> None:
    organization_id, cipher, other = new_id(), a_cipher(), a_cipher()

    first = await connect(organization_id, cipher)
    again = await connect(organization_id, cipher)
    mended = await connect(organization_id, other)

    assert again == first
    assert mended.id == first.id
    opened = other.open(mended.sealed_credentials, organization_id=organization_id)
    assert opened == demo_credentials()
