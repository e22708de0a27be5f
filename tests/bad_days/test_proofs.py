"""What the soak would find: each broken promise, planted where a real one would be."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.driver import Database
from app.domain.vendor import VendorBookingSyncStatus
from scripts.soaking.booking_proofs import prove_bookings
from scripts.soaking.event_proofs import StoredSession, prove_events, prove_followers
from scripts.soaking.ledger import Ledger, Visit
from scripts.soaking.log_proofs import prove_logs
from scripts.soaking.memory import Trend, trend_of
from scripts.soaking.options import Options
from scripts.soaking.proofs import prove_level_memory
from scripts.soaking.verdicts import Verdict
from tests.services.booking_sessions.builders import a_place
from tests.services.vendor.bookings import a_booking_of

Event = tuple[str | None, str, int]
START: Event = (None, "e1", 1)
FIRST: Event = ("c-1", "e2", 2)


def a_visit(*, end: str | None = None, refused: str | None = None) -> Visit:
    """A visit whose customer was acknowledged one event."""
    return Visit(
        "session",
        "token",
        acknowledged={"c-1": ("e2", 2)},
        refused={refused} if refused else set(),
        end=end,
    )


def stored(*events: Event, end: str | None = None) -> dict[str, StoredSession]:
    return {"session": StoredSession([*events], Counter([end] if end else []))}


def broken(verdicts: list[Verdict]) -> list[str]:
    return [verdict.promise.split(",")[0] for verdict in verdicts if not verdict.is_kept]


NOW = datetime(2026, 11, 22, tzinfo=UTC)


def a_lone_start(age: timedelta) -> dict[str, StoredSession]:
    """What a server left that was killed between the event and the session."""
    return {"lone": StoredSession([START], Counter(["session_started"]), NOW - age)}


LOST = "no acknowledged event is lost"
TWICE = "no event is stored twice"
ORDER = "every session is its customer's"


@pytest.mark.parametrize(
    ("visit", "sessions", "promises"),
    [
        (a_visit(), stored(START, FIRST), []),
        (a_visit(), stored(START), [LOST]),
        (a_visit(), stored(START, ("c-1", "another", 2)), [LOST]),
        (a_visit(), stored(START, FIRST, ("c-1", "e3", 3)), [LOST, TWICE]),
        (a_visit(), stored(START, FIRST, ("c-2", "e3", 3)), [TWICE]),
        (a_visit(refused="c-2"), stored(START, FIRST, ("c-2", "e3", 3)), [TWICE]),
        (a_visit(), stored(START, FIRST, (None, "e3", 4)), [ORDER]),
        (a_visit(), {**stored(START, FIRST), "stranger": StoredSession([START])}, [ORDER]),
        (a_visit(), stored(START, FIRST) | a_lone_start(timedelta(minutes=1)), []),
        (a_visit(), stored(START, FIRST) | a_lone_start(timedelta(minutes=4)), [ORDER]),
        (a_visit(), {}, [LOST, ORDER]),
        (a_visit(end="booked"), stored(START, FIRST), [ORDER]),
        (a_visit(end="booked"), stored(START, FIRST, end="session_completed"), []),
        (a_visit(end="abandoned"), stored(START, FIRST, end="session_completed"), [ORDER]),
    ],
)
def test_each_difference_between_what_was_told_and_what_is_stored_breaks_its_promise(
    visit: Visit, sessions: dict[str, StoredSession], promises: list[str]
) -> None:
    assert broken([*prove_events(Ledger(visits=[visit]), sessions, now=NOW)]) == promises


@pytest.mark.parametrize(
    ("sent", "is_kept"), [([1, 2], True), ([1], False), ([1, 1, 2], False), ([2], False)]
)
def test_follower_who_misses_an_event_or_gets_one_twice_is_found(
    sent: list[int], *, is_kept: bool
) -> None:
    visit = a_visit(end="booked")
    visit.followed = sent

    assert prove_followers(Ledger(visits=[visit]), stored(START, FIRST)).is_kept is is_kept


@pytest.mark.parametrize(("copies", "is_kept"), [(0, False), (1, True), (2, False)])
async def test_booking_that_is_not_at_the_vendor_once_is_found(
    database: Database, copies: int, *, is_kept: bool
) -> None:
    booking = a_booking_of(
        await a_place(),
        vendor_sync_status=VendorBookingSyncStatus.SYNCED,
        vendor_booking_id="7",
    )
    visit = Visit("session", "token", booking_id=encode_id(EntityType.BOOKING, booking.id))
    there = [{"externalId": booking.id, "id": 7}] * copies

    [_, at_vendor, _] = prove_bookings(Ledger(visits=[visit]), [booking], there)
    [told, *_] = prove_bookings(Ledger(), [booking], there)

    assert at_vendor.is_kept is is_kept
    # Nobody was told of it.
    assert not told.is_kept


def test_trend_leaves_out_the_warm_up_and_follows_the_rest() -> None:
    warming = [(float(second), 50.0 + second) for second in range(50)]
    level = [(float(second), 100.0) for second in range(50, 101)]
    rising = [(float(second), 100.0 + 2 * (second - 50)) for second in range(50, 101)]
    options = Options(Path(), seconds=600)

    assert trend_of("x", warming + level) == Trend("x", 100.0, 100.0)
    assert prove_level_memory((trend_of("x", warming + level),), options=options).is_kept
    assert not prove_level_memory((trend_of("x", warming + rising),), options=options).is_kept


def test_error_in_a_log_is_found_and_one_that_was_made_is_not(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    made = {"level": "error", "event": "The embedded database died; starting it again"}
    log.write_text(json.dumps(made) + "\nGraphiQL and API: …\n")
    assert prove_logs(tmp_path).is_kept

    with log.open("a") as more:
        more.write(json.dumps({"level": "info", "event": "operation", "outcome": "INTERNAL"}))
    [found] = prove_logs(tmp_path).evidence

    assert found.startswith("1 times: server: operation")
