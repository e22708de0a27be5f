"""Reading the vendor's webhooks: CloudEvents 1.0 with a signature over the body."""

import base64
import binascii
import contextlib
import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue, ValidationError

from app.servicetitan.payloads.base import Payload, VendorInstant
from app.servicetitan.payloads.bookings import VendorBooking

SIGNATURE_PREFIX = "sha256="
BOOKING_UPDATED = "tn.crm.booking-updated"


class WebhookRefusal(StrEnum):
    """Why a webhook is not believed."""

    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_WRONG = "signature_wrong"
    NOT_A_CLOUD_EVENT = "not_a_cloud_event"


class VendorEvent(Payload):
    """A CloudEvent in structured mode; names are lower case in that standard.

    The same event can arrive more than once and events can arrive out of order: drop a repeated
    `deduplication_id`, and let the newest `modified_on` of the data win.
    """

    specversion: Annotated[str, Field(alias="specversion", pattern=r"^1\.")]
    id: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    type: Annotated[str, Field(min_length=1)]
    time: VendorInstant | None = None
    userassignedid: Annotated[str | None, Field(alias="userassignedid")] = None
    data: Annotated[JsonValue, Field(repr=False)] = None

    @property
    def deduplication_id(self) -> str:
        """The vendor's id of what happened, the same for every delivery of it."""
        return self.userassignedid or self.id


def sign(body: bytes, *, key: bytes) -> str:
    """Return the signature of a body: HMAC-SHA256 in hexadecimal."""
    return hmac.digest(key, body, hashlib.sha256).hex()


def read_webhook(
    body: bytes, headers: Mapping[str, str], *, key: bytes, signature_header: str
) -> VendorEvent | WebhookRefusal:
    """Return the event of a webhook, or why it is refused.

    The signature is checked before anything is parsed. The vendor does not document the header, so
    its name is a setting, and the digest may be hexadecimal or Base64, with or without `sha256=`.
    """
    signature = _find_header(headers, signature_header)
    if signature is None:
        return WebhookRefusal.SIGNATURE_MISSING
    if not is_signed_by(body, signature=signature, key=key):
        return WebhookRefusal.SIGNATURE_WRONG
    try:
        return VendorEvent.model_validate_json(body)
    except ValidationError:
        return WebhookRefusal.NOT_A_CLOUD_EVENT


def is_signed_by(body: bytes, *, signature: str, key: bytes) -> bool:
    """Tell whether a signature is that of the body, in constant time."""
    expected = hmac.digest(key, body, hashlib.sha256)
    text = signature.strip().removeprefix(SIGNATURE_PREFIX)
    return any(hmac.compare_digest(expected, digest) for digest in _decodings(text))


def read_updated_booking(event: VendorEvent) -> VendorBooking | None:
    """Return the booking of a `tn.crm.booking-updated` event, None for any other event."""
    if event.type != BOOKING_UPDATED:
        return None
    try:
        return VendorBooking.model_validate(event.data)
    except ValidationError:
        return None


def _decodings(text: str) -> tuple[bytes, ...]:
    decoded = []
    with contextlib.suppress(ValueError):
        decoded.append(bytes.fromhex(text))
    with contextlib.suppress(binascii.Error, ValueError):
        decoded.append(base64.b64decode(text, validate=True))
    return tuple(decoded)


def _find_header(headers: Mapping[str, str], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), None)
