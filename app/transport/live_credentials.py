"""Credentials of connections that stay open: from where they speak, and until when they count."""

import asyncio
import contextlib
import logging

from starlette.requests import HTTPConnection

from app.api.errors import ErrorCode, RequestError, forbidden
from app.documents.driver import UNAVAILABLE_ERRORS
from app.domain.access import Anonymous, Credential, OrganizationCredential
from app.domain.origins import normalise_origin
from app.services.credential_changes import noticing_changes
from app.services.credentials import Authenticator
from app.services.origins import AllowedOrigins
from app.transport.authentication import authenticate

RECHECK_SECONDS = 5.0
"""So long a key revoked in another process, or a token that expired, keeps an open connection."""

NOBODY = ""
"""The id of no key or member."""

logger = logging.getLogger(__name__)


async def require_origin(
    credential: Credential, *, origin: str | None, server_origin: str, allowed: AllowedOrigins
) -> None:
    """Raise RequestError FORBIDDEN for a page neither ours nor one its credential works from.

    Clients that are no pages send no `Origin` and are served.
    """
    if origin is None or is_same_origin(origin, server_origin):
        return
    if isinstance(credential, Anonymous) or not await allowed.allow(credential, origin):
        raise forbidden("This credential does not work from this page's origin.")


def is_same_origin(origin: str, server_origin: str) -> bool:
    """Return whether a page of the origin is one of ours."""
    normal = normalise_origin(origin)
    return normal is not None and normal == normalise_origin(server_origin)


async def wait_for_end(
    credential: Credential, connection: HTTPConnection, authenticator: Authenticator
) -> None:
    """Return when the connection's credential is not known any more, or is another's by now."""
    actor_id = credential.actor_id if isinstance(credential, OrganizationCredential) else NOBODY
    with noticing_changes(actor_id) as changed:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), RECHECK_SECONDS)
            changed.clear()
            if await _has_ended(credential, connection, authenticator):
                return


async def _has_ended(
    credential: Credential, connection: HTTPConnection, authenticator: Authenticator
) -> bool:
    try:
        return await authenticate(connection, authenticator) != credential
    except RequestError as error:
        return (error.extensions or {}).get("code") != ErrorCode.UNAVAILABLE
    except UNAVAILABLE_ERRORS:
        logger.warning("a credential cannot be checked while the database is out of reach")
        return False
