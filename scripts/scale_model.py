"""What collections grow to, and how evenly shards are loaded, for some bookings a second.

Sizes and visits are measured (see `scale_measurement.py`); what cannot be measured here is an
`Assumptions` of the reader's own. Visits are drawn at random from those measured, a bounded number
of them, with a seed: the same call gives the same answer.
"""

import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from itertools import accumulate
from statistics import NormalDist

from scale_measurement import Measurement

from app.documents.shard_keys import ON_ONE_SHARD, SHARD_KEYS
from app.domain.values import Value

SECONDS_PER_DAY = 86_400
BY_VISIT = ("booking_sessions", "booking_session_events")
BY_BOOKING = ("bookings", "timeslot_reservations")
BY_DAY = ("analytics_rollups", "analytics_times")


class Assumptions(Value):
    """What is assumed, since nothing here measures it.

    The answer is for the end of `days` days, after which events are older than their retention or
    not. A shard takes `shard_bytes` and, at its busiest, `shard_writes_per_second` documents. The
    organizations differ in size as a log-normal distribution of `organization_spread` does: at 1.5
    the busiest hundredth of them has a fifth of all bookings.
    """

    days: int = 365
    event_retention_days: int = 365
    bookings_per_organization_day: float = 20.0
    peak_to_mean: float = 4.0
    shard_bytes: float = 2e12
    shard_writes_per_second: float = 10_000.0
    organization_spread: float = 1.5
    seed: int = 1


class Growth(Value):
    """What one collection grows by, all organizations together, without copies and packing."""

    collection: str
    documents_per_day: float
    document_bytes_per_day: float
    index_bytes_per_day: float
    kept_days: int

    @property
    def bytes_per_day(self) -> float:
        """Documents and index entries of a day."""
        return self.document_bytes_per_day + self.index_bytes_per_day

    @property
    def bytes_kept(self) -> float:
        """Documents and index entries of the days that are kept."""
        return self.bytes_per_day * self.kept_days

    @property
    def is_spread(self) -> bool:
        """Whether `scheduler shard` spreads the collection over shards."""
        return any(key.collection == self.collection for key in SHARD_KEYS)


class Balance(Value):
    """How much more than the mean the busiest of `shards` shards has to do."""

    shards: int
    events_by_session: float
    sessions_by_organization: float


class Scale(Value):
    """What one rate of bookings comes to."""

    bookings_per_second: float
    organizations: int
    events_per_second: float
    peak_writes_per_second: float
    growth: tuple[Growth, ...]
    content_bytes: float
    """Of all organizations' content, in the collections that do not grow with visits."""
    content_on_one_shard_bytes: float
    """Of that, in the collections that stay on one shard."""
    largest_share: float
    """The largest organization's part of all bookings."""
    shards: int


def scale_of(rate: float, measured: Measurement, assumed: Assumptions) -> Scale:
    """Return what `rate` bookings a second, on average over a day, come to."""
    per_day = rate * SECONDS_PER_DAY
    organizations = math.ceil(per_day / assumed.bookings_per_organization_day)
    growth = tuple(_growth(measured, assumed, per_day, organizations))
    content = list(_content(measured, organizations))
    stored = sum(each.bytes_kept for each in growth) + sum(size for _, size in content)
    writes = sum(each.documents_per_day for each in growth) / SECONDS_PER_DAY
    # A session is written again with every batch; batches of one event are the most there can be.
    events = rate * measured.visits_per_booking * measured.events_per_visit
    peak = (writes + events) * assumed.peak_to_mean
    return Scale(
        bookings_per_second=rate,
        organizations=organizations,
        events_per_second=events,
        peak_writes_per_second=peak,
        growth=growth,
        content_bytes=sum(size for _, size in content),
        content_on_one_shard_bytes=sum(size for name, size in content if name in ON_ONE_SHARD),
        largest_share=_largest_share(organizations, assumed.organization_spread),
        shards=max(
            math.ceil(stored / assumed.shard_bytes),
            math.ceil(peak / assumed.shard_writes_per_second),
        ),
    )


def _growth(
    measured: Measurement, assumed: Assumptions, bookings_per_day: float, organizations: int
) -> Iterator[Growth]:
    visits_per_day = bookings_per_day * measured.visits_per_booking
    for name in (*BY_VISIT, *BY_BOOKING, *BY_DAY):
        size = measured.size_of(name)
        if name in BY_VISIT:
            documents = visits_per_day * size.documents / measured.visits
        elif name in BY_BOOKING:
            documents = bookings_per_day * size.documents / measured.bookings
        else:
            documents = organizations * size.documents / measured.rollup_days
        is_expiring = name == "booking_session_events"
        yield Growth(
            collection=name,
            kept_days=min(assumed.days, assumed.event_retention_days)
            if is_expiring
            else assumed.days,
            documents_per_day=documents,
            document_bytes_per_day=documents * size.document_bytes,
            index_bytes_per_day=documents * size.index_bytes,
        )


def _content(measured: Measurement, organizations: int) -> Iterator[tuple[str, float]]:
    growing = {*BY_VISIT, *BY_BOOKING, *BY_DAY}
    for size in measured.collections:
        if size.name not in growing:
            each = size.documents * (size.document_bytes + size.index_bytes)
            yield size.name, organizations * each


def balance_of(
    shards: int,
    measured: Measurement,
    assumed: Assumptions,
    *,
    organizations: int = 20_000,
    visits: int = 100_000,
) -> Balance:
    """Return how evenly a drawn day's events and sessions lie on the shards.

    Organizations lie on shards in the order of their ids, each shard with as many of them; what the
    balancer would still move is not moved.
    """
    random_ = random.Random(assumed.seed)
    weights = [random_.lognormvariate(0, assumed.organization_spread) for _ in range(organizations)]
    drawn = random_.choices(range(organizations), cum_weights=list(accumulate(weights)), k=visits)
    lengths = random_.choices(
        list(measured.events_of_visits), weights=list(measured.events_of_visits.values()), k=visits
    )
    events, sessions = [0] * shards, [0] * shards
    for number, (organization, length) in enumerate(zip(drawn, lengths, strict=True)):
        events[_hashed(number, assumed.seed) % shards] += length
        sessions[organization * shards // organizations] += 1
    return Balance(
        shards=shards,
        events_by_session=_busiest(events),
        sessions_by_organization=_busiest(sessions),
    )


def _largest_share(organizations: int, spread: float) -> float:
    """Return the part of the whole that the largest of so many organizations is expected to have.

    It stands where one in so many draws of the distribution lies higher.
    """
    if organizations == 1:
        return 1.0
    quantile = NormalDist().inv_cdf(1 - 1 / organizations)
    mean = math.exp(spread**2 / 2)
    return min(1.0, math.exp(spread * quantile) / mean / organizations)


def _hashed(number: int, seed: int) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=8).digest())


def _busiest(loads: Sequence[int]) -> float:
    return max(loads) / (sum(loads) / len(loads))
