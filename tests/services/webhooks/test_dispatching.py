"""Everything due is sent at least once, signed, and to nobody faster than it can take."""

import asyncio
import time
from collections import Counter
from datetime import timedelta

import pytest

from app.api.webhook_endpoints.payloads import render_event
from app.documents.driver import new_id
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.webhooks.delivery import MAX_TRIES, PATIENCE, WebhookDeliveryStatus
from app.domain.webhooks.delivery import WebhookAttemptOutcome as Outcome
from app.domain.webhooks.endpoint import WebhookDisabledReason
from app.domain.webhooks.event_types import WebhookEventType
from app.services.editing import Deletion, Patch
from app.services.webhooks.deliveries import redeliver_webhook, send_test_webhook
from app.services.webhooks.dispatching import LEASE, MAX_AT_ONCE_PER_ENDPOINT
from app.services.webhooks.endpoints import (
    Rotation,
    delete_webhook_endpoint,
    rotate_webhook_secret,
    update_webhook_endpoint,
)
from app.services.webhooks.tools import WebhookTools
from tests.receiver import Receiver, a_receiver, answering, documented_verify, hanging
from tests.services.booking_sessions.builders import LATER, a_customer, a_place
from tests.services.webhooks.builders import (
    TOOLS,
    Worker,
    abandon,
    an_endpoint,
    an_owner,
    deliveries_to,
    record,
    reload,
)

pytestmark = pytest.mark.usefixtures("database")

VERIFY = documented_verify()


def verify(receiver: Receiver, secret: str) -> None:
    """Verify the newest request as our documentation says, whatever the worker's clock shows."""
    received = receiver.received[-1]
    clock = time.time
    time.time = lambda: float(received.headers["webhook-timestamp"])
    try:
        VERIFY(secret, received.headers, received.body)
    finally:
        time.time = clock


async def an_endpoint_with_news(
    receiver: Receiver, *, facts: int = 1
) -> tuple[WebhookEndpoint, str]:
    """Return an endpoint to which abandoned sessions are to be told, and its secret."""
    place = await a_place()
    endpoint, secret = await an_endpoint(place.organization_id, receiver.url)
    for _ in range(facts):
        await abandon(await a_customer(place=place))
    return endpoint, secret


async def the_delivery(endpoint: WebhookEndpoint) -> WebhookDelivery:
    (delivery,) = await deliveries_to(endpoint)
    return delivery


def ids(receiver: Receiver) -> list[str]:
    return [received.webhook_id for received in receiver.received]


async def test_what_happened_arrives_signed_as_documented() -> None:
    async with a_receiver() as receiver:
        endpoint, secret = await an_endpoint_with_news(receiver)
        counts = await Worker().run()

    delivery = await the_delivery(endpoint)
    assert counts == {"recorded_count": 1, "delivered_count": 1, "refused_count": 0}
    assert ids(receiver) == [f"msg_{delivery.event_id}"]
    assert receiver.received[0].body.decode() == delivery.body
    verify(receiver, secret)
    assert (delivery.status, delivery.next_attempt_at) == (WebhookDeliveryStatus.DELIVERED, None)
    (attempt,) = delivery.attempts
    assert (attempt.outcome, attempt.status_code) == (Outcome.DELIVERED, 204)


async def test_a_failing_receiver_gets_the_same_webhook_again_and_later_each_time() -> None:
    async with a_receiver(answering(500)) as receiver:
        endpoint, secret = await an_endpoint_with_news(receiver)
        worker = Worker()
        await worker.run()
        first = await the_delivery(endpoint)
        assert first.next_attempt_at is not None
        await worker.run(after=timedelta(seconds=7))
        assert len(receiver.received) == 1

        await worker.run(after=timedelta(seconds=6))
        receiver.behaviour = answering(200)
        await worker.run(after=timedelta(seconds=40))

    assert len(set(ids(receiver))) == 1
    assert len({received.body for received in receiver.received}) == 1
    assert len({received.headers["webhook-signature"] for received in receiver.received}) == 3
    verify(receiver, secret)
    done = await the_delivery(endpoint)
    assert [attempt.status_code for attempt in done.attempts] == [500, 500, 200]
    assert done.status is WebhookDeliveryStatus.DELIVERED
    assert (await reload(endpoint)).failing_since is None


async def test_after_ten_tries_it_has_failed_and_days_of_failure_disable_the_endpoint() -> None:
    async with a_receiver(answering(503)) as receiver:
        endpoint, _ = await an_endpoint_with_news(receiver)
        worker = Worker()
        for _ in range(MAX_TRIES):
            await worker.run(after=timedelta(hours=22))
        assert (await the_delivery(endpoint)).status is WebhookDeliveryStatus.FAILED
        still = await reload(endpoint)
        assert await worker.run(after=timedelta(hours=22)) == Counter(
            recorded_count=0, delivered_count=0, refused_count=0
        )

    assert len(receiver.received) == MAX_TRIES
    assert (still.enabled, still.disabled_reason) == (False, WebhookDisabledReason.KEPT_FAILING)
    assert still.version == endpoint.version + 1


async def test_an_endpoint_that_fails_for_less_than_three_days_stays_enabled() -> None:
    async with a_receiver(answering(503)) as receiver:
        endpoint, _ = await an_endpoint_with_news(receiver)
        worker = Worker()
        await worker.run()
        while (due := (await the_delivery(endpoint)).next_attempt_at) is not None:
            worker.now = due
            await worker.run()
        still = await reload(endpoint)

    assert len(receiver.received) == MAX_TRIES
    assert worker.now - LATER < PATIENCE
    assert (await the_delivery(endpoint)).status is WebhookDeliveryStatus.FAILED
    assert (still.enabled, still.failing_since) == (True, LATER)


async def test_an_endpoint_that_says_it_is_gone_is_disabled_and_what_is_pending_fails() -> None:
    async with a_receiver(answering(410)) as receiver:
        endpoint, _ = await an_endpoint_with_news(receiver, facts=6)
        worker = Worker()
        await worker.run()
        await worker.run(after=timedelta(minutes=2))

    assert len(receiver.received) <= MAX_AT_ONCE_PER_ENDPOINT
    assert (await reload(endpoint)).disabled_reason is WebhookDisabledReason.GONE
    deliveries = await deliveries_to(endpoint)
    assert {delivery.status for delivery in deliveries} == {WebhookDeliveryStatus.FAILED}
    outcomes = Counter(delivery.attempts[-1].outcome for delivery in deliveries)
    assert outcomes[Outcome.ENDPOINT_DISABLED] == 6 - len(receiver.received)


async def test_workers_side_by_side_send_everything_once() -> None:
    async with a_receiver() as receiver:
        endpoint, _ = await an_endpoint_with_news(receiver, facts=12)
        counts = await asyncio.gather(*(Worker().run() for _ in range(3)))

    assert sum(count["recorded_count"] for count in counts) == 12
    assert sum(count["delivered_count"] for count in counts) == 12
    assert sorted(ids(receiver)) == sorted(
        delivery.webhook_id for delivery in await deliveries_to(endpoint)
    )


async def test_a_hanging_receiver_holds_up_nobody_else_and_is_sent_few_at_a_time() -> None:
    async with a_receiver(hanging) as slow, a_receiver() as quick:
        stuck, _ = await an_endpoint_with_news(slow, facts=10)
        await an_endpoint_with_news(quick, facts=10)
        await Worker().run()

    assert len(quick.received) == 10
    # Those under way when the first timed out; the rest waits for the next run.
    assert len(slow.received) == MAX_AT_ONCE_PER_ENDPOINT
    assert {delivery.status for delivery in await deliveries_to(stuck)} == {
        WebhookDeliveryStatus.PENDING
    }


async def test_a_delivery_whose_worker_died_is_sent_when_its_lease_has_run_out() -> None:
    async with a_receiver() as receiver:
        endpoint, _ = await an_endpoint_with_news(receiver)
        await record()
        died = await WebhookDelivery.claim(
            endpoint.id, lease_token=new_id(), now=LATER, lease=LEASE
        )
        assert died is not None
        worker = Worker()
        await worker.run(after=LEASE - timedelta(seconds=1))
        assert receiver.received == []

        await worker.run(after=timedelta(seconds=2))

    assert ids(receiver) == [died.webhook_id]
    # Should the dead worker only have been slow, it may no longer say how it went.
    assert not await died.finish_try(
        died.attempts[0] if died.attempts else (await the_delivery(endpoint)).attempts[0],
        status=WebhookDeliveryStatus.FAILED,
        next_attempt_at=None,
        now=worker.now,
    )
    assert (await the_delivery(endpoint)).status is WebhookDeliveryStatus.DELIVERED


async def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_the_new_one_only() -> None:
    async with a_receiver() as receiver:
        endpoint, old = await an_endpoint_with_news(receiver)
        author = an_owner(endpoint.organization_id, now=LATER)
        _, new = await rotate_webhook_secret(
            Rotation(id=endpoint.id, expected_version=1), author=author, tools=TOOLS
        )
        await Worker().run()
        verify(receiver, old)
        verify(receiver, new)

        delivery = await the_delivery(endpoint)
        later = LATER + timedelta(days=1)
        await redeliver_webhook(delivery.id, author=an_owner(endpoint.organization_id, now=later))
        await Worker(now=later).run()
        verify(receiver, new)
        with pytest.raises(ValueError, match="signature is wrong"):
            verify(receiver, old)
    assert len(receiver.received) == 2


@pytest.mark.parametrize("status", [200, 400])
async def test_redelivery_sends_the_same_once_more_whatever_came_of_it(status: int) -> None:
    async with a_receiver(answering(status)) as receiver:
        endpoint, _ = await an_endpoint_with_news(receiver)
        worker = Worker()
        await worker.run()
        delivery = await the_delivery(endpoint)
        receiver.behaviour = answering(202)
        queued = await redeliver_webhook(
            delivery.id, author=an_owner(endpoint.organization_id, now=worker.now)
        )
        await worker.run()

    assert (queued.status, queued.tries_left) == (WebhookDeliveryStatus.PENDING, MAX_TRIES)
    assert ids(receiver) == [delivery.webhook_id] * 2
    done = await the_delivery(endpoint)
    assert [attempt.status_code for attempt in done.attempts] == [status, 202]
    assert done.status is WebhookDeliveryStatus.DELIVERED


async def test_a_test_goes_to_a_disabled_endpoint_too_and_is_tried_once() -> None:
    async with a_receiver(answering(500)) as receiver:
        organization_id = new_id()
        endpoint, secret = await an_endpoint(organization_id, receiver.url, enabled=False)
        await send_test_webhook(
            endpoint.id, author=an_owner(organization_id, now=LATER), render=render_event
        )
        worker = Worker()
        await worker.run()
        await worker.run(after=timedelta(days=1))

    verify(receiver, secret)
    assert [each.payload["type"] for each in receiver.received] == ["webhook.test"]
    delivery = await the_delivery(endpoint)
    assert delivery.event_type is WebhookEventType.WEBHOOK_TEST
    assert delivery.status is WebhookDeliveryStatus.FAILED
    # A test says nothing about how the endpoint does in earnest.
    assert (await reload(endpoint)).failing_since is None


async def test_what_happens_while_an_endpoint_is_disabled_is_not_told_later() -> None:
    async with a_receiver() as receiver:
        place = await a_place()
        endpoint, _ = await an_endpoint(place.organization_id, receiver.url)

        async def set_enabled(version: int, after_seconds: int, *, enabled: bool) -> None:
            now = LATER + timedelta(seconds=after_seconds)
            patch = Patch(id=endpoint.id, expected_version=version, fields={"enabled": enabled})
            await update_webhook_endpoint(
                patch, author=an_owner(place.organization_id, now=now), tools=TOOLS
            )

        await set_enabled(1, 1, enabled=False)
        await abandon(await a_customer(place=place), now=LATER + timedelta(seconds=2))
        await Worker().run(after=timedelta(seconds=3))
        await set_enabled(2, 4, enabled=True)
        await abandon(await a_customer(place=place), now=LATER + timedelta(seconds=5))
        await Worker().run(after=timedelta(seconds=6))

    assert len(receiver.received) == 1
    assert (await the_delivery(endpoint)).occurred_at == LATER + timedelta(seconds=5)


async def test_a_deleted_endpoint_is_sent_nothing_and_its_log_is_gone() -> None:
    async with a_receiver() as receiver:
        endpoint, _ = await an_endpoint_with_news(receiver)
        await record()
        (pending,) = await deliveries_to(endpoint)
        author = an_owner(endpoint.organization_id)
        await delete_webhook_endpoint(Deletion(id=endpoint.id), author=author)
        # A worker that was just recording knows nothing of the deletion.
        await WebhookDelivery.insert_new([pending])
        await Worker().run()

    assert receiver.received == []
    assert await deliveries_to(endpoint) == []


async def test_a_secret_that_other_keys_sealed_is_not_replaced_by_a_guess(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_receiver() as receiver:
        endpoint, secret = await an_endpoint_with_news(receiver)
        await Worker(tools=WebhookTools(allows_private=True)).run()

    (attempt,) = (await the_delivery(endpoint)).attempts
    assert attempt.outcome is Outcome.SECRET_UNREADABLE
    assert receiver.received == []
    assert secret not in caplog.text


async def test_a_worker_told_to_stop_begins_nothing() -> None:
    async with a_receiver() as receiver:
        await an_endpoint_with_news(receiver)
        stopped = asyncio.Event()
        stopped.set()
        await Worker().dispatcher.run(stopped)

    assert receiver.received == []
