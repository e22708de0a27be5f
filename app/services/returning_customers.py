"""Finding the earlier bookings of a customer, for the session that proved to know them.

A booking keeps keyed digests of what would prove knowledge of its customer, and a session's own
entries are turned into the same digests. So what does not prove anything is never looked for: a
number that is known and one that is not take the same single query, which finds nothing. The
digests are of one organization; without the key they say nothing, and they go with the booking's
other personal data.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.lookup_allowance import LookupAllowance
from app.documents.signing_key import SigningKey
from app.domain.access import SessionCredential
from app.domain.booking_flow.steps import CustomerStep
from app.domain.returning_customers import (
    FormValues,
    MaskedCustomer,
    mask_customer,
    read_contact,
)
from app.domain.values import EntityId, Value
from app.services.booking_sessions.pinned import load_pinned_flow

CUSTOMER_DIGESTS = "customer_digests"
KEY_BYTES = 32
LOOKUPS_PER_SESSION = 10
LOOKUPS_PER_NETWORK = 60
LOOKUPS_PER_CUSTOMER = 20
"""Each an hour, in one organization; the last is of one phone number, known or not."""

MAX_BOOKINGS_LOOKED_AT = 20
MAX_PREVIOUS_BOOKINGS = 5


class TooManyLookupsError(Exception):
    """The hour's look-ups are used up."""


class PreviousBooking(Value):
    """A service booked before."""

    service_id: EntityId
    booked_at: datetime


class ReturningCustomer(Value):
    """What is shown of a customer who is recognised, and the newest bookings first."""

    masked: MaskedCustomer
    previous_bookings: tuple[PreviousBooking, ...]


async def find_returning_customer(
    credential: SessionCredential, *, network: str, now: datetime
) -> ReturningCustomer | None:
    """Return the customer whom the session's own form entries prove to know, or None.

    None also where the flow does not ask for it. Raises TooManyLookupsError, for known and unknown
    customers alike; `network` is where the request came from.
    """
    session = await BookingSession.get_owned(
        credential.organization_id, credential.booking_session_id
    )
    values = {} if session is None else await _read_entries(session)
    key = await _load_key()
    await _spend(credential, values, network=network, key=key, now=now)
    digests = _digest(key, credential.organization_id, values)
    if not digests:
        return None
    bookings = await Booking.find_of_customer(
        credential.organization_id, digests, limit=MAX_BOOKINGS_LOOKED_AT
    )
    return _to_customer([each for each in bookings if _is_shown(each, credential)])


async def customer_digests(organization_id: EntityId, values: FormValues) -> list[str]:
    """Return the digests by which the customer of these form values is recognised."""
    return _digest(await _load_key(), organization_id, values)


async def _read_entries(session: BookingSession) -> FormValues:
    """Return what was entered on the steps where customers may be recognised."""
    flow = await load_pinned_flow(session)
    entries: dict[str, JsonValue] = {}
    for step in flow.flow.steps:
        if isinstance(step, CustomerStep) and step.type_config.allow_returning_customers:
            entries |= session.current_state.form_data.get(step.id, {})
    return entries


async def _spend(
    credential: SessionCredential,
    values: FormValues,
    *,
    network: str,
    key: bytes,
    now: datetime,
) -> None:
    phone = read_contact(values).phone or ""
    limits = {
        f"session-{credential.booking_session_id}": LOOKUPS_PER_SESSION,
        f"network-{_sign(key, network)}": LOOKUPS_PER_NETWORK,
        f"customer-{_sign(key, phone)}": LOOKUPS_PER_CUSTOMER,
    }
    if not phone:
        limits.popitem()
    are_within = await asyncio.gather(
        *(
            LookupAllowance.spend(credential.organization_id, subject, limit=limit, now=now)
            for subject, limit in limits.items()
        )
    )
    if not all(are_within):
        raise TooManyLookupsError


def _digest(key: bytes, organization_id: EntityId, values: FormValues) -> list[str]:
    return [_sign(key, f"{organization_id}\n{proof}") for proof in read_contact(values).proofs()]


def _sign(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(errors="replace"), hashlib.sha256).hexdigest()


async def _load_key() -> bytes:
    return await SigningKey.get_kept(CUSTOMER_DIGESTS, new_secret=secrets.token_bytes(KEY_BYTES))


def _is_shown(booking: Booking, credential: SessionCredential) -> bool:
    # Whatever became of its digests, of an erased customer there is nothing to show.
    is_own = booking.booking_session_id == credential.booking_session_id
    return not is_own and booking.erasure_id is None and bool(booking.customer)


def _to_customer(bookings: Sequence[Booking]) -> ReturningCustomer | None:
    if not bookings:
        return None
    return ReturningCustomer(
        masked=mask_customer(bookings[0].customer),
        previous_bookings=tuple(
            PreviousBooking(service_id=each.service_id, booked_at=each.created_at)
            for each in bookings[:MAX_PREVIOUS_BOOKINGS]
        ),
    )
