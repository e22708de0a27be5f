"""Trying rules without storing them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.driver import CommandCounter, Database
from app.domain.access import Role
from app.services.computing import MAX_WAITING, computing_process
from tests.api.client import ApiClient, an_anonymous_client, an_organization
from tests.api.routing import a_rule, another_flow, create_router, flow_id
from tests.api.site import Site, a_site
from tests.contract.journey import load_operations

VALIDATE = load_operations("admin.graphql")["ValidateBookingFlowRouter"]


async def validate(client: ApiClient, *rules: dict[str, Any]) -> list[dict[str, Any]]:
    data = await client.data(VALIDATE, {"rules": list(rules)})
    problems: list[dict[str, Any]] = data["validateBookingFlowRouter"]
    return problems


def brief(problems: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
    return [(one["code"], one["severity"], one["ruleIds"]) for one in problems]


async def test_overlap_has_a_witness_and_nothing_is_stored(database: Database) -> None:
    site = await a_site()
    other = await another_flow(site)

    [problem] = await validate(
        site.client,
        a_rule("a", site.flow, "URL_PATH PREFIX /heat"),
        a_rule("b", other, "URL_PATH REGEX /heat/[x-z]{2}|/air"),
    )

    assert brief([problem]) == [("AMBIGUOUS_RULES", "ERROR", ["a", "b"])]
    assert problem["witnessUrl"] == "https://www.example.com/heat/xx"
    assert await BookingFlowRouter.find().count() == 0


async def test_malformed_unknown_and_foreign_flows_are_the_same_problem(
    database: Database,
) -> None:
    client = await an_organization()
    foreign = (await a_site()).flow
    malformed: dict[str, Any] = {"bookingFlowId": "nonsense"}
    split = [{"bookingFlowId": id_, "weight": 1} for id_ in ("nonsense", "other nonsense")]

    answers = [
        await validate(client, rule)
        for rule in (
            a_rule("r", "f" * 24),
            a_rule("r", foreign),
            a_rule("r", foreign, bookingFlowId=foreign.id),
            a_rule("r", foreign, **malformed),
            a_rule("r", foreign, **malformed, split=split),
        )
    ]

    assert brief(answers[0]) == [("UNKNOWN_FLOW", "ERROR", ["r"])]
    assert all(answer == answers[0] for answer in answers)


async def test_rule_of_the_wrong_form_is_bad_user_input_naming_every_place(
    database: Database,
) -> None:
    client = await an_organization()
    many = a_rule("x", "f" * 24, *["HOST EXISTS"] * 21)
    unnamed = a_rule("y", "f" * 24, "QUERY_PARAMETER EXISTS")
    backwards = a_rule(
        "z", "f" * 24, startsAt="2026-02-01T00:00:00Z", endsAt="2026-01-01T00:00:00Z"
    )

    answer = await client.execute(VALIDATE, {"rules": [many, unnamed, backwards]})

    assert answer["data"] is None
    extensions = answer["errors"][0]["extensions"]
    assert (extensions["code"], extensions["argument"]) == ("BAD_USER_INPUT", "rules")
    assert [(one["code"], one["path"]) for one in extensions["problems"]] == [
        ("TOO_LONG", ["rules", "0", "conditions"]),
        ("REQUIRED", ["rules", "1", "conditions", "0", "name"]),
        ("OUT_OF_RANGE", ["rules", "2", "endsAt"]),
    ]


@pytest.mark.parametrize("pattern", ["a(?=b)", "(?<!a)b", r"(a)\1", "(a", "((a{1000}){1000}){9}"])
async def test_pattern_outside_re2_is_a_problem(database: Database, pattern: str) -> None:
    site = await a_site()
    problems = await validate(site.client, a_rule("r", site.flow, f"URL_PATH REGEX {pattern}"))
    assert brief(problems) == [("INVALID_PATTERN", "ERROR", ["r"])]


async def test_patterns_too_large_together_are_a_problem(database: Database) -> None:
    site = await a_site()
    # Each takes 0.3 MB; without a bound, 300 of them would take a hundred.
    rules = [
        a_rule(str(n), site.flow, f"URL_PATH REGEX (\\pL{{1,10}}{n})+", priority=n)
        for n in range(300)
    ]

    problems = await validate(site.client, *rules)

    invalid = [one for one in problems if one["code"] == "INVALID_PATTERN"]
    assert 200 < len(invalid) < 300
    assert "too large together" in invalid[-1]["message"]


async def test_more_rules_than_2000_are_bad_user_input(database: Database) -> None:
    client = await an_organization()
    answer = await client.execute(VALIDATE, {"rules": [a_rule("r", "f" * 24)] * 2_001})
    assert answer["errors"][0]["extensions"]["path"] == ["rules"]
    assert answer["errors"][0]["extensions"]["problems"][0]["code"] == "TOO_LONG"


async def test_analyst_may_validate_and_the_public_may_not(database: Database) -> None:
    client = await an_organization(role=Role.ANALYST)
    assert await validate(client) == []
    answer = await an_anonymous_client().execute(VALIDATE, {"rules": []})
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@asynccontextmanager
async def longest_pause() -> AsyncIterator[list[float]]:
    """Measure, in seconds, how long the event loop was away at most."""
    pauses = [0.0]

    async def watch() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            pauses[0] = max(pauses[0], now - last)
            last = now

    watching = asyncio.create_task(watch())
    try:
        yield pauses
    finally:
        watching.cancel()


def heavy_rules(site: Site, other: object) -> list[dict[str, Any]]:
    """Return rules that use up the steps of a validation without being decided."""
    return [
        a_rule(
            str(n),
            (site.flow, other)[n % 2],  # type: ignore[arg-type]
            f"URL_PATH REGEX /(a|b)*a(a|b){{{8 + n % 7}}}x{n}?",
        )
        for n in range(10)
    ]


READ = "query ($id: ID!) { node(id: $id) { id } }"


async def test_other_requests_go_on_while_a_heavy_validation_runs(database: Database) -> None:
    site = await a_site()
    rules = heavy_rules(site, await another_flow(site))

    async with longest_pause() as pauses:
        started = time.perf_counter()
        validating = asyncio.create_task(validate(site.client, *rules))
        answered = 0
        while not validating.done():
            await site.client.data(READ, {"id": flow_id(site.flow)})
            answered += 1
        duration = time.perf_counter() - started

    assert "UNDECIDED" in {one["code"] for one in validating.result()}
    assert answered > 20
    assert pauses[0] < duration / 5


READ_PROBLEMS = (
    "query ($id: ID!) { node(id: $id) { ... on BookingFlowRouter { problems { code } } } }"
)


async def test_problems_of_a_stored_router_are_found_once_per_version_and_flow_statuses(
    database: Database, command_counter: CommandCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await a_site()
    router = await create_router(
        site.client,
        a_rule("a", site.flow, "URL_PATH PREFIX /a"),
        a_rule("b", site.flow, "URL_PATH PREFIX /a/b", priority=2),
    )
    computed = []
    run = computing_process.run

    def count(*args: Any, **kwargs: Any) -> Any:
        computed.append(args)
        return run(*args, **kwargs)

    monkeypatch.setattr(computing_process, "run", count)

    async def read() -> list[str]:
        node = (await site.client.data(READ_PROBLEMS, {"id": router["id"]}))["node"]
        return [one["code"] for one in node["problems"]]

    assert [await read(), await read()] == [["SHADOWED_RULE"]] * 2
    assert computed == []
    await site.flow.get_motor_collection().update_one(
        {"_id": site.flow.id}, {"$set": {"status": "draft"}}
    )
    assert [await read(), await read()] == [["UNPUBLISHED_FLOW", "UNPUBLISHED_FLOW"]] * 2
    assert len(computed) == 1


async def test_too_many_validations_at_once_are_unavailable_and_not_queued(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await an_organization()
    monkeypatch.setattr(computing_process, "_waiting", MAX_WAITING)

    answer = await client.execute(VALIDATE, {"rules": []})

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
