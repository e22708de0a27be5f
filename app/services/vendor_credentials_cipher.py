"""Keeping vendor credentials encrypted at rest."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import BaseModel, ConfigDict, SecretStr, field_serializer

from app.domain.values import EntityId
from app.servicetitan.environment import VendorCredentials


class CredentialsUnreadableError(Exception):
    """Stored credentials cannot be opened: another key, another organization, or damage."""


class CipherKeyError(Exception):
    """A key is not one that `new_cipher_key` makes."""


class _Sealed(BaseModel):
    """What is encrypted; the owner within it keeps a copy from working for anyone else."""

    model_config = ConfigDict(hide_input_in_errors=True)

    organization_id: EntityId
    tenant_id: int
    client_id: str
    client_secret: SecretStr
    app_key: SecretStr

    @field_serializer("client_secret", "app_key", when_used="json")
    def _reveal(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


def new_cipher_key() -> str:
    """Return a fresh key for the settings."""
    return Fernet.generate_key().decode()


class VendorCredentialsCipher:
    """Encrypts with the first key and decrypts with any, so that keys can be rotated.

    To rotate: put a new key in front, `reseal` what is stored, then remove the old key.
    """

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        """Take the keys of the settings, newest first; raises `CipherKeyError`."""
        if not keys:
            raise CipherKeyError("at least one key is needed")
        try:
            self._fernet = MultiFernet([Fernet(key.get_secret_value()) for key in keys])
        except ValueError:
            raise CipherKeyError("a key has 32 bytes in URL-safe Base64") from None

    def seal(self, credentials: VendorCredentials, *, organization_id: EntityId) -> str:
        """Return the credentials encrypted for one organization, in printable text."""
        sealed = _Sealed(organization_id=organization_id, **dict(credentials))
        return self._fernet.encrypt(sealed.model_dump_json().encode()).decode()

    def open(self, sealed: str, *, organization_id: EntityId) -> VendorCredentials:
        """Return the credentials; raises `CredentialsUnreadableError`."""
        try:
            opened = _Sealed.model_validate_json(self._fernet.decrypt(sealed))
        except (InvalidToken, ValueError):  # A ValueError for text that is no ASCII.
            raise CredentialsUnreadableError("the stored credentials cannot be opened") from None
        if opened.organization_id != organization_id:
            raise CredentialsUnreadableError("the stored credentials belong to someone else")
        return VendorCredentials(**opened.model_dump(exclude={"organization_id"}))

    def reseal(self, sealed: str) -> str:
        """Return the same credentials under the newest key; raises `CredentialsUnreadableError`."""
        try:
            return self._fernet.rotate(sealed).decode()
        except (InvalidToken, ValueError):
            raise CredentialsUnreadableError("the stored credentials cannot be opened") from None
