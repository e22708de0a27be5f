"""What is kept of content, and when it stops being true."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.driver import Database, new_id
from app.services.content_generations import (
    ContentGenerations,
    KeptContent,
    current_generations,
    following_content_changes,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HARBOR, OTHER = new_id(), new_id()


@pytest_asyncio.fixture(loop_scope="module")
async def generations(database: Database) -> AsyncIterator[ContentGenerations]:
    async with following_content_changes() as generations:
        await until_followed(generations)
        yield generations


async def becomes_true(condition: Callable[[], bool]) -> bool:
    """Return whether the condition holds within some seconds."""
    for _ in range(1_000):
        if condition():
            return True
        await asyncio.sleep(0.005)
    return False


async def until_followed(generations: ContentGenerations) -> None:
    assert await becomes_true(lambda: generations.stamp() is not None)


def a_kept_value(organization_id: str = HARBOR) -> KeptContent[str]:
    kept: KeptContent[str] = KeptContent(max_size=10)
    kept.keep("key", "value", organization_id=organization_id, stamp=current_generations().stamp())
    assert kept.find("key") == "value"
    return kept


async def a_category(organization_id: str) -> BookingAnswerCategory:
    category = BookingAnswerCategory(
        organization_id=organization_id, created_at=NOW, updated_at=NOW, title=new_id()
    )
    return await category.insert()


async def until_gone(kept: KeptContent[str]) -> bool:
    return await becomes_true(lambda: kept.find("key") is None)


async def test_change_in_this_process_counts_at_once(generations: ContentGenerations) -> None:
    kept, others = a_kept_value(HARBOR), a_kept_value(OTHER)

    generations.change(HARBOR)

    assert (kept.find("key"), others.find("key")) == (None, "value")


async def test_change_of_unknown_owner_counts_for_all(generations: ContentGenerations) -> None:
    kept, others = a_kept_value(HARBOR), a_kept_value(OTHER)

    generations.change(None)

    assert (kept.find("key"), others.find("key")) == (None, None)


@pytest.mark.usefixtures("generations")
async def test_stored_change_counts_for_its_organization_only() -> None:
    kept, others = a_kept_value(HARBOR), a_kept_value(OTHER)

    await a_category(HARBOR)

    assert await until_gone(kept)
    assert others.find("key") == "value"


@pytest.mark.usefixtures("generations")
async def test_stored_deletion_counts() -> None:
    category = await a_category(HARBOR)
    await asyncio.sleep(0.2)
    kept = a_kept_value(HARBOR)

    await category.delete()

    assert await until_gone(kept)


async def test_value_made_while_content_changed_is_not_kept(
    generations: ContentGenerations,
) -> None:
    kept: KeptContent[str] = KeptContent(max_size=10)
    stamp = generations.stamp()

    generations.change(HARBOR)
    kept.keep("key", "value", organization_id=HARBOR, stamp=stamp)

    assert kept.find("key") is None


async def test_nothing_is_kept_while_changes_are_not_followed(database: Database) -> None:
    async with following_content_changes() as generations:
        await until_followed(generations)
        kept = a_kept_value()

    assert kept.find("key") is None
    assert generations.stamp() is None


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("turns", range(8))
async def test_following_ends_in_whatever_turn_of_the_loop_it_shall(turns: int) -> None:
    async with asyncio.timeout(10), following_content_changes() as generations:
        while generations.stamp() is None:  # noqa: ASYNC110 - by single turns.
            await asyncio.sleep(0)
        # The first question for changes is being sent now.
        for _ in range(turns):
            await asyncio.sleep(0)

    assert generations.stamp() is None


async def test_broken_stream_is_counted_and_followed_again(
    generations: ContentGenerations, database: Database
) -> None:
    kept, broken = a_kept_value(), generations.broken_stream_count

    await database.client.drop_database(database.name)

    assert await until_gone(kept)
    assert await becomes_true(lambda: generations.broken_stream_count > broken)
    await until_followed(generations)
    await a_category(HARBOR)
    assert kept.find("key") is None


async def test_value_begun_before_the_stream_broke_is_not_kept_after_it(
    generations: ContentGenerations, database: Database
) -> None:
    kept: KeptContent[str] = KeptContent(max_size=10)
    stamp, broken = generations.stamp(), generations.broken_stream_count

    await database.client.drop_database(database.name)
    assert await becomes_true(lambda: generations.broken_stream_count > broken)
    await until_followed(generations)
    kept.keep("key", "value", organization_id=HARBOR, stamp=stamp)

    assert kept.find("key") is None


async def test_value_of_content_written_elsewhere_meanwhile_does_not_outlive_the_news(
    generations: ContentGenerations,
) -> None:
    await asyncio.sleep(0.3)
    stamp = generations.stamp()
    kept: KeptContent[str] = KeptContent(max_size=10)

    # Read before the write, kept after it, and before the stream tells of it.
    await a_category(HARBOR)
    kept.keep("key", "old", organization_id=HARBOR, stamp=stamp)

    assert await until_gone(kept)
