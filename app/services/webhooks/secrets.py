"""Keeping the secrets of webhook endpoints encrypted at rest."""

import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr, ValidationError

from app.domain.values import EntityId, Value
from app.domain.webhooks.signing import SECRET_BYTES, to_secret
from app.services.vendor_credentials_cipher import CipherKeyError


class SecretUnreadableError(Exception):
    """A stored secret cannot be opened: another key, another endpoint, or damage."""


class _Sealed(Value):
    """What is encrypted; the endpoint within it keeps a copy from working for another one."""

    webhook_endpoint_id: EntityId
    secret: str


class WebhookSecrets:
    """Encrypts with the first key and decrypts with any, so that keys can be rotated."""

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        """Take the keys of the settings, newest first; raises `CipherKeyError`."""
        if not keys:
            raise CipherKeyError("at least one key is needed")
        try:
            self._fernet = MultiFernet([Fernet(key.get_secret_value()) for key in keys])
        except ValueError:
            raise CipherKeyError("a key has 32 bytes in URL-safe Base64") from None

    def new(self, endpoint_id: EntityId) -> tuple[str, str]:
        """Return a fresh secret to show once, and the same sealed to keep."""
        secret = to_secret(secrets.token_bytes(SECRET_BYTES))
        sealed = _Sealed(webhook_endpoint_id=endpoint_id, secret=secret)
        return secret, self._fernet.encrypt(sealed.model_dump_json().encode()).decode()

    def open(self, sealed: str, *, endpoint_id: EntityId) -> str:
        """Return the secret; raises `SecretUnreadableError`."""
        try:
            opened = _Sealed.model_validate_json(self._fernet.decrypt(sealed))
        except (InvalidToken, ValidationError, ValueError):
            raise SecretUnreadableError("the stored secret cannot be opened") from None
        if opened.webhook_endpoint_id != endpoint_id:
            raise SecretUnreadableError("the stored secret belongs to another endpoint")
        return opened.secret
