"""Sending to receivers of every kind, over a socket."""

import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.webhooks.delivery import WebhookAttemptOutcome as Outcome
from app.outbound.webhook_sender import SendingPolicy, Sent, WebhookSender
from tests.receiver import (
    Behaviour,
    a_receiver,
    answering,
    babbling,
    dropping,
    hanging,
)

LOCAL = SendingPolicy(allows_private=True, timeout_seconds=1.0)


async def send(url: str, policy: SendingPolicy = LOCAL) -> Sent:
    return await WebhookSender(policy).send(url, headers={"webhook-id": "msg_1"}, body=b"{}")


def a_sender(*addresses: str) -> WebhookSender:
    """Return a sender as in production, for whom every name has these addresses."""

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return addresses

    return WebhookSender(resolve=resolve)


@pytest.mark.parametrize(
    ("behaviour", "outcome", "status_code"),
    [
        (answering(200, body=b"thank you"), Outcome.DELIVERED, 200),
        (answering(204), Outcome.DELIVERED, 204),
        (answering(400), Outcome.REFUSED, 400),
        (answering(500), Outcome.REFUSED, 500),
        (answering(301, "Location: /elsewhere"), Outcome.REDIRECTED, 301),
        (answering(200, "Content-Encoding: gzip", body=b"no gzip"), Outcome.DELIVERED, 200),
        (dropping, Outcome.NO_ANSWER, None),
        (babbling, Outcome.NO_ANSWER, None),
        (hanging, Outcome.TIMED_OUT, None),
    ],
)
async def test_every_answer_has_its_outcome(
    behaviour: Behaviour, outcome: Outcome, status_code: int | None
) -> None:
    async with a_receiver(behaviour) as receiver:
        sent = await send(receiver.url)

    assert (sent.outcome, sent.status_code) == (outcome, status_code)
    assert len(receiver.received) == 1


async def test_a_redirect_into_our_own_network_is_not_followed() -> None:
    async with a_receiver() as inner, a_receiver() as outer:
        outer.behaviour = answering(307, f"Location: {inner.url}")
        sent = await send(outer.url)

    assert sent.outcome is Outcome.REDIRECTED
    assert inner.received == []


async def test_no_more_than_a_little_of_a_huge_answer_is_read() -> None:
    async with a_receiver() as receiver:
        receiver.behaviour = receiver.flood
        sent = await send(receiver.url, SendingPolicy(allows_private=True, timeout_seconds=30.0))

    assert sent.outcome is Outcome.DELIVERED
    # What fills the buffers of both ends was written; the gigabyte was not.
    assert receiver.sent_bytes < 64 * 1024 * 1024


async def test_nothing_but_the_webhook_itself_is_told_to_the_receiver() -> None:
    async with a_receiver() as receiver:
        await send(receiver.url)

    (received,) = receiver.received
    assert set(received.headers) == {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
        "content-type",
        "content-length",
        "webhook-id",
    }


async def test_a_closed_port_and_an_unknown_name_are_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert (await send(f"http://127.0.0.1:{port}/")).outcome is Outcome.UNREACHABLE
    assert (await send("http://nowhere.invalid/")).outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["fe80::1%eth0"],
        ["93.184.216.34", "127.0.0.1"],
        [],
    ],
)
async def test_a_name_that_leads_to_a_private_address_is_refused_unsent(
    addresses: Sequence[str],
) -> None:
    async with a_receiver() as receiver:
        url = f"https://crm.example:{receiver.port}/"
        sent = await a_sender(*addresses).send(url, headers={}, body=b"")

    assert sent.outcome is Outcome.ADDRESS_REFUSED
    assert receiver.received == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::1]", "0"],
)
async def test_no_way_to_write_this_machines_address_gets_through(host: str) -> None:
    async with a_receiver() as receiver:
        url = f"https://{host}:{receiver.port}/"
        sent = await WebhookSender().send(url, headers={}, body=b"")

    # What the resolver or the reader of URLs does not understand leads nowhere.
    assert sent.outcome in {Outcome.ADDRESS_REFUSED, Outcome.UNREACHABLE}
    assert receiver.received == []


async def test_an_endpoint_without_tls_gets_nothing_once_that_is_no_longer_allowed() -> None:
    async with a_receiver() as receiver:
        assert (await send(receiver.url, SendingPolicy())).outcome is Outcome.ADDRESS_REFUSED
        assert receiver.received == []


@pytest.mark.parametrize(
    ("retry_after", "asked"),
    [
        ("120", timedelta(minutes=2)),
        ("Sun, 22 Nov 2026 15:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 22 Nov 2020 15:10:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 30, None),
    ],
)
async def test_the_receivers_wish_to_wait_is_read(
    retry_after: str, asked: timedelta | None
) -> None:
    async with a_receiver(answering(429, f"Retry-After: {retry_after}")) as receiver:
        sender = WebhookSender(LOCAL, now=lambda: datetime(2026, 11, 22, 15, tzinfo=UTC))
        sent = await sender.send(receiver.url, headers={}, body=b"")

    assert (sent.outcome, sent.asked_to_wait) == (Outcome.REFUSED, asked)
