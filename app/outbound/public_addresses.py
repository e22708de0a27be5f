"""Connecting to public addresses only, whatever a name resolves to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import httpx

from app.domain.public_addresses import is_public

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]


class AddressNotPublicError(Exception):
    """A host resolved to an address that is not public; nothing was sent."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} resolves to an address that is not public")
        self.host = host


async def resolve_host(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host in the order to try them; raises `OSError` when unknown."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class PublicAddressTransport(httpx.AsyncBaseTransport):
    """Resolves each host itself, refuses it if any address is not public, and connects to those.

    The connection is made to the address that was checked, so a name that changes in between gains
    nothing. The certificate is still checked against the name. Each host has connections of its
    own: two names behind one address must not share one. Meant for few hosts.
    """

    def __init__(
        self,
        *,
        may_be_private: Callable[[str], bool],
        resolve: Resolve = resolve_host,
        open_transport: Callable[[], httpx.AsyncBaseTransport] = httpx.AsyncHTTPTransport,
    ) -> None:
        self._may_be_private = may_be_private
        self._resolve = resolve
        self._open_transport = open_transport
        self._transports: dict[str, httpx.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        transport = self._transports.get(host) or self._open(host)
        if self._may_be_private(host):
            return await transport.handle_async_request(request)
        *others, last = await self._public_addresses(request)
        for address in others:
            try:
                return await transport.handle_async_request(_sent_to(address, request))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await transport.handle_async_request(_sent_to(last, request))

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()

    def _open(self, host: str) -> httpx.AsyncBaseTransport:
        return self._transports.setdefault(host, self._open_transport())

    async def _public_addresses(self, request: httpx.Request) -> tuple[str, ...]:
        host = request.url.host
        default_port = 443 if request.url.scheme == "https" else 80
        try:
            addresses = await self._resolve(host, request.url.port or default_port)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} cannot be resolved", request=request) from error
        if not addresses or not all(map(is_public, addresses)):
            raise AddressNotPublicError(host)
        return addresses


def _sent_to(address: str, request: httpx.Request) -> httpx.Request:
    """Return the request to be sent to an address; its Host header and certificate stay."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
