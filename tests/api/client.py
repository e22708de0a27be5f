"""Executing operations in process, as the server does, for one organization."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.api.context import RequestContext
from app.api.schema import schema
from app.documents.organization import Organization
from app.domain.access import Anonymous, Credential, OrganizationCredential, Role, SessionCredential
from app.services.credentials import Authenticator
from app.services.organizations import create_organization
from app.services.vendor.access import NO_VENDOR, VendorAccess
from app.services.webhooks.tools import NO_WEBHOOKS, WebhookTools
from app.transport.errors import to_client_error

SERVER = "https://scheduler.example"


@dataclass
class ApiClient:
    """A caller with a credential; `now` and `origin` may be set between calls."""

    credential: Credential
    now: datetime | None = None
    origin: str | None = None
    network: str = ""
    authenticator: Authenticator = field(default_factory=lambda: Authenticator(b"t" * 32))
    vendor: VendorAccess = NO_VENDOR
    webhooks: WebhookTools = NO_WEBHOOKS

    async def execute(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        as_: Credential | None = None,
    ) -> dict[str, Any]:
        """Return `{"data": …}` and, when there are any, `"errors"` as a client sees them."""
        result = await schema.execute(
            query, variable_values=variables, context_value=self.context(as_=as_)
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [to_client_error(e, request_id="test") for e in result.errors]
        return answer

    def context(self, *, as_: Credential | None = None) -> RequestContext:
        """Return what resolvers know of one request of this caller."""
        return RequestContext(
            credential=as_ or self.credential,
            now=self.now or datetime.now(UTC),
            request_id="test",
            public_url=SERVER,
            origin=self.origin,
            network=self.network,
            authenticator=self.authenticator,
            vendor=self.vendor,
            webhooks=self.webhooks,
        )

    async def data(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """Return the data of an operation that must answer without top-level errors."""
        answer = await self.execute(query, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def with_session(self, booking_session_id: str) -> "ApiClient":
        """Return the customer of a session of the same organization, by its raw id."""
        assert isinstance(self.credential, OrganizationCredential)
        credential = SessionCredential(
            organization_id=self.credential.organization_id, booking_session_id=booking_session_id
        )
        return ApiClient(credential, now=self.now, authenticator=self.authenticator)


async def an_organization(name: str = "Harbor", *, role: Role = Role.OWNER) -> ApiClient:
    """Return a client with a key of a new organization."""
    organization, _ = await create_organization(name, now=datetime.now(UTC))
    return a_client(organization, role=role)


def a_client(organization: Organization, *, role: Role = Role.OWNER) -> ApiClient:
    """Return a client with a key of the organization."""
    return ApiClient(
        OrganizationCredential(organization_id=organization.id, api_key_id="a" * 24, role=role)
    )


def an_anonymous_client(*, origin: str | None = None) -> ApiClient:
    """Return a client without a credential, as a widget boots."""
    return ApiClient(Anonymous(), origin=origin)
