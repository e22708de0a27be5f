import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from app.servicetitan.payloads.bookings import VendorBookingStatus
from app.servicetitan.webhooks import (
    VendorEvent,
    WebhookRefusal,
    read_updated_booking,
    read_webhook,
    sign,
)

KEY = b"0123456789abcdef0123456789abcdef"
HEADER = "X-Vendor-Signature"


def a_body(**changes: Any) -> bytes:
    event = {
        "specversion": "1.0",
        "id": "delivery-1",
        "source": "servicetitan",
        "type": "tn.crm.booking-updated",
        "time": "2026-03-02T08:00:00Z",
        "userassignedid": "event-1",
        "data": {"id": 900001, "externalId": "65f0", "status": "Accepted", "new": True},
    }
    return json.dumps(event | changes).encode()


def read(body: bytes, headers: dict[str, str]) -> VendorEvent | WebhookRefusal:
    return read_webhook(body, headers, key=KEY, signature_header=HEADER)


def digest(body: bytes) -> bytes:
    return hmac.new(KEY, body, hashlib.sha256).digest()


@pytest.mark.parametrize(
    "signature",
    [
        digest(a_body()).hex(),
        digest(a_body()).hex().upper(),
        f"sha256={digest(a_body()).hex()}",
        base64.b64encode(digest(a_body())).decode(),
        sign(a_body(), key=KEY),
    ],
)
def test_signature_over_the_exact_body_is_believed(signature: str) -> None:
    event = read(a_body(), {HEADER.lower(): signature})
    assert isinstance(event, VendorEvent)
    assert event.deduplication_id == "event-1"


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({}, WebhookRefusal.SIGNATURE_MISSING),
        ({"X-Other": sign(a_body(), key=KEY)}, WebhookRefusal.SIGNATURE_MISSING),
        ({HEADER: ""}, WebhookRefusal.SIGNATURE_WRONG),
        ({HEADER: "sha256="}, WebhookRefusal.SIGNATURE_WRONG),
        ({HEADER: "no digest é"}, WebhookRefusal.SIGNATURE_WRONG),
        ({HEADER: sign(a_body(), key=b"another")}, WebhookRefusal.SIGNATURE_WRONG),
        ({HEADER: sign(a_body(id="2"), key=KEY)}, WebhookRefusal.SIGNATURE_WRONG),
        ({HEADER: sign(a_body(), key=KEY)[:32]}, WebhookRefusal.SIGNATURE_WRONG),
    ],
)
def test_webhook_without_the_right_signature_is_refused(
    headers: dict[str, str], refusal: WebhookRefusal
) -> None:
    assert read(a_body(), headers) is refusal


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", a_body(specversion="2.0"), a_body(id=""), a_body(type=None)]
)
def test_signed_body_that_is_no_cloud_event_is_refused(body: bytes) -> None:
    assert read(body, {HEADER: sign(body, key=KEY)}) is WebhookRefusal.NOT_A_CLOUD_EVENT


def test_event_without_the_vendors_id_is_deduplicated_by_its_own() -> None:
    event = VendorEvent.model_validate_json(a_body(userassignedid=None))
    assert event.deduplication_id == "delivery-1"


def test_updated_booking_is_read_from_its_event_only() -> None:
    booking = read_updated_booking(VendorEvent.model_validate_json(a_body()))
    assert booking is not None
    assert (booking.external_id, booking.status) == ("65f0", VendorBookingStatus.ACCEPTED)
    other = VendorEvent.model_validate_json(a_body(type="tn.crm.customer-updated"))
    assert read_updated_booking(other) is None
    damaged = VendorEvent.model_validate_json(a_body(data="none"))
    assert read_updated_booking(damaged) is None
