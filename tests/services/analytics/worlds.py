"""Organizations with random sessions, and what the reports must say of them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.documents.booking import Booking
from app.documents.booking_flow import BookingFlow
from app.documents.booking_session import BookingSession
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.booking_session.context import DeviceType
from app.domain.content import ContentConfig
from app.services.analytics.choices import (
    load_answer_statistics,
    load_lost_demand,
    load_vendor_outcome,
)
from app.services.analytics.sessions import load_breakdown, load_overview, load_progression
from app.services.analytics.sources import OpenSource
from app.services.analytics.steps import load_field_statistics, load_funnel
from app.services.organizations import create_organization
from tests.domain.booking_session.builders import CUSTOMER, NOW, SERVICE, SUMMARY, TIME, ZIP
from tests.services.analytics.further_oracle import (
    naive_answers,
    naive_fields,
    naive_lost_demand,
    naive_overview,
    naive_vendor,
)
from tests.services.analytics.histories import PHONES, play_history, republish
from tests.services.analytics.oracle import (
    Told,
    naive_breakdown,
    naive_progression,
    naive_step,
    tell,
)
from tests.services.booking_sessions.builders import Customer, Place, a_place

KOLKATA = ZoneInfo("Asia/Kolkata")
WEEK = timedelta(days=7)


@dataclass
class World:
    """Two organizations; the first has two flows, one of them in two revisions."""

    places: list[Place]
    customers: list[Customer]
    told: dict[str, Told] = field(default_factory=dict)

    @property
    def sessions(self) -> list[Told]:
        return list(self.told.values())

    @property
    def owner(self) -> str:
        return self.places[0].organization_id

    @property
    def owners(self) -> set[str]:
        return {place.organization_id for place in self.places}

    async def listen(self) -> None:
        """Hear what the events say by now; of sessions whose events are gone, the snapshots."""
        for customer in self.customers:
            told = self.told.get(customer.session_id)
            if told is None or not told.has_expired:
                self.told[customer.session_id] = await tell(customer)
            else:
                told.state = (await customer.stored()).to_state()

    async def forget_expired(self, now: datetime) -> None:
        """Note whose events may be removed by now: what they say of times is not known any more."""
        query = {"events_expire_at": {"$lte": now}}
        async for raw in BookingSession.get_motor_collection().find(query, {"_id": 1}):
            if raw["_id"] in self.told:
                self.told[raw["_id"]].has_expired = True

    def scopes(self) -> list[ReportScope]:
        stranger = self.places[-1].organization_id
        flows = [self.places[n].flow.flow.booking_flow_id for n in (0, 2)]
        moments = sorted(told.created_at for told in self.sessions)
        first, last = moments[len(moments) // 4], moments[-len(moments) // 4]
        week = {"created_from": NOW - WEEK, "created_to": NOW + WEEK}
        of_owner: list[dict[str, Any]] = [
            week,
            {"booking_flow_id": flows[0], **week},
            {"booking_flow_id": flows[0], "revision": 2, "includes_bots": True, **week},
            {"booking_flow_id": flows[1], "device_type": DeviceType.BOT, **week},
            {"routing_rule_id": "r1", "utm_source": "google", **week},
            {"utm_campaign": PHONES[0], "utm_medium": "cpc", "includes_bots": True, **week},
            {"device_type": DeviceType.MOBILE, "created_from": first, "created_to": NOW + WEEK},
            {"created_from": first, "created_to": last},
            {"created_from": first, "created_to": first},
        ]
        return [
            *(ReportScope(organization_id=self.owner, **each) for each in of_owner),
            ReportScope(organization_id=stranger, booking_flow_id=flows[0], **week),
            ReportScope(organization_id=stranger, created_from=first, created_to=last),
        ]

    def within(self, scope: ReportScope) -> list[Told]:
        return [told for told in self.sessions if told.is_in(scope)]

    def step_ids_of(self, sessions: list[Told]) -> set[str]:
        revisions = {told.revision_id for told in sessions}
        places = [place for place in self.places if place.revision_id in revisions]
        return {step_id for place in places for step_id in place.flow.steps}


async def a_world(seed: int, *, customers: int = 45) -> World:
    randomly = random.Random(seed)  # noqa: S311 - not a secret.
    organization, _ = await create_organization("Harbor", now=NOW)
    first = await a_place(organization_id=organization.id)
    places = [
        first,
        await republish(first, steps=(ZIP, SERVICE, TIME, CUSTOMER, SUMMARY), revision=2),
        await a_place(organization_id=first.organization_id),
        await a_place(),
    ]
    await BookingFlow(
        id=first.flow.flow.booking_flow_id,
        organization_id=organization.id,
        created_at=NOW,
        updated_at=NOW,
        content=ContentConfig(title="Book"),
        revision_ids=[places[0].revision_id, places[1].revision_id],
    ).insert()
    world = World(places, [await play_history(randomly, places) for _ in range(customers)])
    await world.listen()
    return world


async def require_true_reports(
    world: World,
    *,
    now: datetime,
    open_with: OpenSource,
    scopes: Sequence[ReportScope] | None = None,
) -> None:
    """Ask every report of these or all scopes, and compare it with what the events tell."""
    for scope in world.scopes() if scopes is None else scopes:
        for check in CHECKS:
            actual, expected = await check(world, scope, {"now": now, "open_with": open_with})
            assert actual == expected, (check.__name__, scope)


async def _funnel(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    sessions = world.within(scope)
    rows = {
        row.step.id: row.model_dump(exclude={"step"}) for row in await load_funnel(scope, **how)
    }
    return rows, {each: naive_step(each, sessions) for each in world.step_ids_of(sessions)}


async def _progression(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    rows = await load_progression(scope, **how)
    actual = {(row.status.value, row.steps_completed, row.total_steps): row.count for row in rows}
    assert len(actual) == len(rows)
    return actual, naive_progression(world.within(scope))


async def _breakdown(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    actual, expected = {}, {}
    for dimension in BreakdownDimension:
        for row in await load_breakdown(scope, dimension, zone=KOLKATA, **how):
            counts = row.completed_count, row.abandoned_count, row.active_count
            actual[dimension, row.key] = row.started_count, *counts
        naive = naive_breakdown(world.within(scope), dimension, KOLKATA)
        for key, tally in naive.items():
            counts = tally["completed"], tally["abandoned"], tally["active"]
            expected[dimension, key] = tally.total(), *counts
    return actual, expected


async def _overview(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    overview = await load_overview(scope, **how)
    all_sessions = world.within(scope.model_copy(update={"includes_bots": True}))
    bots = [t for t in all_sessions if t.state.session_context.device.type is DeviceType.BOT]
    expected = {**naive_overview(world.within(scope)), "bot_count": len(bots)}
    return overview.model_dump(), expected


async def _answers(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    statistics = await load_answer_statistics(scope, **how)
    is_ours = scope.organization_id == world.owner
    if not is_ours or scope.booking_flow_id != world.places[0].flow.flow.booking_flow_id:
        return statistics, None
    assert statistics is not None
    answers, place = statistics.answers, world.places[1]
    actual = {node.node_id: node for node in answers.nodes} | {
        f"{edge.source_node_id}>{edge.target_node_id}": edge for edge in answers.edges
    }
    sessions = [told for told in world.within(scope) if told.state.revision == 2]
    return (
        {
            name: (count.reached_count, count.chosen_count, count.booked_count)
            for name, count in actual.items()
            if count.reached_count
        },
        naive_answers(sessions, place.step_ids[SERVICE]),
    )


async def _fields(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    actual = {
        (row.step.id, row.field): {
            "updates": row.update_count,
            "errors": row.error_count,
            "failing": row.failing_session_count,
            "timed": row.updating_session_count,
            "median": row.median_time_ms,
        }
        for row in await load_field_statistics(scope, **how)
    }
    return actual, naive_fields(world.within(scope))


async def _lost_demand(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    demand = await load_lost_demand(scope, **how)
    rows = {row.zipcode: (row.session_count, row.active_count) for row in demand.rows}
    zip_steps = {place.step_ids[ZIP] for place in world.places}
    actual = {"": (demand.asked_count, 0), **rows}
    assert demand.lost_count + demand.active_count == sum(map(sum, rows.values()))
    return actual, naive_lost_demand(world.within(scope), zip_steps)


async def _vendor(world: World, scope: ReportScope, how: dict[str, Any]) -> tuple[Any, Any]:
    outcome = await load_vendor_outcome(scope, **how)
    bookings = {b.booking_session_id: b async for b in Booking.find({})}
    within = [customer for customer, told in world.told.items() if told.is_in(scope)]
    return outcome.model_dump(), naive_vendor([bookings[c] for c in within if c in bookings])


CHECKS: tuple[Callable[..., Any], ...] = (
    _funnel,
    _progression,
    _breakdown,
    _overview,
    _answers,
    _fields,
    _lost_demand,
    _vendor,
)
