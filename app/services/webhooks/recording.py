"""Writing deliveries for what happened.

A fact bears the time its request arrived, and is stored a little later. So each look goes back a
little behind the last one, and once a minute ten minutes. The unique key of a delivery, endpoint
and event, makes a second look harmless, and so any number of workers, and crashes.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.driver import UNAVAILABLE_ERRORS, new_id
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.values import EntityId
from app.domain.webhooks.delivery import MAX_TRIES
from app.domain.webhooks.event_types import WebhookEventType
from app.domain.webhooks.events import WebhookEvent
from app.services.webhooks.facts import Fact, load_event, stream_facts
from app.services.webhooks.tools import Render

OVERLAP: Final = timedelta(minutes=10)
"""The longest a fact may take to be stored, and clocks of servers may differ, together."""
SHORT_OVERLAP: Final = timedelta(seconds=30)
"""What all but the slowest are stored within; those are found a minute later."""
BETWEEN_THOROUGH_LOOKS: Final = timedelta(minutes=1)
"""Only these go back all of `OVERLAP`, and are noted at the endpoints they were for."""

logger = logging.getLogger(__name__)


async def record_deliveries(*, now: datetime, render: Render) -> int:
    """Write a delivery for everything that happened and has none yet; return how many.

    What cannot be told is logged and left out, and tried again for as long as it is recent. Raises
    one of UNAVAILABLE_ERRORS when the database cannot be reached.
    """
    by_organization: defaultdict[EntityId, list[WebhookEndpoint]] = defaultdict(list)
    for endpoint in await WebhookEndpoint.list_enabled():
        by_organization[endpoint.organization_id].append(endpoint)
    recorded = 0
    for organization_id, endpoints in by_organization.items():
        with _others_go_on(f"webhooks of organization {organization_id}"):
            recorded += await _record_for(organization_id, endpoints, now=now, render=render)
    return recorded


async def _record_for(
    organization_id: EntityId,
    endpoints: Sequence[WebhookEndpoint],
    *,
    now: datetime,
    render: Render,
) -> int:
    recorded = 0
    scanned_until = min(endpoint.scanned_until for endpoint in endpoints)
    is_thorough = now - scanned_until >= BETWEEN_THOROUGH_LOOKS
    since = scanned_until - (OVERLAP if is_thorough else SHORT_OVERLAP)
    for event_type in WebhookEventType:
        wanting = [each for each in endpoints if event_type in each.event_types]
        if not wanting:
            continue
        batch: list[Fact] = []
        async for fact in stream_facts(organization_id, event_type, since=since):
            batch.append(fact)
            if len(batch) == MAX_IDS_PER_COMMAND:
                recorded += await _record_batch(batch, wanting, now=now, render=render)
                batch.clear()
        recorded += await _record_batch(batch, wanting, now=now, render=render)
    if is_thorough:
        await WebhookEndpoint.mark_scanned([each.id for each in endpoints], until=now)
    return recorded


async def _record_batch(
    facts: Sequence[Fact], endpoints: Iterable[WebhookEndpoint], *, now: datetime, render: Render
) -> int:
    missing = [
        (endpoint, fact) for endpoint in endpoints for fact in await _find_untold(endpoint, facts)
    ]
    told = {fact.id: fact for _, fact in missing}
    events = {fact.id: await _load(fact) for fact in told.values()}
    return await WebhookDelivery.insert_new(
        [
            to_delivery(event, endpoint, tries=MAX_TRIES, now=now, render=render)
            for endpoint, fact in missing
            if (event := events[fact.id]) is not None
        ]
    )


async def _find_untold(endpoint: WebhookEndpoint, facts: Sequence[Fact]) -> list[Fact]:
    since = {each.event_type: each.since for each in endpoint.subscriptions}
    wanted = [fact for fact in facts if fact.at >= since[fact.event_type]]
    if not wanted:
        return []
    told = await WebhookDelivery.find_told(endpoint.id, [fact.id for fact in wanted])
    return [fact for fact in wanted if fact.id not in told]


async def _load(fact: Fact) -> WebhookEvent | None:
    with _others_go_on(f"{fact.event_type} {fact.id}"):
        return await load_event(fact)
    return None


@contextmanager
def _others_go_on(what: str) -> Iterator[None]:
    """Log what goes wrong inside the block and go on behind it, unless the database is away."""
    try:
        yield
    except UNAVAILABLE_ERRORS:
        raise
    except Exception as error:
        # Only the kind of error: its text may repeat what the customer entered.
        logger.error("%s cannot be told: %s", what, type(error).__name__)


def to_delivery(
    event: WebhookEvent,
    endpoint: WebhookEndpoint,
    *,
    tries: int,
    now: datetime,
    render: Render,
) -> WebhookDelivery:
    """Return a delivery that is due at once."""
    return WebhookDelivery(
        id=new_id(),
        organization_id=endpoint.organization_id,
        created_at=now,
        updated_at=now,
        webhook_endpoint_id=endpoint.id,
        event_id=event.id,
        event_type=event.event_type,
        occurred_at=event.occurred_at,
        body=render(event),
        tries_left=tries,
        next_attempt_at=now,
    )
