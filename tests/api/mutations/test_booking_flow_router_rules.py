"""What rules of a router may hold, and how it reads back."""

from typing import Any

import pytest

from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.driver import CommandCounter, Database
from tests.api.client import ApiClient
from tests.api.routing import a_rule, another_flow, create_router, flow_id
from tests.api.site import a_site

CREATE = """mutation ($input: CreateBookingFlowRouterInput!) {
  createBookingFlowRouter(input: $input) {
    bookingFlowRouter {
      id
      rules { startsAt endsAt bookingFlow { id } split { weight bookingFlow { id } } }
    }
    problems { code severity ruleIds }
    userErrors { code path }
  }
}"""


async def create(client: ApiClient, *rules: dict[str, Any]) -> dict[str, Any]:
    data = await client.data(CREATE, {"input": {"name": "Main", "rules": list(rules)}})
    payload: dict[str, Any] = data["createBookingFlowRouter"]
    return payload


async def test_window_and_split_are_kept(database: Database) -> None:
    site = await a_site()
    other = await another_flow(site)
    split = [
        {"bookingFlowId": flow_id(flow), "weight": n} for n, flow in ((1, site.flow), (3, other))
    ]
    window: dict[str, Any] = {
        "startsAt": "2026-01-01T00:00:00+01:00",
        "endsAt": "2026-02-01T00:00:00.123456Z",
    }

    payload = await create(site.client, a_rule("r", site.flow, split=split, **window))

    assert payload["userErrors"] == []
    assert payload["bookingFlowRouter"]["rules"] == [
        {
            "startsAt": "2025-12-31T23:00:00.000Z",
            "endsAt": "2026-02-01T00:00:00.123Z",
            "bookingFlow": {"id": flow_id(site.flow)},
            "split": [
                {"weight": 1, "bookingFlow": {"id": flow_id(site.flow)}},
                {"weight": 3, "bookingFlow": {"id": flow_id(other)}},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        # Equal once cut to milliseconds, as stored.
        (
            {"startsAt": "2026-01-01T00:00:00.0001Z", "endsAt": "2026-01-01T00:00:00.0002Z"},
            ("OUT_OF_RANGE", "endsAt"),
        ),
        (
            {"startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"},
            ("OUT_OF_RANGE", "endsAt"),
        ),
        ({"split": [{"bookingFlowId": flow_id("f" * 24), "weight": 1}]}, ("INVALID", "split")),
    ],
)
async def test_fields_that_do_not_fit_together_are_refused(
    database: Database, fields: dict[str, Any], problem: tuple[str, str]
) -> None:
    site = await a_site()
    payload = await create(site.client, a_rule("r", site.flow, **fields))
    code, field = problem
    assert payload["userErrors"] == [{"code": code, "path": ["input", "rules", "0", field]}]
    assert payload["bookingFlowRouter"] is None


@pytest.mark.parametrize("weight", [0, -1, 10_001])
async def test_weight_outside_its_bounds_is_refused(database: Database, weight: int) -> None:
    site = await a_site()
    split = [{"bookingFlowId": flow_id(site.flow), "weight": weight}]
    payload = await create(site.client, a_rule("r", site.flow, split=split))
    assert payload["userErrors"] == [
        {"code": "OUT_OF_RANGE", "path": ["input", "rules", "0", "split", "0", "weight"]}
    ]


async def test_flow_that_names_nothing_is_a_problem_and_nothing_is_stored(
    database: Database,
) -> None:
    site, stranger = await a_site(), await a_site()
    before = await BookingFlowRouter.find().count()

    payloads = [
        await create(site.client, a_rule("r", site.flow, bookingFlowId=id_))
        for id_ in ("nonsense", flow_id("f" * 24), flow_id(stranger.flow))
    ]

    assert all(payload == payloads[0] for payload in payloads)
    assert payloads[0] == {
        "bookingFlowRouter": None,
        "problems": [{"code": "UNKNOWN_FLOW", "severity": "ERROR", "ruleIds": ["r"]}],
        "userErrors": [{"code": "PROBLEMS_FOUND", "path": ["input", "rules"]}],
    }
    assert await BookingFlowRouter.find().count() == before


async def test_two_thousand_rules_are_stored_and_routers_read_with_the_same_commands(
    database: Database, command_counter: CommandCounter
) -> None:
    site = await a_site()
    rules = [
        a_rule(str(n), site.flow, f"URL_PATH PREFIX /{n}", "UTM_PARAMETER.term GLOB a*", priority=n)
        for n in range(2_000)
    ]
    query = (
        """{ bookingFlowRouters { nodes { problems { code } rules { bookingFlow { id } } } } }"""
    )
    counts = []
    for some in ([rules[0]], rules):
        await create_router(site.client, *some)
        with command_counter.counting() as commands:
            answer = await site.client.data(query)
        counts.append(sorted(commands))

    assert sorted(len(node["rules"]) for node in answer["bookingFlowRouters"]["nodes"]) == [
        1,
        2_000,
    ]
    assert counts == [["find booking_flow_routers", "find booking_flows"]] * 2
