"""Every query that reports and rollups send is answered from an index."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from typing import Any

import pytest
import pytest_asyncio

from app.documents.booking_flow import BookingFlow
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import CommandListener, Database, disconnect
from app.documents.paging import PageRequest, SortOrder, find_page
from app.documents.registry import connect_documents
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.booking_session.context import DeviceType
from app.domain.content import ContentConfig
from app.services.analytics.choices import (
    load_answer_statistics,
    load_lost_demand,
    load_vendor_outcome,
)
from app.services.analytics.event_frequency import load_event_frequency
from app.services.analytics.rollups import rebuild_rollups, refresh_rollups
from app.services.analytics.sessions import load_breakdown, load_overview, load_progression
from app.services.analytics.sources import OpenSource, open_source, read_directly
from app.services.analytics.steps import load_field_statistics, load_funnel, load_step_counts
from app.services.analytics.turns import RollupTurns
from tests.domain.booking_session.builders import NOW, THROUGH_ZIP
from tests.services.booking_sessions.builders import Place, a_customer, a_place

DAY = timedelta(days=1)
READS = ("find", "aggregate")


class Recorder(CommandListener):
    """Keeps the reads a client sends; joins are finds of their own, and so are writes.

    Writes that name their document need no index.
    """

    def __init__(self) -> None:
        self.reads: list[dict[str, Any]] = []

    def started(self, event: Any) -> None:
        if event.command_name in READS:
            self.reads.append(dict(event.command))
            self.reads += [_to_find(stage["$lookup"]) for stage in _lookups(event.command)]
        for write in (*event.command.get("updates", ()), *event.command.get("deletes", ())):
            if "_id" not in write["q"]:
                collection = event.command[event.command_name]
                self.reads.append({"find": collection, "filter": write["q"]})

    def succeeded(self, event: Any) -> None:
        pass

    def failed(self, event: Any) -> None:
        pass


def _lookups(command: Any) -> list[dict[str, Any]]:
    return [stage for stage in command.get("pipeline", []) if "$lookup" in stage]


def _to_find(join: dict[str, Any]) -> dict[str, Any]:
    return {"find": join["from"], "filter": {join["foreignField"]: "a"}}


recorder = Recorder()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(database_uri: str) -> AsyncIterator[Database]:
    name = f"test_{uuid.uuid4().hex}"
    database = await connect_documents(database_uri, database_name=name, listeners=[recorder])
    yield database
    await disconnect()


async def ask_every_report(place: Place, *, session_id: str, open_with: OpenSource) -> None:
    flow_id = place.flow.flow.booking_flow_id
    everything = ReportScope(
        organization_id=place.organization_id,
        created_from=NOW - 10 * DAY,
        created_to=NOW + 10 * DAY,
    )
    narrowed = everything.model_copy(
        update={
            **{"booking_flow_id": flow_id, "revision": 1, "routing_rule_id": "r"},
            **{"utm_source": "a", "utm_medium": "b", "utm_campaign": "c"},
            "device_type": DeviceType.MOBILE,
        }
    )
    how: dict[str, Any] = {"now": NOW, "open_with": open_with}
    for scope in (everything, narrowed):
        for load in (
            load_step_counts,
            load_funnel,
            load_progression,
            load_overview,
            load_field_statistics,
            load_answer_statistics,
            load_lost_demand,
            load_vendor_outcome,
        ):
            await load(scope, **how)
        for dimension in BreakdownDimension:
            await load_breakdown(scope, dimension, zone=UTC, **how)
    await load_event_frequency(place.organization_id, session_id, now=NOW)


def stages(plan: dict[str, Any]) -> list[str]:
    inner = plan.get("inputStage")
    return [plan["stage"], *(stages(inner) if inner else [])]


async def test_every_query_of_reports_and_rollups_uses_an_index(database: Database) -> None:
    place = await a_place()
    flow_id = place.flow.flow.booking_flow_id
    await BookingFlow(
        id=flow_id,
        organization_id=place.organization_id,
        created_at=NOW,
        updated_at=NOW,
        content=ContentConfig(title="Book"),
        revision_ids=[place.revision_id],
    ).insert()
    session_id = (await a_customer(*THROUGH_ZIP, place=place, now=NOW)).session_id
    recorder.reads.clear()
    await ask_every_report(place, session_id=session_id, open_with=read_directly)
    turns = RollupTurns(clock=lambda: NOW + DAY, interval=DAY)
    async for _ in turns.refresh(place.organization_id):
        pass
    for keep in (rebuild_rollups, refresh_rollups):
        async for _ in keep(place.organization_id, now=NOW + DAY):
            pass
    await ask_every_report(place, session_id=session_id, open_with=open_source)
    asked = {str({name: c.get(name) for name in ("filter", "pipeline")}): c for c in recorder.reads}

    scans = {}
    for command in asked.values():
        read = {k: v for k, v in command.items() if not k.startswith(("$", "lsid", "cursor"))}
        read |= {"cursor": {}} if "aggregate" in read else {}
        plan = (await database.command("explain", read))["queryPlanner"]["winningPlan"]
        if not {"IXSCAN", "IDHACK"} & set(stages(plan)):
            scans[str(read)] = plan

    assert scans == {}
    collections = {command.get("find", command.get("aggregate")) for command in asked.values()}
    assert collections == {
        "analytics_checkpoints",
        "analytics_rollups",
        "analytics_times",
        "booking_flow_revisions",
        "booking_flows",
        "booking_session_events",
        "booking_sessions",
        "bookings",
    }


@pytest.mark.usefixtures("database")
async def test_events_of_one_session_are_found_without_a_scan(database: Database) -> None:
    customer = await a_customer(*THROUGH_ZIP)
    recorder.reads.clear()
    await BookingSessionEventDocument.find_events(customer.session_id, after_sequence=1)
    page = PageRequest(size=2, after=[1, "a"], before=[9, "a"])
    for visible in ({}, {"sequence": {"$lte": 2}}):
        query = {"booking_session_id": customer.session_id, **visible}
        order = SortOrder("sequence", unique=True)
        await find_page(BookingSessionEventDocument, query, order=order, page=page, now=NOW)
    async for _ in BookingSessionEventDocument.stream_raw(customer.session_id):
        pass

    used = []
    for command in recorder.reads:
        read = {k: v for k, v in command.items() if not k.startswith(("$", "lsid"))}
        plan = (await database.command("explain", read))["queryPlanner"]["winningPlan"]
        used.append("IXSCAN" in stages(plan))
    assert used == [True] * 4
