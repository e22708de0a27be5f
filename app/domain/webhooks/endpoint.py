"""Where webhooks go, and which."""

import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from app.domain.public_addresses import is_public
from app.domain.refusal import problem_at
from app.domain.values import Value
from app.domain.webhooks.event_types import SUBSCRIBABLE, WebhookEventType

MAX_URL_LENGTH: Final = 2_000
MAX_ENDPOINTS: Final = 10
"""Endpoints of one organization."""

_URL = re.compile(r"https?://[!-\[\]-~]+", re.IGNORECASE)  # Visible ASCII but the backslash.
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?", re.ASCII)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa")


class WebhookDisabledReason(StrEnum):
    """Why the server itself stopped sending."""

    KEPT_FAILING = "kept_failing"
    GONE = "gone"


class WebhookSubscription(Value):
    """A kind of event, and since when it is sent."""

    event_type: WebhookEventType
    since: datetime


def _require_distinct(types: tuple[WebhookEventType, ...]) -> tuple[WebhookEventType, ...]:
    for position, event_type in enumerate(types):
        if event_type in types[:position]:
            raise problem_at("DUPLICATE", "is named twice", position)
        if event_type not in SUBSCRIBABLE:
            raise problem_at("INVALID", "is sent on demand only", position)
    return types


EventTypes = Annotated[
    tuple[WebhookEventType, ...], Field(min_length=1), AfterValidator(_require_distinct)
]


def find_url_fault(url: str, *, allows_private: bool) -> str | None:
    """Return why webhooks cannot be sent to `url`, None when they can.

    This is for the owner who types it. What a name leads to is judged at every connection.
    """
    host, fault = _read_host(url)
    if fault or host is None:
        return fault
    if allows_private:
        return None
    if not url.lower().startswith("https:"):
        return "must begin with https://"
    return None if _may_be_public(host) else "must be an address of the public internet"


def _require_public_url(url: str) -> str:
    return _accept(url, find_url_fault(url, allows_private=False))


def _require_url(url: str) -> str:
    return _accept(url, find_url_fault(url, allows_private=True))


def _accept(url: str, fault: str | None) -> str:
    if fault is not None:
        raise ValueError(fault)
    return url


_UrlText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL_LENGTH)]


class WebhookEndpointContent(Value):
    """What an owner says of an endpoint."""

    url: Annotated[_UrlText, AfterValidator(_require_public_url)]
    event_types: EventTypes
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    enabled: bool = True


class DevelopmentWebhookEndpointContent(WebhookEndpointContent):
    """The same where endpoints may be private and need no TLS."""

    url: Annotated[_UrlText, AfterValidator(_require_url)]


def _read_host(url: str) -> tuple[str | None, str | None]:
    """Return the host in lower case, or None and what is wrong with the URL."""
    if not url.isascii() or _URL.fullmatch(url) is None:
        return None, "must be a URL that begins with https://, in ASCII"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None, "has no valid host and port"
    if not host:
        return None, "must name a host"
    if "@" in parts.netloc or "#" in url:
        return None, "must have no user, password or fragment"
    is_address = parts.netloc.startswith("[") or _is_number(host)
    if is_address and not _is_ip_address(host):
        return None, "must name a host, or an address in its usual form"
    if not is_address and _HOST_NAME.fullmatch(host) is None:
        return None, "has no valid host"
    return host, None


def _is_number(host: str) -> bool:
    """Tell whether a host is read as an IPv4 address, as 2130706433 and 0x7f.1 are."""
    return _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def _may_be_public(host: str) -> bool:
    if _is_ip_address(host):
        return is_public(host)
    name = host.rstrip(".")
    return "." in name and not name.endswith(_PRIVATE_SUFFIXES)


def resubscribe(
    old: Sequence[WebhookSubscription],
    event_types: Sequence[WebhookEventType],
    *,
    now: datetime,
    starts_anew: bool,
) -> tuple[WebhookSubscription, ...]:
    """Return the subscriptions to `event_types`; those kept go on unless all start anew."""
    since = {} if starts_anew else {each.event_type: each.since for each in old}
    return tuple(
        WebhookSubscription(event_type=event_type, since=since.get(event_type, now))
        for event_type in event_types
    )
