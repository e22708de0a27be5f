"""Reading the credential of an HTTP request."""

from starlette.requests import HTTPConnection

from app.api.errors import forbidden, unauthenticated
from app.domain.access import Anonymous, Credential, OrganizationCredential, Role, includes
from app.domain.values import EntityId
from app.services.credentials import Authenticator


async def authenticate(connection: HTTPConnection, authenticator: Authenticator) -> Credential:
    """Return who sends the request; raises RequestError when its credential is not known."""
    header = connection.headers.get("authorization")
    if header is None:
        return Anonymous()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated()
    credential = await authenticator.authenticate(token.strip())
    if credential is None:
        raise unauthenticated()
    return credential


async def authenticate_editor(connection: HTTPConnection, authenticator: Authenticator) -> EntityId:
    """Return the organization the caller may edit; raises RequestError when there is none."""
    credential = await authenticate(connection, authenticator)
    match credential:
        case OrganizationCredential(role=role) if includes(role, required=Role.EDITOR):
            return credential.organization_id
        case Anonymous():
            raise unauthenticated()
        case _:
            raise forbidden("This needs an API key of role EDITOR or above.")
