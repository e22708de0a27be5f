"""A small demonstration, loaded into a real database."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from pydantic import SecretStr

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.brand_kit import BrandKit
from app.documents.driver import CommandCounter, Database
from app.documents.organization import Organization
from app.documents.scheduler_config import SchedulerConfig
from app.documents.stored_file import StoredFile
from app.domain.access import OrganizationCredential, Role
from app.domain.analytics.scope import ReportScope
from app.domain.booking_session.derive import derive
from app.domain.booking_session.event_types import BookingSessionEventType as EventType
from app.domain.booking_session.state import BookingSessionStatus, is_active, is_completed
from app.domain.values import EntityId
from app.domain.vendor import VendorType
from app.services.analytics.choices import load_vendor_outcome
from app.services.credentials import Authenticator
from app.services.demonstration import DemonstrationKeys, find_demonstration, load_demonstration
from app.services.demonstration.vendor import connect_demonstration
from app.services.vendor.accounts import VendorAccountContent
from app.services.vendor_credentials_cipher import VendorCredentialsCipher, new_cipher_key
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT

VISITS = 60
NOW = datetime(2026, 6, 15, 18, 30, tzinfo=UTC)


class Loaded:
    """The keys of a load and the progress it reported."""

    def __init__(self) -> None:
        self.progress: list[tuple[str, int, int]] = []
        self.keys: DemonstrationKeys

    def report(self, phase: str, done: int, total: int) -> None:
        self.progress.append((phase, done, total))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def loaded(database: Database) -> AsyncIterator[Loaded]:
    """A demonstration with few visits, after one that was cut short."""
    loaded = Loaded()
    with pytest.raises(CutShortError):
        await load_demonstration(now=NOW, report=fail_late, visit_count=VISITS)
    assert await find_demonstration() is None
    loaded.keys = await load_demonstration(
        now=NOW, report=loaded.report, visit_count=VISITS, connect=connect
    )
    yield loaded


async def connect(organization_id: EntityId) -> None:
    cipher = VendorCredentialsCipher([SecretStr(new_cipher_key())])
    content = VendorAccountContent(vendor_type=VendorType.SERVICETITAN, **dict(DEMO_ACCOUNT))
    await connect_demonstration(organization_id, content, cipher=cipher, now=NOW)


class CutShortError(Exception):
    """Stands for a crash in the middle of a load."""


def fail_late(phase: str, done: int, total: int) -> None:
    if phase == "Past sessions" and done == 3:
        raise CutShortError


async def sessions_of(loaded: Loaded) -> list[BookingSession]:
    query = {"organization_id": loaded.keys.organization_id}
    return await BookingSession.find(query).to_list()


async def test_a_load_cut_short_is_followed_by_a_whole_one(loaded: Loaded) -> None:
    assert await find_demonstration() == loaded.keys.organization_id
    assert len(await sessions_of(loaded)) == VISITS
    assert await Organization.find_all().count() == 2


async def test_progress_counts_up_to_the_total_of_each_phase(loaded: Loaded) -> None:
    phases = list(dict.fromkeys(phase for phase, _, _ in loaded.progress))
    assert phases == ["Company", "Past sessions"]
    for name in phases:
        done = [(done, total) for phase, done, total in loaded.progress if phase == name]
        assert done == [(number, len(done)) for number in range(1, len(done) + 1)]


async def test_keys_open_the_organization_and_its_widget(loaded: Loaded) -> None:
    authenticator = await Authenticator.load()
    credential = await authenticator.authenticate(loaded.keys.api_key, now=datetime.now(UTC))
    config = await SchedulerConfig.find_by_publishable_key(loaded.keys.publishable_key)

    assert isinstance(credential, OrganizationCredential)
    assert (credential.organization_id, credential.role) == (
        loaded.keys.organization_id,
        Role.OWNER,
    )
    assert config is not None
    assert config.organization_id == loaded.keys.organization_id
    kit = await BrandKit.get_owned(config.organization_id, config.brand_kit_id or "")
    assert kit is not None
    assert await StoredFile.get(kit.logo_file_id) is not None


async def test_event_streams_have_no_gaps_and_say_what_the_snapshots_say(loaded: Loaded) -> None:
    kinds: Counter[EventType] = Counter()
    for session in await sessions_of(loaded):
        events = await BookingSessionEventDocument.find_events(session.id)
        assert [event.sequence for event in events] == list(range(1, session.sequence + 1))
        assert derive(events) == session.to_state()
        kinds.update(event.event_type for event in events)
    assert set(kinds) == set(EventType)


async def test_sessions_end_in_every_way_and_completed_ones_are_booked(loaded: Loaded) -> None:
    sessions = await sessions_of(loaded)
    statuses = {session.booking_outcome.status.value for session in sessions}
    completed = [state for session in sessions if is_completed(state := session.to_state())]
    query = {"organization_id": loaded.keys.organization_id}
    bookings = await Booking.find(query).to_list()

    assert statuses == {"active", "completed", "abandoned"}
    assert {booking.id for booking in bookings} == {
        state.booking_outcome.booking_id for state in completed
    }
    # Nothing happened after the moment of loading, and what goes on began only a while ago.
    assert all(session.to_state().current_state.last_activity_at <= NOW for session in sessions)
    assert all(
        (NOW - session.created_at).total_seconds() <= 900
        for session in sessions
        if is_active(session.to_state())
    )


async def test_customers_come_back_and_go_on_with_what_they_had_entered(loaded: Loaded) -> None:
    sessions = {session.id: session for session in await sessions_of(loaded)}
    returns = [each for each in sessions.values() if each.resumed_from_session_id]

    assert returns
    for session in returns:
        earlier = sessions[session.resumed_from_session_id or ""]
        assert earlier.booking_outcome.status is BookingSessionStatus.ABANDONED
        assert earlier.session_context.visitor_id == session.session_context.visitor_id
        assert earlier.to_state().current_state.last_activity_at < session.created_at
    assert any(is_completed(session.to_state()) for session in returns)


async def test_the_vendor_says_of_past_bookings_what_its_office_did(loaded: Loaded) -> None:
    scope = ReportScope(
        organization_id=loaded.keys.organization_id,
        created_from=NOW - timedelta(days=61),
        created_to=NOW,
    )
    outcome = await load_vendor_outcome(scope, now=NOW)

    assert outcome.booked_count == outcome.synced_count + outcome.failed_count
    assert outcome.known_count == outcome.synced_count
    assert 0 < outcome.job_count < outcome.known_count
    assert outcome.dismissed_count > 0
    # Nothing is left for a worker to tell.
    assert await Booking.find({"vendor_push": {"$ne": None}}).count() == 0


async def test_second_load_stores_nothing_but_one_more_key(
    loaded: Loaded, command_counter: CommandCounter
) -> None:
    with command_counter.counting() as commands:
        again = await load_demonstration(now=NOW, report=fail_late, visit_count=VISITS)

    assert again.organization_id == loaded.keys.organization_id
    assert again.publishable_key == loaded.keys.publishable_key
    assert again.api_key != loaded.keys.api_key
    assert [command for command in commands if not command.startswith("find ")] == [
        "insert api_keys"
    ]
