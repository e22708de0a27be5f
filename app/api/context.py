"""What resolvers know of the request."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeAlias
from urllib.parse import urlsplit

import strawberry

from app.api.errors import forbidden, unauthenticated
from app.api.limits.points import UNLIMITED, Account
from app.api.organizations.enums import Role
from app.domain.access import (
    Anonymous,
    Credential,
    OrganizationCredential,
    SessionCredential,
    includes,
)
from app.domain.values import EntityId
from app.loaders.loaders import Loaders
from app.services.authoring import Author
from app.services.credentials import Authenticator
from app.services.cursors import CursorCodec
from app.services.vendor.access import NO_VENDOR, VendorAccess
from app.services.webhooks.tools import NO_WEBHOOKS, WebhookTools


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    """One request: who asks, from where, and when it arrived."""

    credential: Credential
    now: datetime
    request_id: str
    public_url: str
    authenticator: Authenticator
    vendor: VendorAccess = NO_VENDOR
    webhooks: WebhookTools = NO_WEBHOOKS
    origin: str | None = None
    network: str = ""
    account: Account = UNLIMITED
    offers_introspection: bool = True
    deadline_seconds: float = 30.0

    @cached_property
    def loaders(self) -> Loaders:
        """The loaders of this request."""
        return Loaders()

    def forget_loaded(self) -> None:
        """Start with fresh loaders, as each event of a subscription does: it shows what is now."""
        self.__dict__.pop("loaders", None)

    @property
    def organization_id(self) -> EntityId:
        """The organization the caller acts in; raises RequestError for anonymous requests."""
        if isinstance(self.credential, Anonymous):
            raise unauthenticated()
        return self.credential.organization_id

    @property
    def cursors(self) -> CursorCodec:
        """What makes and reads the cursors of lists."""
        return self.authenticator.cursors

    @property
    def server_origin(self) -> str:
        """Scheme, host and port of this server, as a browser sends them in `Origin`."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def author(self) -> Author:
        """Who edits in this request; the field's access has made sure that there is an editor."""
        return Author(credential=self.require_role(Role.EDITOR), now=self.now)

    def require_role(self, required: Role) -> OrganizationCredential:
        """Return the caller's API key; raises RequestError when it may not do this."""
        match self.credential:
            case Anonymous():
                raise unauthenticated()
            case SessionCredential():
                raise forbidden("A session token opens its own session only.")
            case OrganizationCredential() as credential:
                if not includes(credential.role, required=required):
                    raise forbidden(f"This needs the role {required.name}.")
                return credential


Info: TypeAlias = strawberry.Info[RequestContext, None]
