"""Sessions that start at the same moment, and starts that a crash cuts in two."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import UNAVAILABLE_ERRORS, CommandCounter, Database
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.services.booking_sessions.start import PageContext, StartSession, start_session
from app.services.booking_sessions.verification import find_session_problems
from tests.api.site import PAGE, Site, a_site
from tests.services.booking_sessions.builders import LATER

pytestmark = pytest.mark.usefixtures("database")

TOGETHER = 20
Unavailable = UNAVAILABLE_ERRORS[0]


async def start(site: Site, *, key: str | None = None, url: str = PAGE) -> BookingSession:
    command = StartSession(
        publishable_key=site.config.publishable_key,
        idempotency_key=key,
        context=PageContext(url=url),
    )
    return await start_session(command, config=site.config, now=LATER)


async def stored_sessions(site: Site) -> list[BookingSession]:
    return await BookingSession.find({"organization_id": site.organization_id}).to_list()


async def event_count(site: Site) -> int:
    query = {"organization_id": site.organization_id}
    return await BookingSessionEventDocument.find(query).count()


async def test_a_start_alone_costs_two_reads_and_two_writes(
    command_counter: CommandCounter,
) -> None:
    site = await a_site()
    await start(site)

    with command_counter.counting() as commands:
        await start(site)

    assert Counter(commands) == {
        "find booking_flows": 1,
        "find organizations": 1,
        "insert booking_session_events": 1,
        "insert booking_sessions": 1,
    }


async def test_starts_that_arrive_together_share_reads_and_writes(
    command_counter: CommandCounter,
) -> None:
    site = await a_site()
    await start(site)

    with command_counter.counting() as commands:
        started = await asyncio.gather(*(start(site) for _ in range(TOGETHER)))

    # One who comes first is written alone, while the others gather.
    assert all(count <= 2 for count in Counter(commands).values()), commands
    assert len({session.id for session in started}) == TOGETHER
    for session in started:
        assert await BookingSession.get(session.id) == session
        assert await find_session_problems(session.id) == ()


async def test_one_key_starts_one_session_however_many_use_it_at_once() -> None:
    site = await a_site()
    keys = [f"key-{number % 3}" for number in range(12)]

    started = await asyncio.gather(*(start(site, key=key) for key in keys))

    by_key = {key: session.id for key, session in zip(keys, started, strict=True)}
    assert [session.id for session in started] == [by_key[key] for key in keys]
    assert {session.id for session in await stored_sessions(site)} == set(by_key.values())
    # The events of those who came too late are gone.
    assert await event_count(site) == len(by_key)


async def test_key_used_for_something_else_is_refused_alone() -> None:
    site = await a_site()
    outcomes = await asyncio.gather(
        start(site, key="key"),
        start(site, key="key", url=f"{PAGE}?utm_source=other"),
        start(site, key="another"),
        return_exceptions=True,
    )

    refused = [each for each in outcomes if isinstance(each, Refused)]
    assert [problem.code for each in refused for problem in each.problems] == [
        ProblemCode.IDEMPOTENCY_KEY_REUSED
    ]
    assert len(await stored_sessions(site)) == 2
    assert await event_count(site) == 2


async def test_start_cut_in_two_is_never_seen_and_its_retry_starts_anew(
    monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    site = await a_site()
    insert_new = BookingSession.insert_new

    async def die(sessions: Sequence[BookingSession]) -> frozenset[int]:
        monkeypatch.setattr(BookingSession, "insert_new", insert_new)
        raise Unavailable("killed")

    monkeypatch.setattr(BookingSession, "insert_new", die)
    with pytest.raises(Unavailable):
        await start(site, key="key")
    assert await stored_sessions(site) == []

    session = await start(site, key="key")

    assert [each.id for each in await stored_sessions(site)] == [session.id]
    assert await find_session_problems(session.id) == ()
