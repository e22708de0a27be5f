"""Taking in what the vendor tells by webhook."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from app.documents.signing_key import SigningKey
from app.documents.vendor_account import VendorAccount
from app.documents.vendor_event import VendorEvent
from app.domain.values import EntityId
from app.services.vendor.news import take_news
from app.servicetitan.webhooks import WebhookRefusal, read_updated_booking, read_webhook

PURPOSE = "vendor_webhooks"
PATH = "/vendor/webhooks"


class Receipt(Enum):
    """What became of a delivery."""

    TAKEN = auto()
    REPEATED = auto()
    NOT_BELIEVED = auto()
    NOT_UNDERSTOOD = auto()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A request that says it comes from the vendor of the account."""

    account_id: EntityId
    headers: Mapping[str, str]
    body: bytes


def webhook_path(account_id: EntityId) -> str:
    """Return the path at which the vendor tells of an account's bookings."""
    return f"{PATH}/{account_id}"


async def webhook_key(account_id: EntityId) -> str:
    """Return the key with which the vendor signs its webhooks for an account.

    It follows from a secret of the server's own, so an account that is connected anew gets another.
    """
    secret = await SigningKey.get_kept(PURPOSE, new_secret=secrets.token_bytes(32))
    return hmac.digest(secret, account_id.encode(), hashlib.sha256).hex()


async def receive(delivery: Delivery, *, signature_header: str, now: datetime) -> Receipt:
    """Take in a delivery: once, whenever it comes and however often.

    An unknown account and a wrong signature are the same. An event is only noted once its news are
    stored, so that one cut short is taken in again.
    """
    key = await webhook_key(delivery.account_id)
    event = read_webhook(
        delivery.body, delivery.headers, key=key.encode(), signature_header=signature_header
    )
    if event is WebhookRefusal.NOT_A_CLOUD_EVENT:
        return Receipt.NOT_UNDERSTOOD
    account = await VendorAccount.get(delivery.account_id)
    if isinstance(event, WebhookRefusal) or account is None:
        return Receipt.NOT_BELIEVED
    organization_id = account.organization_id
    digest = hashlib.sha256(event.deduplication_id.encode()).hexdigest()
    if await VendorEvent.is_known(organization_id, digest):
        return Receipt.REPEATED
    booking = read_updated_booking(event)
    if booking is not None:
        await take_news(organization_id, booking, now=now)
    await VendorEvent.remember(organization_id, digest, now=now)
    return Receipt.TAKEN
