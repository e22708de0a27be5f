"""Sealing what is stored under the newest key, so that older keys can be removed."""

from app.documents.sealed_fields import iterate_sealed
from app.domain.values import Value
from app.services.vendor_credentials_cipher import (
    CredentialsUnreadableError,
    VendorCredentialsCipher,
)


class ResealReport(Value):
    """How many secrets were sealed anew, and how many no key opens."""

    resealed_count: int = 0
    unreadable_count: int = 0


async def reseal_secrets(cipher: VendorCredentialsCipher) -> ResealReport:
    """Seal every stored secret under the newest key; it may run at any time.

    What is written meanwhile stays as the server that wrote it sealed it: run it once more when
    every server has the new key.
    """
    resealed, unreadable = 0, 0
    async for sealed in iterate_sealed():
        try:
            text = cipher.reseal(sealed.text)
        except CredentialsUnreadableError:
            unreadable += 1
            continue
        if await sealed.replace(text):
            resealed += 1
    return ResealReport(resealed_count=resealed, unreadable_count=unreadable)
