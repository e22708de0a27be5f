"""Telling the world that a booking changed."""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Coroutine
from typing import Any

import httpx

from app.transport.vendor_stand_in.knobs import Webhook
from app.transport.vendor_stand_in.state import JsonRow

DELIVERY_TIMEOUT_SECONDS = 10


class WebhookSender:
    """Delivers events in the background, again after each pause until one delivery succeeds."""

    def __init__(self) -> None:
        self._deliveries: set[asyncio.Task[None]] = set()

    def tell_booking_updated(self, webhook: Webhook, booking: JsonRow) -> None:
        """Begin to deliver the event that a booking has changed."""
        event = {
            "specversion": "1.0",
            "source": "servicetitan-stand-in",
            "type": "tn.crm.booking-updated",
            "time": booking["modifiedOn"],
            "userassignedid": secrets.token_hex(8),
            "data": booking,
        }
        for _ in range(webhook.deliveries):
            self._start(_deliver(webhook, dict(event)))

    def stop(self) -> None:
        """Give up every delivery that is under way."""
        for delivery in self._deliveries:
            delivery.cancel()

    def _start(self, delivery: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(delivery)
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)


async def _deliver(webhook: Webhook, event: dict[str, Any]) -> None:
    async with httpx.AsyncClient(timeout=DELIVERY_TIMEOUT_SECONDS, trust_env=False) as http:
        for pause_seconds in (0, *webhook.retry_seconds):
            await asyncio.sleep(pause_seconds)
            # Each delivery has an id of its own; what happened keeps `userassignedid`.
            if await _post(http, webhook, event | {"id": secrets.token_hex(8)}):
                return


async def _post(http: httpx.AsyncClient, webhook: Webhook, event: dict[str, Any]) -> bool:
    """Return whether the delivery was accepted."""
    body = json.dumps(event).encode()
    signature = hmac.digest(webhook.key.encode(), body, hashlib.sha256).hex()
    headers = {
        "Content-Type": "application/cloudevents+json",
        webhook.signature_header: signature,
    }
    try:
        answer = await http.post(webhook.url, content=body, headers=headers)
    except httpx.RequestError:
        return False
    return answer.is_success
