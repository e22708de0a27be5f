"""Sending what is due, at least once.

A worker takes a delivery for the time of a lease; dies it, another one takes it when the lease has
run out. The receiver then meets the same `webhook-id` twice, never two ids for one event.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.documents.driver import new_id
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.values import EntityId
from app.domain.webhooks.delivery import (
    PATIENCE,
    WebhookAttempt,
    WebhookAttemptOutcome,
    WebhookDeliveryStatus,
    delay_before_next,
)
from app.domain.webhooks.endpoint import WebhookDisabledReason
from app.domain.webhooks.event_types import WebhookEventType
from app.domain.webhooks.signing import signature_headers
from app.outbound.webhook_sender import Sent, WebhookSender
from app.services.webhooks.recording import record_deliveries
from app.services.webhooks.secrets import SecretUnreadableError, WebhookSecrets
from app.services.webhooks.tools import Render

MAX_AT_ONCE: Final = 20
MAX_AT_ONCE_PER_ENDPOINT: Final = 4
"""Both of one worker."""
LEASE: Final = timedelta(minutes=1)
"""Longer than a try can take, with the database's answers before and after it."""
SECONDS_BETWEEN_LOOKS: Final = 2.0
SECONDS_PER_RUN: Final = 60.0
HTTP_GONE: Final = 410

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class WebhookDispatcher:
    """Records and sends webhooks; one per worker."""

    sender: WebhookSender
    secrets: WebhookSecrets | None
    render: Render
    clock: Callable[[], datetime]
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_AT_ONCE))

    async def run(self, stopped: asyncio.Event) -> dict[str, int]:
        """Send until nothing is due, for a minute at most; return what came of it.

        `recorded_count` is of events that were found, the others of tries. While a slow receiver
        is waited for, the others get what is due to them. What was begun is finished when
        `stopped` is set.
        """
        run = _Run(self)
        loop = asyncio.get_running_loop()
        end = loop.time() + SECONDS_PER_RUN
        try:
            while not stopped.is_set() and loop.time() < end:
                run.counts["recorded_count"] += await record_deliveries(
                    now=self.clock(), render=self.render
                )
                await run.start_due()
                if not run.tasks:
                    break
                await asyncio.wait(run.tasks.values(), timeout=SECONDS_BETWEEN_LOOKS)
                run.collect()
        finally:
            run.end = True
            await asyncio.gather(*run.tasks.values(), return_exceptions=True)
        run.collect()
        return dict(run.counts)

    async def deliver_next(self, endpoint_id: EntityId) -> Sent | None:
        """Send one delivery that is due and return how it went; None when none is due."""
        async with self._places:
            # Read at every try: its owner may have changed it meanwhile.
            endpoint = await WebhookEndpoint.get(endpoint_id)
            if endpoint is None:
                await WebhookDelivery.forget_endpoint(endpoint_id)
                return None
            delivery = await WebhookDelivery.claim(
                endpoint_id, lease_token=new_id(), now=self.clock(), lease=LEASE
            )
            if delivery is None:
                return None
            at = self.clock()
            sent = await self._send(endpoint, delivery, at)
            await self._finish(endpoint, delivery, sent, at=at)
            return sent

    async def _send(
        self, endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime
    ) -> Sent:
        is_test = delivery.event_type is WebhookEventType.WEBHOOK_TEST
        if not (endpoint.enabled or is_test):
            return Sent(outcome=WebhookAttemptOutcome.ENDPOINT_DISABLED, duration_ms=0)
        try:
            secrets = self._open_secrets(endpoint, now)
        except SecretUnreadableError:
            logger.error("the secret of webhook endpoint %s cannot be opened", endpoint.id)
            return Sent(outcome=WebhookAttemptOutcome.SECRET_UNREADABLE, duration_ms=0)
        headers = signature_headers(
            delivery.body,
            message_id=delivery.webhook_id,
            timestamp=int(now.timestamp()),
            secrets=secrets,
        )
        return await self.sender.send(endpoint.url, headers=headers, body=delivery.body.encode())

    def _open_secrets(self, endpoint: WebhookEndpoint, now: datetime) -> list[str]:
        if self.secrets is None:
            raise SecretUnreadableError("there are no cipher keys")
        sealed = [endpoint.sealed_secret]
        expires_at = endpoint.previous_secret_expires_at
        if endpoint.sealed_previous_secret and expires_at and now < expires_at:
            sealed.append(endpoint.sealed_previous_secret)
        return [self.secrets.open(each, endpoint_id=endpoint.id) for each in sealed]

    async def _finish(
        self, endpoint: WebhookEndpoint, delivery: WebhookDelivery, sent: Sent, *, at: datetime
    ) -> None:
        now = self.clock()
        status, delay = _decide(delivery, sent)
        is_kept = await delivery.finish_try(
            WebhookAttempt(
                at=at,
                outcome=sent.outcome,
                status_code=sent.status_code,
                duration_ms=sent.duration_ms,
            ),
            status=status,
            next_attempt_at=None if delay is None else now + delay,
            now=now,
        )
        if is_kept and delivery.event_type is not WebhookEventType.WEBHOOK_TEST:
            await _judge_endpoint(endpoint, sent, is_final=delay is None, now=now)


def _decide(
    delivery: WebhookDelivery, sent: Sent
) -> tuple[WebhookDeliveryStatus, timedelta | None]:
    match sent.outcome:
        case WebhookAttemptOutcome.DELIVERED:
            return WebhookDeliveryStatus.DELIVERED, None
        case WebhookAttemptOutcome.ENDPOINT_DISABLED:
            return WebhookDeliveryStatus.FAILED, None
    delay = delay_before_next(
        delivery.tries_left - 1,
        jitter=random.random(),  # noqa: S311 - it spreads load, it guards nothing.
        asked_to_wait=sent.asked_to_wait,
    )
    if delay is None or sent.status_code == HTTP_GONE:
        return WebhookDeliveryStatus.FAILED, None
    return WebhookDeliveryStatus.PENDING, delay


async def _judge_endpoint(
    endpoint: WebhookEndpoint, sent: Sent, *, is_final: bool, now: datetime
) -> None:
    """Note how the endpoint does, and stop sending to one that is gone or fails for days."""
    match sent.outcome:
        case WebhookAttemptOutcome.DELIVERED:
            if endpoint.failing_since is not None:
                await WebhookEndpoint.mark_working(endpoint.id)
            return
        case WebhookAttemptOutcome.ENDPOINT_DISABLED | WebhookAttemptOutcome.SECRET_UNREADABLE:
            return
    if endpoint.failing_since is None:
        await WebhookEndpoint.mark_failing(endpoint.id, since=now)
    reason = _reason_to_disable(endpoint, sent, is_final=is_final, now=now)
    if reason is not None and await WebhookEndpoint.disable(
        endpoint.id, version=endpoint.version, reason=reason, now=now
    ):
        logger.warning("webhook endpoint %s is disabled: %s", endpoint.id, reason)


def _reason_to_disable(
    endpoint: WebhookEndpoint, sent: Sent, *, is_final: bool, now: datetime
) -> WebhookDisabledReason | None:
    if sent.status_code == HTTP_GONE:
        return WebhookDisabledReason.GONE
    since = endpoint.failing_since
    if is_final and since is not None and now - since >= PATIENCE:
        return WebhookDisabledReason.KEPT_FAILING
    return None


@dataclass
class _Run:
    """One run: a task for each endpoint that is being sent to."""

    dispatcher: WebhookDispatcher
    counts: Counter[str] = field(
        default_factory=lambda: Counter(recorded_count=0, delivered_count=0, refused_count=0)
    )
    tasks: dict[EntityId, asyncio.Task[None]] = field(default_factory=dict)
    resting: set[EntityId] = field(default_factory=set)
    end: bool = False

    async def start_due(self) -> None:
        """Begin with every endpoint to which something is due; those that failed rest."""
        due = await WebhookDelivery.find_due_endpoints(now=self.dispatcher.clock())
        for endpoint_id in due - self.resting - self.tasks.keys():
            self.tasks[endpoint_id] = asyncio.create_task(self._deliver_to(endpoint_id))

    def collect(self) -> None:
        """Forget the tasks that are done; raises what one of them raised."""
        for endpoint_id in [each for each, task in self.tasks.items() if task.done()]:
            self.tasks.pop(endpoint_id).result()

    async def _deliver_to(self, endpoint_id: EntityId) -> None:
        lanes = (self._deliver_in_turn(endpoint_id) for _ in range(MAX_AT_ONCE_PER_ENDPOINT))
        outcomes = await asyncio.gather(*lanes, return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def _deliver_in_turn(self, endpoint_id: EntityId) -> None:
        while not self.end and endpoint_id not in self.resting:
            sent = await self.dispatcher.deliver_next(endpoint_id)
            if sent is None:
                return
            match sent.outcome:
                case WebhookAttemptOutcome.DELIVERED:
                    self.counts["delivered_count"] += 1
                case WebhookAttemptOutcome.ENDPOINT_DISABLED:
                    self.counts["refused_count"] += 1
                case _:
                    self.counts["refused_count"] += 1
                    self.resting.add(endpoint_id)
