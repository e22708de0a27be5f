"""Which pages may read our answers, as the scheduler configs say."""

import time
from typing import NamedTuple

from cachetools import LRUCache

from app.documents.driver import UNAVAILABLE_ERRORS
from app.documents.scheduler_config import SchedulerConfig
from app.domain.access import Anonymous, Credential, OrganizationCredential
from app.domain.origins import normalise_origin
from app.domain.values import EntityId

FRESH_SECONDS = 1.0
"""For so long an answer counts: a page that was allowed or disallowed notices within a second."""

MAX_REMEMBERED = 10_000


class _Answer(NamedTuple):
    is_allowed: bool
    read_at: float


class AllowedOrigins:
    """Judges pages by their origins; answers are kept for a second.

    `admin_origins` are those of the admin app, from the settings, as browsers send them.
    """

    def __init__(self, admin_origins: frozenset[str] = frozenset()) -> None:
        self._admin_origins = admin_origins
        self._answers: LRUCache[tuple[EntityId | None, str], _Answer] = LRUCache(MAX_REMEMBERED)

    async def allow(self, credential: Credential, origin: str | None) -> bool:
        """Return whether pages of the origin may use the credential.

        A session's token works from the pages of its organization, a key or a member also from the
        admin app. Without a credential the page must be one that anybody allows: what a publishable
        key opens is judged by its own config.
        """
        if origin is None or (normal := normalise_origin(origin)) is None:
            return False
        match credential:
            case Anonymous():
                return normal in self._admin_origins or await self._is_allowed(None, normal)
            case OrganizationCredential() if normal in self._admin_origins:
                return True
            case _:
                return await self._is_allowed(credential.organization_id, normal)

    async def _is_allowed(self, organization_id: EntityId | None, origin: str) -> bool:
        key = organization_id, origin
        known = self._answers.get(key)
        now = time.monotonic()
        if known is not None and now - known.read_at < FRESH_SECONDS:
            return known.is_allowed
        try:
            is_allowed = await SchedulerConfig.allows_origin(
                origin, organization_id=organization_id
            )
        except UNAVAILABLE_ERRORS:
            # What was true last lets the page read that the service is out of reach.
            return known is not None and known.is_allowed
        self._answers[key] = _Answer(is_allowed, now)
        return is_allowed
