"""What the simulation of growth reckons, from sizes and visits it is given."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console
from scale_measurement import CollectionSize, Measurement, index_entries, read_measurement
from scale_model import Assumptions, Scale, balance_of, scale_of
from simulate_scale import MAX_RATE, main

from app.documents.registry import DOCUMENTS

GROWING = (
    "booking_sessions",
    "booking_session_events",
    "bookings",
    "timeslot_reservations",
    "analytics_rollups",
    "analytics_times",
)


def a_measurement() -> Measurement:
    """Ten visits, two of them bookings, with 100 events over 5 days; 100 bytes each, 10 indexed."""
    counts = dict(zip(GROWING, (10, 100, 2, 1, 15, 5), strict=True))
    sizes = [
        CollectionSize(
            name=name, documents=count, document_bytes=100, index_entries=1, index_bytes=10
        )
        for name, count in (*counts.items(), ("booking_flows", 4), ("organizations", 1))
    ]
    return Measurement(
        command="by hand",
        measured_on="2026-11-22",
        visits=10,
        bookings=2,
        rollup_days=5,
        events_of_visits={5: 8, 30: 2},
        collections=tuple(sizes),
    )


def documents_per_day(scale: Scale) -> dict[str, float]:
    return {each.collection: round(each.documents_per_day, 6) for each in scale.growth}


def test_a_booking_brings_its_visits_with_their_events_and_a_day_its_rollups() -> None:
    assumed = Assumptions(bookings_per_organization_day=8_640, peak_to_mean=3)

    scale = scale_of(0.1, a_measurement(), assumed)

    assert scale.organizations == 1
    assert documents_per_day(scale) == {
        "booking_sessions": 43_200,
        "booking_session_events": 432_000,
        "bookings": 8_640,
        "timeslot_reservations": 4_320,
        "analytics_rollups": 3,
        "analytics_times": 1,
    }
    assert scale.events_per_second == pytest.approx(5)
    # The documents of a day in a second, and a snapshot for each event.
    assert scale.peak_writes_per_second == pytest.approx(3 * (488_164 / 86_400 + 5))
    assert (scale.content_bytes, scale.content_on_one_shard_bytes) == (550, 110)


def test_a_hundred_times_the_bookings_are_a_hundred_times_the_bytes() -> None:
    small, large = (scale_of(rate, a_measurement(), Assumptions()) for rate in (1, 100))

    for little, much in zip(small.growth, large.growth, strict=True):
        assert much.bytes_kept == pytest.approx(100 * little.bytes_kept)


def test_expired_events_are_not_counted_and_sessions_stay() -> None:
    assumed = Assumptions(days=1_000, event_retention_days=30)

    kept = {
        each.collection: each.kept_days for each in scale_of(1, a_measurement(), assumed).growth
    }

    assert kept == {**dict.fromkeys(GROWING, 1_000), "booking_session_events": 30}


def test_shards_are_as_many_as_bytes_and_writes_need() -> None:
    enough = {"shard_bytes": 1e15, "shard_writes_per_second": 1e9}

    def shards(**narrow: float) -> int:
        return scale_of(100, a_measurement(), Assumptions(**{**enough, **narrow})).shards

    assert shards() == 1
    stored = scale_of(100, a_measurement(), Assumptions())
    total = sum(each.bytes_kept for each in stored.growth) + stored.content_bytes
    assert shards(shard_bytes=total / 2.5) == 3
    assert shards(shard_writes_per_second=stored.peak_writes_per_second / 6.5) == 7


def test_events_lie_more_evenly_than_sessions_and_the_same_seed_draws_the_same() -> None:
    drawn = [balance_of(16, a_measurement(), Assumptions(), visits=20_000) for _ in range(2)]

    assert drawn[0] == drawn[1]
    assert 1 < drawn[0].events_by_session < 1.15 < drawn[0].sessions_by_organization < 3


@pytest.mark.parametrize(
    ("index", "entries"),
    [
        ({"key": [("a", 1), ("b.c", -1)]}, [{"0": 1, "1": 2}]),
        ({"key": [("tags", 1)]}, [{"0": "x"}, {"0": "y"}]),
        ({"key": [("missing.deep", 1)]}, [{"0": None}]),
        ({"key": [("missing", 1)], "sparse": True}, []),
        ({"key": [("a", 1)], "partialFilterExpression": {"kind": "other"}}, []),
        ({"key": [("a", 1)], "partialFilterExpression": {"a": {"$type": "string"}}}, []),
        ({"key": [("a", 1)], "partialFilterExpression": {"kind": "this"}}, [{"0": 1}]),
    ],
)
def test_index_entries_are_those_a_database_would_write(
    index: dict[str, Any], entries: list[dict[str, Any]]
) -> None:
    record = {"a": 1, "b": {"c": 2}, "tags": ["x", "y"], "kind": "this", "at": datetime.now(UTC)}

    assert list(index_entries(record, index)) == entries


@pytest.mark.usefixtures("database")
def test_what_is_checked_in_was_measured_with_every_collection_that_grows() -> None:
    measured = read_measurement()

    stored = {document.get_collection_name() for document in DOCUMENTS} | {"files.chunks"}
    assert {size.name for size in measured.collections} <= stored
    assert {size.name for size in measured.collections} >= set(GROWING)
    assert measured.visits >= 400
    assert measured.size_of("booking_session_events").documents == sum(
        length * visits for length, visits in measured.events_of_visits.items()
    )


def test_the_answer_names_what_was_assumed_and_the_rates_asked_for() -> None:
    said = io.StringIO()

    main(["--rate", "7", "--seed", "3"], console=Console(file=said, width=100))

    text = said.getvalue()
    assert "7 bookings a second: 30,240 organizations" in text
    assert "20 bookings a day for each organization" in text


@pytest.mark.parametrize("rate", ["0", "-1", "nan", str(MAX_RATE * 2)])
def test_a_rate_out_of_bounds_is_refused(rate: str) -> None:
    with pytest.raises(SystemExit):
        main(["--rate", rate])
