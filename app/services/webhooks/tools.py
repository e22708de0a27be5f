"""What the settings give for webhooks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydantic import SecretStr

from app.domain.webhooks.events import WebhookEvent
from app.services.vendor.cipher_keys import keep_cipher_key
from app.services.webhooks.secrets import WebhookSecrets

Render: TypeAlias = Callable[[WebhookEvent], str]
"""Gives the JSON text that tells of an event, with the ids the API shows."""


@dataclass(frozen=True, kw_only=True)
class WebhookTools:
    """What editing endpoints needs; without `secrets` the operator has given no cipher keys.

    `allows_private` is for development: endpoints may then be private and need no TLS.
    """

    secrets: WebhookSecrets | None = None
    allows_private: bool = False


NO_WEBHOOKS = WebhookTools()


def open_webhook_tools(
    *, cipher_keys: Sequence[SecretStr], data_dir: Path | None, allows_private: bool
) -> WebhookTools:
    """Return the tools; without `cipher_keys` the key kept in `data_dir` is used, if one is given.

    Raises `CipherKeyError` for unusable keys.
    """
    keys = cipher_keys or ([] if data_dir is None else [keep_cipher_key(data_dir)])
    secrets = WebhookSecrets(keys) if keys else None
    return WebhookTools(secrets=secrets, allows_private=allows_private)
