"""A booking's way to the vendor: when it is tried next, after whatever came of the last try.

The vendor accepts the same booking twice and offers no idempotency. So a call that may have arrived
leaves the booking *in doubt*, and one in doubt is looked up before it is sent again.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import Field

from app.domain.instants import Instant
from app.domain.values import Value
from app.domain.vendor import VendorBookingSyncStatus


class PushStage(StrEnum):
    """What the vendor is to be told next."""

    BOOKING = "booking"
    ATTRIBUTION = "attribution"


class VendorPush(Value):
    """What is still to be told; a booking with nothing to tell has none.

    While a worker holds it, `lease_id` is the worker's and `due_at` is when another one may take
    it over.
    """

    due_at: Instant
    stage: PushStage = PushStage.BOOKING
    attempt_count: int = 0
    is_in_doubt: bool = False
    lease_id: str | None = None


class PushOutcome(StrEnum):
    """How one try to tell the vendor ended."""

    CREATED = "created"
    FOUND = "found"
    ATTRIBUTED = "attributed"
    REFUSED = "refused"
    ACCESS_DENIED = "access_denied"
    RATE_LIMITED = "rate_limited"
    NOT_SENT = "not_sent"
    UNCERTAIN = "uncertain"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    NOT_CONNECTED = "not_connected"
    RETRY_REQUESTED = "retry_requested"


class PushPolicy(Value):
    """How patient the outbox is."""

    max_attempts: Annotated[int, Field(ge=1)] = 20
    backoff_initial_seconds: Annotated[float, Field(ge=0)] = 5
    backoff_max_seconds: Annotated[float, Field(ge=0)] = 3_600
    access_backoff_seconds: Annotated[float, Field(ge=0)] = 600
    """The first wait where somebody has to mend the credentials, a scope or the provider's id."""
    settle_seconds: Annotated[float, Field(ge=0)] = 60
    """How long after a call of unknown outcome the vendor may still carry it out."""
    call_seconds: Annotated[float, Field(gt=0)] = 45
    """The longest one call may take, with the client's own repetitions of it."""

    @property
    def lease(self) -> timedelta:
        """How long a worker keeps a booking; a call it left behind has settled by then."""
        return timedelta(seconds=self.call_seconds + self.settle_seconds)


class NextPush(Value):
    """Where a booking stands after a try; `push` is None when nothing is left to be told."""

    push: VendorPush | None
    sync_status: VendorBookingSyncStatus | None


def after(
    push: VendorPush,
    outcome: PushOutcome,
    *,
    policy: PushPolicy,
    now: datetime,
    chance: float,
    retry_after_seconds: float | None = None,
) -> NextPush:
    """Return what follows a try; `chance` in [0, 1) spreads those that failed together.

    Being rate limited does not count as an attempt. Only the booking itself can fail: it stays
    synced when its attribution is given up.
    """
    match outcome:
        case PushOutcome.CREATED | PushOutcome.FOUND:
            attribution = VendorPush(stage=PushStage.ATTRIBUTION, due_at=now)
            return NextPush(push=attribution, sync_status=VendorBookingSyncStatus.SYNCED)
        case PushOutcome.ATTRIBUTED:
            return NextPush(push=None, sync_status=VendorBookingSyncStatus.SYNCED)
        case PushOutcome.CANCELLED:
            return NextPush(push=None, sync_status=None)
        case PushOutcome.REFUSED | PushOutcome.NOT_CONNECTED:
            return _give_up(push)
        case PushOutcome.RETRY_REQUESTED:
            return NextPush(push=start_again(now), sync_status=VendorBookingSyncStatus.PENDING)
        case PushOutcome.RATE_LIMITED:
            wait = retry_after_seconds or policy.backoff_initial_seconds
            return _wait(push, now=now, seconds=wait * (1 + chance / 10))
        case _:
            wait = _seconds_to_wait(push, outcome, policy, chance)
            return _count_attempt(push, outcome, now=now, seconds=wait, policy=policy)


def start_again(now: datetime) -> VendorPush:
    """Return the push of a booking that was given up: it may be there, whatever was thought."""
    return VendorPush(due_at=now, is_in_doubt=True)


_Repeatable: TypeAlias = Literal[
    PushOutcome.ACCESS_DENIED, PushOutcome.NOT_SENT, PushOutcome.UNCERTAIN, PushOutcome.INTERRUPTED
]


def _seconds_to_wait(
    push: VendorPush, outcome: _Repeatable, policy: PushPolicy, chance: float
) -> float:
    """Return the backoff: doubled after each attempt, and half of it left to chance."""
    match outcome:
        case PushOutcome.INTERRUPTED:
            return 0  # The lease that ran out has let the call settle already.
        case PushOutcome.ACCESS_DENIED:
            first = policy.access_backoff_seconds
        case PushOutcome.NOT_SENT | PushOutcome.UNCERTAIN:
            first = policy.backoff_initial_seconds
        case _:
            assert_never(outcome)
    longest = min(policy.backoff_max_seconds, first * 2.0**push.attempt_count)
    backoff = longest * (1 + chance) / 2
    if outcome is PushOutcome.UNCERTAIN:
        return max(backoff, policy.settle_seconds * (1 + chance / 10))
    return backoff


def _count_attempt(
    push: VendorPush, outcome: _Repeatable, *, now: datetime, seconds: float, policy: PushPolicy
) -> NextPush:
    if push.attempt_count + 1 >= policy.max_attempts:
        return _give_up(push)
    is_in_doubt = push.is_in_doubt or outcome is PushOutcome.UNCERTAIN
    changes = {"attempt_count": push.attempt_count + 1, "is_in_doubt": is_in_doubt}
    return _wait(push.model_copy(update=changes), now=now, seconds=seconds)


def _wait(push: VendorPush, *, now: datetime, seconds: float) -> NextPush:
    kept = push.model_dump(exclude={"due_at", "lease_id"})
    later = VendorPush(**kept, due_at=now + timedelta(seconds=seconds))
    return NextPush(push=later, sync_status=_status(push, VendorBookingSyncStatus.PENDING))


def _give_up(push: VendorPush) -> NextPush:
    return NextPush(push=None, sync_status=_status(push, VendorBookingSyncStatus.FAILED))


def _status(push: VendorPush, otherwise: VendorBookingSyncStatus) -> VendorBookingSyncStatus:
    is_there = push.stage is PushStage.ATTRIBUTION
    return VendorBookingSyncStatus.SYNCED if is_there else otherwise
