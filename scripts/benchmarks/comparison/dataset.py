"""What the database is filled with, once, and the requests about it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import MongoClient
from pymongo.database import Database as MongoDatabase

from app.api.ids import EntityType, encode_id
from app.documents.driver import disconnect
from app.documents.registry import connect_documents
from app.services.secrets import sign_session_token
from scripts.benchmarks.comparison.company import PAGE, Company, CompanySize, create_company
from scripts.benchmarks.comparison.load_generator import COUNT, VALUE, Plan
from scripts.benchmarks.comparison.operations import DOCUMENTS, Operation
from scripts.benchmarks.comparison.servers import Database

SMALL = CompanySize(flows=2, nodes=20, events=40)
LARGE = CompanySize(flows=10, nodes=80, events=200)
EVENTS_PER_BATCH = 20

COLD_WIDGETS = 5_000
"""So many widgets boot in turn that none finds its answer kept from the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The companies in the database, and what else requests need."""

    database: Database
    small: Company
    large: Company
    secret: bytes
    cold_keys: Mapping[str, Sequence[str]]
    """The publishable keys of further widgets, by company."""

    stored: MongoDatabase[dict[str, Any]]
    """For reading what servers stored and for adding sessions."""

    def plan(self, operation: Operation, company: Company, sessions: Sequence[str] = ()) -> Plan:
        """Return what is sent; writes go to `sessions` in turn."""
        match operation:
            case Operation.BOOT_WARM:
                return self._boot_plan([company.publishable_key])
            case Operation.BOOT_COLD:
                return self._boot_plan(self.cold_keys[company.organization_id])
            case Operation.DASHBOARD:
                return _plan(operation, {"first": LARGE.flows}, [""], [company.api_key])
            case Operation.SESSION_HISTORY:
                session_id = encode_id(EntityType.BOOKING_SESSION, company.long_session_id)
                return _plan(operation, {"id": session_id}, [""], [company.api_key])
            case Operation.EVENT:
                return self._event_plan(operation, company, sessions, size=1)
            case Operation.EVENT_BATCH:
                return self._event_plan(operation, company, sessions, size=EVENTS_PER_BATCH)

    def _boot_plan(self, keys: Sequence[str]) -> Plan:
        variables = {"key": VALUE, "context": {"url": PAGE}}
        return _plan(Operation.BOOT_WARM, variables, keys, [""] * len(keys))

    def _event_plan(
        self, operation: Operation, company: Company, sessions: Sequence[str], *, size: int
    ) -> Plan:
        step_id = encode_id(EntityType.BOOKING_FLOW_STEP, company.step_id)
        events = [
            {
                "clientEventId": f"{COUNT.decode()}-{number}",
                "stepId": step_id,
                "data": {"fieldUpdated": {"field": "zipcode", "value": f"{number:05}"}},
            }
            for number in range(size)
        ]
        tokens = [
            sign_session_token(
                self.secret,
                organization_id=company.organization_id,
                booking_session_id=session_id,
            )
            for session_id in sessions
        ]
        ids = [encode_id(EntityType.BOOKING_SESSION, session_id) for session_id in sessions]
        variables = {"input": {"bookingSessionId": VALUE, "events": events}}
        return _plan(operation, variables, ids, tokens)

    def copy_session(self, session_id: str, *, count: int) -> list[str]:
        """Store so many copies of a session with its events, and return their ids."""
        session = self.stored.booking_sessions.find_one({"_id": session_id})
        if session is None:
            raise LookupError(session_id)
        events = list(self.stored.booking_session_events.find({"booking_session_id": session_id}))
        copies = [_copy_with_events(session, events) for _ in range(count)]
        self.stored.booking_session_events.insert_many([e for _, own in copies for e in own])
        self.stored.booking_sessions.insert_many([copy for copy, _ in copies])
        return [str(copy["_id"]) for copy, _ in copies]


def _plan(
    operation: Operation, variables: dict[str, Any], values: Sequence[str], tokens: Sequence[str]
) -> Plan:
    body = json.dumps({"query": DOCUMENTS[operation], "variables": variables})
    return Plan(body=body, values=list(values), tokens=list(tokens))


def _copy_with_events(
    session: dict[str, Any], events: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    session_id = str(ObjectId())
    new_ids = {event["_id"]: str(ObjectId()) for event in events}
    copies = [
        {
            **event,
            "_id": new_ids[event["_id"]],
            "batch_id": new_ids[event["batch_id"]],
            "booking_session_id": session_id,
        }
        for event in events
    ]
    state = session["current_state"]
    copy = {
        **session,
        "_id": session_id,
        "booking_session_event_ids": [new_ids[it] for it in session["booking_session_event_ids"]],
        "current_state": {**state, "last_event_id": new_ids[state["last_event_id"]]},
    }
    return copy, copies


def fill(
    database: Database, *, large_size: CompanySize = LARGE, cold_widgets: int = COLD_WIDGETS
) -> Dataset:
    """Store both companies with their widgets and sessions in a new database."""
    small, large = asyncio.run(_create_companies(database, large_size))
    client: MongoClient[dict[str, Any]] = MongoClient(database.uri, tz_aware=True)
    stored = client[database.name]
    kept = stored.signing_keys.find_one({"_id": "session_tokens"})
    if kept is None:
        raise LookupError("session_tokens")
    cold_keys = {
        company.organization_id: _add_widgets(stored, company, count)
        for company, count in ((small, cold_widgets // 10), (large, cold_widgets))
    }
    return Dataset(
        database=database,
        stored=stored,
        small=small,
        large=large,
        secret=bytes(kept["secret"]),
        cold_keys=cold_keys,
    )


async def _create_companies(database: Database, large_size: CompanySize) -> tuple[Company, Company]:
    await connect_documents(database.uri, database_name=database.name)
    try:
        return await create_company("Small", SMALL), await create_company("Large", large_size)
    finally:
        await disconnect()


def _add_widgets(
    database: MongoDatabase[dict[str, Any]], company: Company, count: int
) -> list[str]:
    """Copy the company's widget; return the keys of the copies."""
    config = database.scheduler_configs.find_one({"_id": company.scheduler_config_id})
    if config is None:
        raise LookupError(company.scheduler_config_id)
    copies = []
    for number in range(count):
        config_id = str(ObjectId())
        copy = {
            "_id": config_id,
            "name": f"Website {number}",
            "publishable_key": f"wpk_{config_id}",
        }
        copies.append({**config, **copy})
    database.scheduler_configs.insert_many(copies)
    return [str(copy["publishable_key"]) for copy in copies]
