"""Databases of any size, filled by copying what the services once stored."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

from app.documents.driver import (
    DUPLICATE_KEY,
    UNAVAILABLE_ERRORS,
    BulkWriteError,
    current_database,
    new_id,
)
from app.documents.registry import DOCUMENTS
from app.domain.booking_session.commands import SessionCommand
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.api.site import Site, a_site
from tests.domain.booking_session.builders import THROUGH_SERVICE, THROUGH_SUMMARY
from tests.services.booking_sessions.builders import Customer, Place, a_customer, a_place

Record = dict[str, Any]

SECONDS_BETWEEN_SESSIONS = 40
EVENTS_COPIED = 1
"""Of each session: more would fill the database with what no operation reads."""

DOCUMENTS_PER_COMMAND = 500
PATIENCE = 60
UNIQUE_EVERYWHERE = ("slug", "publishable_key", "key_hash")


@dataclass
class Growing:
    """A database that grows in one direction; its first organization is the one asked about."""

    site: Site
    place: Place
    now: datetime
    sizes: dict[str, int] = field(default_factory=lambda: {"organizations": 1, "flows": 1})
    numbers: Iterator[int] = field(default_factory=count)
    organization: dict[str, list[Record]] = field(default_factory=dict, repr=False)
    """Everything of the first organization before anything is measured."""

    async def grow(self, dimension: str, size: int) -> None:
        """Add copies until there are `size` organizations, flows or sessions."""
        missing = size - self.sizes.get(dimension, 0)
        copy = {
            "organizations": self._copy_organizations,
            "flows": self._copy_flows,
            "sessions": self._copy_sessions,
        }[dimension]
        await copy(missing)
        self.sizes[dimension] = size

    async def customer(self, *commands: SessionCommand) -> Customer:
        """Return a customer of the first organization, now."""
        return await a_customer(*commands, place=self.place, now=self.now)

    async def _copy_organizations(self, missing: int) -> None:
        await _insert_copies(self.organization, missing, self._unlike)

    async def remember_organization(self) -> None:
        """Note what the first organization has, to be copied."""
        for name, key in _owned_collections().items():
            if records := await _find(name, {key: self.site.organization_id}):
                self.organization[name] = records

    async def _copy_flows(self, missing: int) -> None:
        flow_id = self.site.flow.id
        templates = {
            "booking_flows": await _find("booking_flows", {"_id": flow_id}),
            "booking_flow_steps": await _find("booking_flow_steps", {"booking_flow_id": flow_id}),
            "booking_flow_revisions": await _find(
                "booking_flow_revisions", {"booking_flow_id": flow_id}
            ),
        }
        await _insert_copies(templates, missing, dict)

    async def _copy_sessions(self, missing: int) -> None:
        kinds = [await self._session_of(customer) for customer in await self._customers()]
        for kind in kinds:
            await _insert_copies(kind, missing // len(kinds), self._older)

    async def _customers(self) -> list[Customer]:
        left = await self.customer(*THROUGH_SERVICE)
        await abandon_session(
            AbandonSession(booking_session_id=left.session_id),
            organization_id=self.place.organization_id,
            now=self.now,
        )
        booked = await self.customer(*THROUGH_SUMMARY)
        await booked.complete()
        return [await self.customer(*THROUGH_SERVICE), left, booked]

    async def _session_of(self, customer: Customer) -> dict[str, list[Record]]:
        by_session = {"booking_session_id": customer.session_id}
        events = await _find("booking_session_events", by_session)
        found = {
            "booking_sessions": await _find("booking_sessions", {"_id": customer.session_id}),
            "booking_session_events": events[:EVENTS_COPIED],
            "bookings": await _find("bookings", by_session),
        }
        return {name: records for name, records in found.items() if records}

    def _older(self, record: Record) -> Record:
        number = next(self.numbers)
        at = self.now - timedelta(seconds=SECONDS_BETWEEN_SESSIONS * number)
        older = {**record, "created_at": at, "updated_at": at} if "created_at" in record else record
        if "confirmation_code" in record:
            older = {**older, "confirmation_code": f"C{number}"}
        return older

    def _unlike(self, record: Record) -> Record:
        number = next(self.numbers)
        changed = {name: f"{record[name]}{number}" for name in UNIQUE_EVERYWHERE if name in record}
        return {**record, **changed}


async def a_growing_database() -> Growing:
    """Store an organization with a widget, a flow and some customers of another flow."""
    now = datetime.now(UTC)
    site = await a_site(questions=10)
    growing = Growing(site, await a_place(organization_id=site.organization_id), now)
    booked = await growing.customer(*THROUGH_SUMMARY)
    await booked.complete()
    await growing.remember_organization()
    return growing


def _owned_collections() -> dict[str, str]:
    """Return by which field each collection names the organization."""
    owned = {
        document.get_collection_name(): "organization_id"
        for document in DOCUMENTS
        if "organization_id" in document.model_fields
    }
    return {**owned, "organizations": "_id"}


async def _find(collection: str, query: Mapping[str, Any]) -> list[Record]:
    return [raw async for raw in current_database()[collection].find(dict(query)).sort("_id")]


async def _insert_copies(
    templates: Mapping[str, list[Record]], number: int, change: "type[dict[str, Any]] | Any"
) -> None:
    """Insert `number` copies of the documents, with new ids wherever theirs stand."""
    ids = [record["_id"] for records in templates.values() for record in records]
    size = max(1, DOCUMENTS_PER_COMMAND // sum(map(len, templates.values())))
    copies = iter(range(number))
    while chunk := list(islice(copies, size)):
        renamed = [{entity_id: new_id() for entity_id in ids} for _ in chunk]
        for name, records in templates.items():
            await _insert(
                name, [change(_copied(record, new)) for new in renamed for record in records]
            )


async def _insert(collection: str, records: list[Record]) -> None:
    """Insert the records; a database that is too busy to answer is asked again."""
    for _ in range(PATIENCE):
        try:
            await current_database()[collection].insert_many(records, ordered=False)
        except UNAVAILABLE_ERRORS:
            await asyncio.sleep(1)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise
            return  # They were stored by the time before, whose answer was lost.
        else:
            return
    raise RuntimeError("the database does not answer")


def _copied(value: Any, new_ids: Mapping[str, str]) -> Any:
    match value:
        case str():
            return new_ids.get(value, value)
        case dict():
            return {new_ids.get(name, name): _copied(each, new_ids) for name, each in value.items()}
        case list():
            return [_copied(each, new_ids) for each in value]
    return value
