"""Finding out who asks."""

import secrets as random
from datetime import datetime

from app.documents.api_key import ApiKey
from app.documents.signing_key import SigningKey
from app.domain.access import Anonymous, Credential, OrganizationCredential, SessionCredential
from app.domain.values import EntityId
from app.services.cursors import CursorCodec
from app.services.key_uses import KeyUses
from app.services.people import People
from app.services.secrets import (
    API_KEY_PREFIX,
    SESSION_TOKEN_PREFIX,
    hash_key,
    read_session_token,
    sign_session_token,
)

SESSION_TOKENS = "session_tokens"
MAX_TOKEN_LENGTH = 8_192


class Authenticator:
    """Reads bearer tokens; made once per process, when the database is connected."""

    def __init__(self, session_token_secret: bytes, *, people: People | None = None) -> None:
        self._session_token_secret = session_token_secret
        self._people = people
        self.key_uses = KeyUses()
        self._cursors = CursorCodec(session_token_secret)

    @classmethod
    async def load(cls, *, people: People | None = None) -> "Authenticator":
        """Return an authenticator with the secret all processes of the database share.

        Without `people`, no tokens of an OpenID Connect issuer are read.
        """
        secret = await SigningKey.get_or_create(SESSION_TOKENS, new_secret=random.token_bytes(32))
        return cls(secret, people=people)

    @property
    def issuer(self) -> str | None:
        """Whose people may be members; None when no issuer is set up."""
        return None if self._people is None else self._people.issuer

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

    async def authenticate(
        self, token: str | None, *, now: datetime, organization_id: EntityId | None = None
    ) -> Credential | None:
        """Return who the bearer of `token` is; None when the token is not known.

        No token at all is Anonymous. `organization_id` is the one a person who is a member of
        several acts for. Raises IssuerUnavailable when a person's token cannot be judged now.
        """
        if token is None:
            return Anonymous()
        if len(token) > MAX_TOKEN_LENGTH:
            return None
        if token.startswith(API_KEY_PREFIX):
            return await self._read_api_key(token, now=now)
        if token.startswith(SESSION_TOKEN_PREFIX):
            return self.read_session_token(token)
        if self._people is None:
            return None
        return await self._people.find_member(token, now=now, organization_id=organization_id)

    async def _read_api_key(self, token: str, *, now: datetime) -> Credential | None:
        key = await ApiKey.find_active(hash_key(token), now=now)
        if key is None:
            return None
        self.key_uses.note(key, now=now)
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
