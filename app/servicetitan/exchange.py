"""One request and its whole answer."""

import asyncio
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from app.outbound.public_addresses import AddressNotPublicError, PublicAddressTransport
from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.environment import VendorEnvironment
from app.servicetitan.errors import (
    AddressRefusedError,
    NoAnswerError,
    UnreachableError,
    UnreadableResponseError,
)

MAX_CONNECTIONS = 100


@dataclass(frozen=True)
class Answer:
    """A whole answer of the vendor."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return httpx.codes.is_success(self.status)


def open_http(environment: VendorEnvironment, policy: CallPolicy) -> httpx.AsyncClient:
    """Return the connections to the vendor's hosts: no redirects, no proxies, no cookies kept."""
    limits = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=20)
    return httpx.AsyncClient(
        transport=PublicAddressTransport(
            may_be_private=environment.may_be_private,
            open_transport=lambda: httpx.AsyncHTTPTransport(limits=limits, trust_env=False),
        ),
        timeout=httpx.Timeout(policy.call_timeout_seconds, connect=policy.connect_timeout_seconds),
        follow_redirects=False,
        trust_env=False,
        # The tenants share the connections; a cookie of one must not travel with another's call.
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )


async def exchange(http: httpx.AsyncClient, request: httpx.Request, policy: CallPolicy) -> Answer:
    """Send a request once and return the answer, whatever its status.

    Raises `UnreachableError` when nothing was sent, `AddressRefusedError` when it must not be,
    `NoAnswerError` when something was and no whole answer came in time, `UnreadableResponseError`
    when it is too long or wrongly encoded.
    """
    try:
        async with asyncio.timeout(policy.call_timeout_seconds):
            return await _send(http, request, max_body_bytes=policy.max_body_bytes)
    except TimeoutError as error:
        raise NoAnswerError(f"no whole answer within {policy.call_timeout_seconds:g} s") from error
    except AddressNotPublicError as error:
        raise AddressRefusedError(error.host) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise UnreachableError(f"{request.url.host} cannot be reached: {_name(error)}") from error
    except httpx.DecodingError as error:
        raise UnreadableResponseError("the body is not encoded as its header says") from error
    except httpx.RequestError as error:
        raise NoAnswerError(f"the connection failed: {_name(error)}") from error


async def _send(http: httpx.AsyncClient, request: httpx.Request, *, max_body_bytes: int) -> Answer:
    response = await http.send(request, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > max_body_bytes:
                raise UnreadableResponseError(f"the body is longer than {max_body_bytes} bytes")
        return Answer(response.status_code, response.headers, bytes(body))
    finally:
        await response.aclose()


def _name(error: Exception) -> str:
    return type(error).__name__
