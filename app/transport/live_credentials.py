"""Credentials of connections that stay open: from where they speak, and until when they count."""

import asyncio
import logging

from starlette.requests import HTTPConnection

from app.api.errors import RequestError, forbidden
from app.documents.driver import UNAVAILABLE_ERRORS
from app.domain.access import Anonymous, Credential
from app.services.credentials import Authenticator
from app.services.scheduler_configs import allows_origin
from app.transport.authentication import authenticate

RECHECK_SECONDS = 10.0
"""So long a key that was revoked, or a token that expired, keeps an open connection at most."""

logger = logging.getLogger(__name__)


async def require_origin(credential: Credential, *, origin: str | None, server_origin: str) -> None:
    """Raise RequestError FORBIDDEN for a page neither ours nor one the organization allows.

    Clients that are no pages send no `Origin` and are served.
    """
    if origin is None or origin.lower() == server_origin.lower():
        return
    if isinstance(credential, Anonymous) or not await allows_origin(
        credential.organization_id, origin
    ):
        raise forbidden("Sockets are not served to pages of this origin.")


async def wait_for_end(
    credential: Credential, connection: HTTPConnection, authenticator: Authenticator
) -> None:
    """Return when the connection's credential is not known any more, or is another's by now."""
    while True:
        await asyncio.sleep(RECHECK_SECONDS)
        try:
            if await authenticate(connection, authenticator) != credential:
                return
        except RequestError:
            return
        except UNAVAILABLE_ERRORS:
            logger.warning("a credential cannot be checked while the database is out of reach")
