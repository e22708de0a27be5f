"""Who asks: an API key, known by its digest, or a token that is signed and opens one session."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase


@dataclass(frozen=True, slots=True)
class Credential:
    """An organization's key, or the token of one of its sessions."""

    organization_id: str
    session_id: str | None = None


class Authenticator:
    """Reads `Authorization` headers."""

    def __init__(self, db: AsyncDatabase, secret: bytes) -> None:
        self._db = db
        self._secret = secret

    @classmethod
    async def load(cls, db: AsyncDatabase) -> "Authenticator":
        kept = await db.signing_keys.find_one({"_id": "session_tokens"})
        return cls(db, kept["secret"])

    async def authenticate(self, authorization: str | None) -> Credential | None:
        """Return the credential; None without one, or with one that is not known."""
        if authorization is None:
            return None
        token = authorization.removeprefix("Bearer ")
        if token.startswith("wst_"):
            return self._read_session_token(token.removeprefix("wst_"))
        key_hash = hashlib.sha256(token.encode()).hexdigest()
        key = await self._db.api_keys.find_one({"key_hash": key_hash})
        is_active = key is not None and key["revoked_at"] is None
        return Credential(key["organization_id"]) if is_active else None

    def _read_session_token(self, token: str) -> Credential | None:
        claim, _, signature = token.rpartition(".")
        digest = hmac.digest(self._secret, claim.encode(), "sha256")
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
        if not hmac.compare_digest(signature.encode(), expected):
            return None
        return Credential(*claim.split("."))
