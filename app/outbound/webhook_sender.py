"""Sending one webhook to an address that a customer of ours chose.

The address is not trusted: only public ones are connected to, redirects are not followed, no proxy,
cookie or credential of ours is used, and of the answer only its status is looked at.
"""

import asyncio
import contextlib
import email.utils
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from app.domain.webhooks.delivery import WebhookAttemptOutcome
from app.outbound.public_addresses import (
    AddressNotPublicError,
    PublicAddressTransport,
    Resolve,
)

USER_AGENT: Final = "Wrkbelt-Scheduler-Webhooks/1.0"
SECONDS_TO_DRAIN: Final = 1.0

_resolvers = ThreadPoolExecutor(max_workers=64, thread_name_prefix="webhook-dns")
"""Apart from everybody else's: a name server that never answers holds up nothing but webhooks."""


async def resolve_apart(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host in the order to try them; raises `OSError` when unknown."""
    found = await asyncio.get_running_loop().run_in_executor(
        _resolvers, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, kw_only=True)
class SendingPolicy:
    """How patient the sender is; `allows_private` is for development."""

    allows_private: bool = False
    timeout_seconds: float = 15.0
    connect_timeout_seconds: float = 5.0
    max_answer_bytes: int = 4_096


@dataclass(frozen=True, kw_only=True)
class Sent:
    """How sending ended; `asked_to_wait` is what the receiver's `Retry-After` says."""

    outcome: WebhookAttemptOutcome
    duration_ms: int
    status_code: int | None = None
    asked_to_wait: timedelta | None = None


@dataclass(frozen=True)
class WebhookSender:
    """Sends webhooks; one per process."""

    policy: SendingPolicy = SendingPolicy()
    resolve: Resolve = resolve_apart
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _tls: ssl.SSLContext = field(default_factory=httpx.create_ssl_context, repr=False)

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send once and say how it ended; never raises for what the receiver does."""
        began = time.monotonic()
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(self.policy.timeout_seconds):
                response = await self._post(url, headers=headers, body=body)
            outcome = _outcome_of(response.status_code)
        except (TimeoutError, httpx.TimeoutException):
            outcome = WebhookAttemptOutcome.TIMED_OUT
        except AddressNotPublicError:
            outcome = WebhookAttemptOutcome.ADDRESS_REFUSED
        except (httpx.ConnectError, httpx.InvalidURL, ValueError):
            outcome = WebhookAttemptOutcome.UNREACHABLE
        except httpx.HTTPError:
            outcome = WebhookAttemptOutcome.NO_ANSWER
        return Sent(
            outcome=outcome,
            duration_ms=round((time.monotonic() - began) * 1_000),
            status_code=None if response is None else response.status_code,
            asked_to_wait=None if response is None else self._asked_to_wait(response.headers),
        )

    async def _post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> httpx.Response:
        """Return the answer's head; of its body a little is read, for politeness, and dropped."""
        if not (self.policy.allows_private or url.lower().startswith("https:")):
            raise AddressNotPublicError(httpx.URL(url).host)
        async with (
            self._open() as http,
            http.stream(
                "POST",
                url,
                content=body,
                headers={**headers, "content-type": "application/json", "user-agent": USER_AGENT},
            ) as response,
        ):
            # The status has decided; what goes wrong with the body changes nothing.
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(SECONDS_TO_DRAIN):
                    await self._drain(response)
            return response

    def _open(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=PublicAddressTransport(
                may_be_private=lambda _: self.policy.allows_private,
                resolve=self.resolve,
                open_transport=lambda: httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False),
            ),
            timeout=httpx.Timeout(
                self.policy.timeout_seconds, connect=self.policy.connect_timeout_seconds
            ),
            follow_redirects=False,
            trust_env=False,
        )

    async def _drain(self, response: httpx.Response) -> None:
        # As it comes from the wire: a small body may unpack to a very large one.
        read_bytes = 0
        async for chunk in response.aiter_raw():
            read_bytes += len(chunk)
            if read_bytes > self.policy.max_answer_bytes:
                return

    def _asked_to_wait(self, headers: httpx.Headers) -> timedelta | None:
        text = headers.get("retry-after", "").strip()
        if text.isascii() and text.isdecimal() and len(text) < len("1000000000"):
            return timedelta(seconds=int(text))
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            return max(email.utils.parsedate_to_datetime(text) - self.now(), timedelta())
        return None


def _outcome_of(status_code: int) -> WebhookAttemptOutcome:
    if httpx.codes.is_success(status_code):
        return WebhookAttemptOutcome.DELIVERED
    if httpx.codes.is_redirect(status_code):
        return WebhookAttemptOutcome.REDIRECTED
    return WebhookAttemptOutcome.REFUSED
