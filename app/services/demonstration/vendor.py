"""Connecting the demonstration company to the stand-in of its vendor."""

from datetime import datetime

from app.documents.driver import DuplicateKeyError, new_id
from app.documents.sealed_fields import SealedText
from app.documents.vendor_account import VendorAccount
from app.domain.values import EntityId
from app.services.vendor.accounts import VendorAccountContent
from app.services.vendor_credentials_cipher import (
    CredentialsUnreadableError,
    VendorCredentialsCipher,
)


async def connect_demonstration(
    organization_id: EntityId,
    content: VendorAccountContent,
    *,
    cipher: VendorCredentialsCipher,
    now: datetime,
) -> None:
    """Store the account unless there is one that opens; the vendor is not asked.

    Bookings made before it had one stay what they are, appointments the vendor is never told of.
    """
    account = await VendorAccount.find_of(organization_id)
    if account is not None and _opens(account, cipher):
        return
    sealed = cipher.seal(content.credentials, organization_id=organization_id)
    if account is not None:
        stale = SealedText(
            VendorAccount, account.id, "sealed_credentials", account.sealed_credentials
        )
        await stale.replace(sealed)
        return
    account = VendorAccount(
        id=new_id(),
        organization_id=organization_id,
        created_at=now,
        updated_at=now,
        connected_at=now,
        sealed_credentials=sealed,
        **content.settings(),
    )
    try:
        await account.insert()
    except DuplicateKeyError:
        return  # Another start of the demonstration was faster.


def _opens(account: VendorAccount, cipher: VendorCredentialsCipher) -> bool:
    try:
        cipher.open(account.sealed_credentials, organization_id=account.organization_id)
    except CredentialsUnreadableError:
        return False
    return True
