"""Reading the credential of an HTTP request."""

from datetime import UTC, datetime

from starlette.requests import HTTPConnection

from app.api.errors import ErrorCode, RequestError, forbidden, unauthenticated
from app.api.ids import EntityType, decode_id
from app.domain.access import Anonymous, Credential, OrganizationCredential, Role, includes
from app.domain.values import EntityId
from app.services.credentials import Authenticator
from app.services.oidc.identity import IssuerUnavailable
from app.transport.cors import note_credential

ORGANIZATION_HEADER = "x-organization"
NOWHERE = ""
"""The id of no organization, for a header that names none: it answers like a foreign one."""


async def authenticate(connection: HTTPConnection, authenticator: Authenticator) -> Credential:
    """Return who sends the request.

    Raises RequestError: UNAUTHENTICATED when its credential is not known, UNAVAILABLE when that
    cannot be found out for the moment.
    """
    header = connection.headers.get("authorization")
    if header is None:
        return Anonymous()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated()
    try:
        credential = await authenticator.authenticate(
            token.strip(), now=datetime.now(UTC), organization_id=_read_organization(connection)
        )
    except IssuerUnavailable as error:
        message = "Who you are cannot be verified for a moment; try again."
        raise RequestError(ErrorCode.UNAVAILABLE, message, retryAfterMs=5_000) from error
    if credential is None:
        raise unauthenticated()
    note_credential(connection, credential)
    return credential


def _read_organization(connection: HTTPConnection) -> EntityId | None:
    """Return the organization that a person who is a member of several asks for."""
    header = connection.headers.get(ORGANIZATION_HEADER)
    return None if header is None else decode_id(EntityType.ORGANIZATION, header) or NOWHERE


async def authenticate_editor(connection: HTTPConnection, authenticator: Authenticator) -> EntityId:
    """Return the organization the caller may edit; raises RequestError when there is none."""
    credential = await authenticate(connection, authenticator)
    match credential:
        case OrganizationCredential(role=role) if includes(role, required=Role.EDITOR):
            return credential.organization_id
        case Anonymous():
            raise unauthenticated()
        case _:
            raise forbidden("This needs an API key or a member of role EDITOR or above.")
