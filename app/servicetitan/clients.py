"""The clients of one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from cachetools import LRUCache

from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.client import ServiceTitanClient
from app.servicetitan.environment import VendorCredentials, VendorEnvironment
from app.servicetitan.exchange import open_http

MAX_TENANTS = 1_000


class ServiceTitanClients:
    """One client per tenant's credentials, so that its token, budget and circuit are shared.

    Changed credentials get a client of their own; those of a thousand tenants are kept.
    """

    def __init__(
        self, http: httpx.AsyncClient, *, environment: VendorEnvironment, policy: CallPolicy
    ) -> None:
        self._http = http
        self._environment = environment
        self._policy = policy
        self._clients: LRUCache[VendorCredentials, ServiceTitanClient] = LRUCache(MAX_TENANTS)

    def for_tenant(self, credentials: VendorCredentials) -> ServiceTitanClient:
        """Return the client of a tenant, the same for the same credentials."""
        client = self._clients.get(credentials)
        if client is None:
            client = ServiceTitanClient(
                self._http,
                environment=self._environment,
                credentials=credentials,
                policy=self._policy,
            )
            self._clients[credentials] = client
        return client


@asynccontextmanager
async def open_clients(
    environment: VendorEnvironment, *, policy: CallPolicy | None = None
) -> AsyncIterator[ServiceTitanClients]:
    """Open the connections to the vendor; they are closed at the end of the block."""
    policy = policy or CallPolicy()
    async with open_http(environment, policy) as http:
        yield ServiceTitanClients(http, environment=environment, policy=policy)
