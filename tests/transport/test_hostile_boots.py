"""Attempts to get out of answers kept in memory what is another's, or not true any more."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from strawberry.types import ExecutionResult

from app.api.limits.points import PointsTable
from app.api.schema import schema
from app.api.widget_boot.answers import BootAnswer, BootAnswers, BootQuestion
from app.documents.audit_record import AuditRecord
from app.documents.brand_kit import BrandKit
from app.documents.driver import CommandCounter, Database, new_id
from app.domain.files import StoredFileInfo
from app.services.content_generations import (
    ContentGenerations,
    KeptContent,
    current_generations,
    following_content_changes,
)
from app.services.files import store_file
from app.transport.deadlines import ClientGone
from tests.api.site import PAGE, Site, a_site
from tests.services.images import a_raster
from tests.transport.test_kept_answers import EDITS, Widgets, ids_of, widgets_of

LOGO = """query ($key: String!) { scheduler(publishableKey: $key) { brandKit { logo { url } } } }"""
WITH_DEFAULT = """query ($key: String!, $context: RoutingContextInput = {url: "https://a.com"}) {
  scheduler(publishableKey: $key) { name bookingFlow(context: $context) { id } } }"""
WITH_CONDITION = """query ($key: String!, $shown: Boolean!) {
  scheduler(publishableKey: $key) { name id @include(if: $shown) } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def generations(database: Database) -> AsyncIterator[ContentGenerations]:
    async with following_content_changes() as generations:
        while generations.stamp() is None:  # noqa: ASYNC110 - it has no event to wait for.
            await asyncio.sleep(0.01)
        yield generations


async def ask(
    widgets: Widgets,
    query: str,
    variables: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Return the third answer to one question: by then the answer is kept, if it ever is."""
    key = widgets.site.config.publishable_key
    content = {"query": query, "variables": {"key": key, **(variables or {})}}
    answers = [
        (await widgets.http.post("/graphql", json=content, headers=headers)).json()
        for _ in range(3)
    ]
    return answers[-1]


async def a_site_with_a_logo() -> Site:
    site = await a_site()
    file = await store_file(a_raster(), organization_id=site.organization_id)
    assert isinstance(file, StoredFileInfo)
    kit = await BrandKit.get(site.config.brand_kit_id)
    assert kit is not None
    kit.logo_file_id = file.id
    await kit.save()
    return site


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded"])
async def test_nobody_else_gets_the_address_of_a_forged_host(header: str) -> None:
    widgets = await widgets_of(await a_site_with_a_logo(), public_url=None)

    forged = await ask(widgets, LOGO, headers={header: "evil.example"})
    answer = await ask(widgets, LOGO)

    url = answer["data"]["scheduler"]["brandKit"]["logo"]["url"]
    assert url.startswith("https://scheduler.example/files/")
    own = forged["data"]["scheduler"]["brandKit"]["logo"]["url"]
    assert own.startswith("https://evil.example/") is (header == "Host")


async def test_null_for_the_page_is_refused_though_the_document_is_known() -> None:
    widgets = await widgets_of(await a_site())

    answer = await ask(widgets, WITH_DEFAULT, {"context": None})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert "errors" not in await ask(widgets, WITH_DEFAULT)


@pytest.mark.parametrize("shown", [1, "true", None, [True]])
async def test_variable_of_another_type_finds_no_answer_kept_for_the_right_one(shown: Any) -> None:
    widgets = await widgets_of(await a_site())
    with_id = await ask(widgets, WITH_CONDITION, {"shown": True})
    without = await ask(widgets, WITH_CONDITION, {"shown": False})

    answer = await ask(widgets, WITH_CONDITION, {"shown": shown})

    assert [set(each["data"]["scheduler"]) for each in (with_id, without)] == [
        {"name", "id"},
        {"name"},
    ]
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_variables_nobody_defined_make_no_further_answers(
    command_counter: CommandCounter,
) -> None:
    widgets = await widgets_of(await a_site())
    await ask(widgets, WITH_DEFAULT, {"context": {"url": PAGE}})

    with command_counter.counting() as commands:
        await ask(widgets, WITH_DEFAULT, {"context": {"url": PAGE}, "more": new_id()})

    assert commands == []


@pytest.mark.parametrize(
    "key", ["", "wpk_", "\0", '{"$ne": null}', "\uff57\uff50\uff4b_", "x" * 10_000]
)
async def test_key_that_is_none_opens_nothing(key: str) -> None:
    widgets = await widgets_of(await a_site())

    answers = [
        await ask(widgets, WITH_DEFAULT, {"key": each})
        for each in (key, f"{widgets.site.config.publishable_key}{key or ' '}")
    ]

    assert [answer["data"] for answer in answers] == [{"scheduler": None}] * 2


async def test_unknown_token_gets_no_kept_answer() -> None:
    widgets = await widgets_of(await a_site())

    answer = await widgets.boot(Authorization="Bearer nobody")

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer


async def test_caller_without_points_gets_no_kept_answer_and_asks_nothing_of_the_database(
    command_counter: CommandCounter,
) -> None:
    points = PointsTable(1)
    widgets = await widgets_of(await a_site(), points=points)
    etag = (await widgets.get()).headers["etag"]
    available = (await widgets.boot())["extensions"]["cost"]["currentlyAvailable"]
    points.take(("network", "127.0.0.1"), available, at_seconds=time.monotonic())

    with command_counter.counting() as commands:
        kept = await widgets.http.post("/graphql", json=widgets.content())
        unchanged = await widgets.get(**{"If-None-Match": etag})
        unknown = widgets.content()
        unknown["variables"]["key"] = "wpk_unknown"
        refused = await widgets.http.post("/graphql", json=unknown)

    assert [each.status_code for each in (kept, unchanged, refused)] == [429] * 3
    assert commands == []


async def test_mutation_that_fails_after_its_write_counts_as_a_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = await a_site(questions=1)
    widgets = await widgets_of(site)
    before = await widgets.boot()

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    edit = "mutation { edit: " + EDITS["service"] % await ids_of(site) + " }"
    with monkeypatch.context() as patched:
        patched.setattr(AuditRecord, "mark_applied", crash)
        answer = await site.client.execute(edit)
    after = await widgets.boot()

    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "Edited" not in str(before)
    assert "Edited" in str(after)


def a_question() -> BootQuestion:
    organization_id = new_id()
    return BootQuestion(
        key=organization_id, organization_id=organization_id, stamp=current_generations().stamp()
    )


def an_answer(text: str) -> ExecutionResult:
    return ExecutionResult(data={"text": text}, errors=None, extensions={"cost": {"requested": 1}})


async def test_client_that_leaves_takes_the_answer_from_nobody() -> None:
    answers, question = BootAnswers(schema), a_question()
    began, gone = asyncio.Event(), asyncio.Event()

    async def leave() -> ExecutionResult:
        began.set()
        await gone.wait()
        raise ClientGone

    async def stay() -> ExecutionResult:
        return an_answer("for all")

    leaving = asyncio.create_task(answers.answer(question, leave))
    await began.wait()
    staying = [asyncio.create_task(answers.answer(question, stay)) for _ in range(3)]
    await asyncio.sleep(0)
    gone.set()
    results = await asyncio.gather(leaving, *staying, return_exceptions=True)

    assert isinstance(results[0], ClientGone)
    assert [getattr(result, "data", None) for result in results[1:]] == [{"text": "for all"}] * 3


async def test_who_asked_after_a_change_does_not_get_what_was_read_before_it(
    generations: ContentGenerations,
) -> None:
    answers, asked_before = BootAnswers(schema), a_question()
    read, changed = asyncio.Event(), asyncio.Event()

    async def read_old() -> ExecutionResult:
        read.set()
        await changed.wait()
        return an_answer("old")

    async def read_new() -> ExecutionResult:
        return an_answer("new")

    first = asyncio.create_task(answers.answer(asked_before, read_old))
    await read.wait()
    generations.change(asked_before.organization_id)
    asked_after = BootQuestion(
        key=asked_before.key,
        organization_id=asked_before.organization_id,
        stamp=generations.stamp(),
    )
    second = asyncio.create_task(answers.answer(asked_after, read_new))
    await asyncio.sleep(0)
    changed.set()
    await first
    new = await second

    assert not isinstance(new, BootAnswer)
    assert new.data == {"text": "new"}


async def test_what_is_kept_is_bounded_by_its_size() -> None:
    organization_id = new_id()
    kept: KeptContent[bytes] = KeptContent(max_size=1_000, size_of=len)

    for number in range(100):
        kept.keep(
            number,
            b"x" * 100,
            organization_id=organization_id,
            stamp=current_generations().stamp(),
        )
    kept.keep(
        "huge", b"x" * 1_001, organization_id=organization_id, stamp=current_generations().stamp()
    )

    assert [number for number in range(100) if kept.find(number)] == list(range(90, 100))
    assert kept.find("huge") is None
