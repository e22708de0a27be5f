"""Whose points a request spends."""

from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

from app.domain.access import Anonymous, Credential, OrganizationCredential, SessionCredential

IPV6_NETWORK_BITS = 64
"""One subscriber has a network of that size at least, so its addresses count as one."""


def caller_of(credential: Credential, network: str) -> Hashable:
    """Return what tells callers apart: organization and credential, or the client's network."""
    match credential:
        case OrganizationCredential():
            return "actor", credential.organization_id, credential.actor_id
        case SessionCredential():
            return "session", credential.organization_id, credential.booking_session_id
        case Anonymous():
            return "network", network


def network_of(connection: HTTPConnection) -> str:
    """Return the client's IPv4 address or IPv6 network.

    Behind a proxy it is the server's reading of the forwarding headers that counts, and the server
    believes only the proxies it is told to; headers are never read here.
    """
    host = connection.client.host if connection.client else ""
    if ":" not in host:
        return host
    address = ip_address(host.partition("%")[0])
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(int(address) >> (128 - IPV6_NETWORK_BITS))
