"""What follows a try to tell the vendor of a booking."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import PushOutcome, PushPolicy, PushStage, VendorPush, after

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
POLICY = PushPolicy()
REPEATABLE = (
    PushOutcome.NOT_SENT,
    PushOutcome.UNCERTAIN,
    PushOutcome.ACCESS_DENIED,
    PushOutcome.INTERRUPTED,
)


def a_push(**changes: object) -> VendorPush:
    return VendorPush(**({"due_at": NOW, "lease_id": "mine"} | changes))


def wait_after(push: VendorPush, outcome: PushOutcome, *, chance: float = 0.0) -> float:
    following = after(push, outcome, policy=POLICY, now=NOW, chance=chance).push
    assert following is not None
    return (following.due_at - NOW).total_seconds()


@pytest.mark.parametrize("outcome", list(PushOutcome))
@pytest.mark.parametrize("stage", list(PushStage))
def test_the_lease_ends_with_every_outcome(outcome: PushOutcome, stage: PushStage) -> None:
    following = after(a_push(stage=stage), outcome, policy=POLICY, now=NOW, chance=0.5)

    assert following.push is None or following.push.lease_id is None


@pytest.mark.parametrize("outcome", REPEATABLE)
def test_the_last_attempt_fails_the_booking_and_not_one_before(outcome: PushOutcome) -> None:
    push = a_push(attempt_count=POLICY.max_attempts - 2)
    last_but_one = after(push, outcome, policy=POLICY, now=NOW, chance=0)
    assert last_but_one.push is not None

    last = after(last_but_one.push, outcome, policy=POLICY, now=NOW, chance=0)

    assert last_but_one.sync_status is VendorBookingSyncStatus.PENDING
    assert (last.push, last.sync_status) == (None, VendorBookingSyncStatus.FAILED)


def test_being_rate_limited_is_no_attempt() -> None:
    following = after(
        a_push(attempt_count=POLICY.max_attempts - 1),
        PushOutcome.RATE_LIMITED,
        policy=POLICY,
        now=NOW,
        chance=0,
        retry_after_seconds=90,
    )

    assert following.push == VendorPush(
        due_at=NOW + timedelta(seconds=90), attempt_count=POLICY.max_attempts - 1
    )


def test_waits_double_up_to_the_longest_and_are_spread_by_chance() -> None:
    waits = [
        wait_after(a_push(attempt_count=count), PushOutcome.NOT_SENT, chance=1.0)
        for count in (0, 1, 2, 15)
    ]

    assert waits == [5, 10, 20, 3_600]
    assert wait_after(a_push(), PushOutcome.NOT_SENT, chance=0.0) == 2.5


def test_an_uncertain_call_may_settle_before_it_is_looked_up() -> None:
    following = after(a_push(), PushOutcome.UNCERTAIN, policy=POLICY, now=NOW, chance=0).push

    assert following is not None
    assert following.is_in_doubt
    assert following.due_at == NOW + timedelta(seconds=POLICY.settle_seconds)


def test_doubt_outlives_a_lookup_that_did_not_get_through() -> None:
    in_doubt = a_push(is_in_doubt=True)
    for outcome in (*REPEATABLE, PushOutcome.RATE_LIMITED):
        following = after(in_doubt, outcome, policy=POLICY, now=NOW, chance=0).push
        assert following is not None
        assert following.is_in_doubt


@pytest.mark.parametrize("outcome", [*REPEATABLE, PushOutcome.REFUSED])
def test_a_booking_stays_synced_whatever_becomes_of_its_attribution(outcome: PushOutcome) -> None:
    push = a_push(stage=PushStage.ATTRIBUTION, attempt_count=POLICY.max_attempts)

    following = after(push, outcome, policy=POLICY, now=NOW, chance=0)

    assert (following.push, following.sync_status) == (None, VendorBookingSyncStatus.SYNCED)


def test_a_retry_that_somebody_asked_for_begins_with_a_look() -> None:
    following = after(a_push(), PushOutcome.RETRY_REQUESTED, policy=POLICY, now=NOW, chance=0)

    assert following.push == VendorPush(due_at=NOW, is_in_doubt=True)
    assert following.sync_status is VendorBookingSyncStatus.PENDING


def test_a_lease_outlives_a_call_and_the_time_it_needs_to_settle() -> None:
    policy = PushPolicy(call_seconds=45, settle_seconds=60)

    assert policy.lease == timedelta(seconds=105)
