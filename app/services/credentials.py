"""Finding out who asks."""

import secrets as random

from app.documents.api_key import ApiKey
from app.documents.signing_key import SigningKey
from app.domain.access import Anonymous, Credential, OrganizationCredential, SessionCredential
from app.domain.values import EntityId
from app.services.cursors import CursorCodec
from app.services.secrets import (
    API_KEY_PREFIX,
    hash_key,
    read_session_token,
    sign_session_token,
)

SESSION_TOKENS = "session_tokens"
MAX_TOKEN_LENGTH = 4_096


class Authenticator:
    """Reads bearer tokens; made once per process, when the database is connected."""

    def __init__(self, session_token_secret: bytes) -> None:
        self._session_token_secret = session_token_secret
        self._cursors = CursorCodec(session_token_secret)

    @classmethod
    async def load(cls) -> "Authenticator":
        """Return an authenticator with the secret all processes of the database share."""
        return cls(
            await SigningKey.get_or_create(SESSION_TOKENS, new_secret=random.token_bytes(32))
        )

    @property
    def cursors(self) -> CursorCodec:
        """What makes and reads the cursors of lists."""
        return self._cursors

    def session_token(self, *, organization_id: EntityId, booking_session_id: EntityId) -> str:
        """Return the token that opens a session."""
        return sign_session_token(
            self._session_token_secret,
            organization_id=organization_id,
            booking_session_id=booking_session_id,
        )

    async def authenticate(self, token: str | None) -> Credential | None:
        """Return who the bearer of `token` is; None when the token is not known.

        No token at all is Anonymous.
        """
        if token is None:
            return Anonymous()
        if len(token) > MAX_TOKEN_LENGTH:
            return None
        if token.startswith(API_KEY_PREFIX):
            return await self._read_api_key(token)
        return self.read_session_token(token)

    async def _read_api_key(self, token: str) -> Credential | None:
        key = await ApiKey.find_active(hash_key(token))
        if key is None:
            return None
        return OrganizationCredential(
            organization_id=key.organization_id,
            api_key_id=key.id,
            role=key.role,
            api_key_name=key.name,
        )

    def read_session_token(self, token: str) -> SessionCredential | None:
        """Return the session a token opens; None when the token was not made here."""
        opened = read_session_token(self._session_token_secret, token)
        if opened is None:
            return None
        organization_id, session_id = opened
        return SessionCredential(organization_id=organization_id, booking_session_id=session_id)
