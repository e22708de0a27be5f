"""Reaching the vendor on behalf of an organization."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from app.documents.vendor_account import VendorAccount
from app.domain.values import EntityId
from app.services.vendor.cipher_keys import keep_cipher_key
from app.services.vendor_credentials_cipher import (
    CredentialsUnreadableError,
    VendorCredentialsCipher,
)
from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.client import ServiceTitanClient
from app.servicetitan.clients import ServiceTitanClients, open_clients
from app.servicetitan.environment import VendorEnvironment
from app.servicetitan.errors import NotSentError


class VendorAccessError(NotSentError):
    """An account exists and cannot be used: an operator has to mend the settings."""


@dataclass(frozen=True, kw_only=True)
class VendorConnection:
    """An organization's account, and the client that acts for it."""

    client: ServiceTitanClient
    account: VendorAccount


@dataclass(frozen=True, kw_only=True)
class VendorTools:
    """What the settings give for reaching the vendor."""

    clients: ServiceTitanClients
    cipher: VendorCredentialsCipher


class VendorAccess:
    """Gives organizations their connection to the vendor; one per process.

    Without `tools` the settings name no vendor: then organizations with an account are told so.
    """

    def __init__(self, tools: VendorTools | None = None) -> None:
        self._tools = tools

    def require_tools(self) -> VendorTools:
        """Return what reaches the vendor; raises `VendorAccessError` when the settings lack it."""
        if self._tools is None:
            raise VendorAccessError("the settings name no vendor")
        return self._tools

    async def connect(self, organization_id: EntityId) -> VendorConnection | None:
        """Return the organization's connection, or None when it has no vendor account.

        The account is read at every call, so that what an owner changes holds at once; the client
        is the same as long as the credentials are. Raises `VendorAccessError`.
        """
        account = await VendorAccount.find_of(organization_id)
        if account is None:
            return None
        tools = self.require_tools()
        try:
            credentials = tools.cipher.open(
                account.sealed_credentials, organization_id=organization_id
            )
        except CredentialsUnreadableError as error:
            raise VendorAccessError(str(error)) from error
        return VendorConnection(client=tools.clients.for_tenant(credentials), account=account)


NO_VENDOR = VendorAccess()


@asynccontextmanager
async def open_vendor_access(
    environment: VendorEnvironment | None,
    *,
    cipher_keys: Sequence[SecretStr],
    data_dir: Path,
    policy: CallPolicy | None = None,
) -> AsyncIterator[VendorAccess]:
    """Open the connections to the vendor until the end of the block.

    Without `environment` there is no vendor. Without `cipher_keys` the one kept in `data_dir` is
    used. Raises `CipherKeyError` for unusable keys.
    """
    if environment is None:
        yield NO_VENDOR
        return
    cipher = VendorCredentialsCipher(cipher_keys or [keep_cipher_key(data_dir)])
    async with open_clients(environment, policy=policy) as clients:
        yield VendorAccess(VendorTools(clients=clients, cipher=cipher))
