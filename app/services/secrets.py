"""Random secrets, the digests kept of them, and tokens proved by a signature."""

import base64
import hashlib
import hmac
import secrets

API_KEY_PREFIX = "wsk_"
PUBLISHABLE_KEY_PREFIX = "wpk_"
SESSION_TOKEN_PREFIX = "wst_"  # noqa: S105 - a prefix people recognise, not a secret.
SHOWN_PREFIX_LENGTH = 12
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits nobody takes for each other when they are read over the telephone."""


def new_api_key() -> str:
    """Return a fresh API key with 256 random bits."""
    return API_KEY_PREFIX + secrets.token_urlsafe(32)


def new_publishable_key() -> str:
    """Return a fresh publishable key; it is not a secret, but nobody should guess it."""
    return PUBLISHABLE_KEY_PREFIX + secrets.token_urlsafe(18)


def new_confirmation_code() -> str:
    """Return eight unambiguous letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def hash_key(key: str) -> str:
    """Return the SHA-256 of a key, in hexadecimal.

    The keys are random and long, so a fast hash is as good as a slow one, and the lookup by digest
    tells an attacker nothing about how much of a guess was right.
    """
    return hashlib.sha256(key.encode()).hexdigest()


def sign_session_token(secret: bytes, *, organization_id: str, booking_session_id: str) -> str:
    """Return the token that opens one session; the same session always gets the same."""
    claim = f"{organization_id}.{booking_session_id}"
    return f"{SESSION_TOKEN_PREFIX}{claim}.{_signature(secret, claim)}"


def read_session_token(secret: bytes, token: str) -> tuple[str, str] | None:
    """Return the organization and session of a token, or None when the signature is not ours."""
    if not token.startswith(SESSION_TOKEN_PREFIX):
        return None
    claim, _, signature = token.removeprefix(SESSION_TOKEN_PREFIX).rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, claim).encode()):
        return None
    organization_id, _, booking_session_id = claim.partition(".")
    return organization_id, booking_session_id


def _signature(secret: bytes, text: str) -> str:
    digest = hmac.digest(secret, text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
