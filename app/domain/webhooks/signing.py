"""Signatures of the Standard Webhooks specification, https://www.standardwebhooks.com."""

import base64
import hmac
from collections.abc import Iterable
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what secrets begin with.
SECRET_BYTES: Final = 32


def to_secret(random: bytes) -> str:
    """Return random bytes as the secret an owner copies."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def signature_headers(
    body: str, *, message_id: str, timestamp: int, secrets: Iterable[str]
) -> dict[str, str]:
    """Return the headers that prove a body; `timestamp` is in seconds since 1970.

    There is one signature per secret: while a secret is rotated, receivers with either accept it.
    """
    signed = f"{message_id}.{timestamp}.{body}".encode()
    signatures = (_sign(signed, secret) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _sign(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
