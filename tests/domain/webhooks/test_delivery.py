from datetime import timedelta

import pytest

from app.domain.webhooks.delivery import MAX_TRIES, delay_before_next
from app.domain.webhooks.signing import signature_headers


def test_ten_tries_triple_their_distance_and_end_after_a_day() -> None:
    delays = [delay_before_next(left, jitter=0.5) for left in range(MAX_TRIES - 1, -1, -1)]

    *waits, last = delays
    seconds = [wait.total_seconds() for wait in waits if wait is not None]
    assert seconds == [10 * 3**exponent for exponent in range(9)]
    assert last is None
    assert timedelta(days=1) < timedelta(seconds=sum(seconds)) < timedelta(days=1.2)


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 8), (1.0, 12)])
def test_jitter_moves_a_try_by_a_fifth_at_most(jitter: float, seconds: float) -> None:
    delay = delay_before_next(MAX_TRIES - 1, jitter=jitter)

    assert delay is not None
    assert delay.total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (timedelta(seconds=1), timedelta(seconds=10)),
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(days=900), timedelta(days=1)),
    ],
)
def test_a_receiver_may_ask_for_a_longer_wait_up_to_a_day(
    asked: timedelta, expected: timedelta
) -> None:
    assert delay_before_next(MAX_TRIES - 1, jitter=0.5, asked_to_wait=asked) == expected


def test_redelivery_of_a_test_that_failed_is_tried_once() -> None:
    assert delay_before_next(0, jitter=0.5, asked_to_wait=timedelta(hours=1)) is None


def test_the_signature_is_that_of_the_specifications_own_example() -> None:
    headers = signature_headers(
        '{"test": 2432232314}',
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1_614_265_330,
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
