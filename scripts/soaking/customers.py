"""Customers: they book, give up, walk away, type in two tabs, and repeat what got no answer."""

import asyncio
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.soaking.itinerary import (
    Event,
    after_timeslot,
    in_batches,
    timeslot_choice,
    typed,
    until_timeslot,
)
from scripts.soaking.ledger import Ledger, Visit
from scripts.soaking.patience import Answer, Patience
from scripts.soaking.stage import PAGE, Stage

BOOKABLE_DAYS = 25
LATE = frozenset({"TIMESLOT_UNAVAILABLE", "TIMESLOT_NOT_SELECTED"})
TRIES_FOR_A_TIME = 8
START, RECORD = "StartBookingSession", "RecordBookingSessionEvents"
COMPLETE, ABANDON = "CompleteBookingSession", "AbandonBookingSession"


class Left(Exception):
    """The visit is over: the session was closed by somebody else, or the load ends."""


@dataclass
class Customer:
    """One customer after another, at one widget, until the load is over."""

    stage: Stage
    patience: Patience
    ledger: Ledger
    chance: random.Random
    over: asyncio.Event
    to_follow: asyncio.Queue[Visit]
    pause_seconds: float = 0.15
    _sent: int = field(default=0, init=False)

    async def keep_coming(self) -> None:
        """Visit again and again."""
        while not self.over.is_set():
            visit = await self._start()
            try:
                await self._visit(visit)
            except Left:
                visit.end = visit.end or "left"
            self.ledger.counts["visits"] += 1

    async def _start(self) -> Visit:
        input_ = {
            "publishableKey": self.stage["key"],
            "idempotencyKey": self._new_uuid(),
            "context": {"url": PAGE},
        }
        answer = await self.patience.ask(START, {"input": input_})
        if answer.codes:
            self.ledger.note("start refused", answer.data)
        visit = Visit(answer.data["bookingSession"]["id"], answer.data["sessionToken"])
        self.ledger.visits.append(visit)
        if self.chance.random() < 0.2:
            self.to_follow.put_nowait(visit)
        return visit

    async def _visit(self, visit: Visit) -> None:
        plan = self.chance.random()
        tab = asyncio.create_task(self._type_on(visit)) if self.chance.random() < 0.25 else None
        try:
            await self._record_all(visit, until_timeslot(self.stage, self.chance))
            if plan < 0.08:
                await self._abandon(visit)
                return
            if plan < 0.16:
                visit.end = "left"
                return
            if await self._choose_time(visit, is_again=False):
                await self._record_all(visit, after_timeslot(self.stage, self.chance))
                await self._book(visit)
        finally:
            if tab is not None:
                visit.end = visit.end or "left"
                await tab

    async def _type_on(self, visit: Visit) -> None:
        """Be a second tab of the same session until the visit ends."""
        number = 0
        while visit.end is None:
            number += 1
            try:
                await self._record(visit, [typed(self.stage, number)])
            except Left:
                return

    async def _record_all(self, visit: Visit, events: list[Event]) -> None:
        for batch in in_batches(events, self.chance):
            if self.over.is_set():
                raise Left
            codes = await self._record(visit, batch)
            if codes:
                self.ledger.note("batch refused", codes, batch)
                raise Left
            await asyncio.sleep(self.chance.uniform(0, 2 * self.pause_seconds))

    async def _record(self, visit: Visit, batch: list[Event]) -> list[str]:
        """Record a batch until it is acknowledged or refused; return the codes of a refusal."""
        events = [{"clientEventId": self._new_id(), **event} for event in batch]
        answer = await self._send(visit, events)
        ids = [event["clientEventId"] for event in events]
        if answer.codes:
            visit.refused.update(ids)
            if "SESSION_CLOSED" in answer.codes:
                self.ledger.counts["closed meanwhile"] += 1
                raise Left
            return answer.codes
        self._acknowledge(visit, ids, answer)
        if self.chance.random() < 0.05:
            self._acknowledge(visit, ids, await self._send(visit, events), is_repeat=True)
        return []

    async def _send(self, visit: Visit, events: list[Event]) -> Answer:
        input_ = {"bookingSessionId": visit.id, "events": events}
        return await self.patience.ask(RECORD, {"input": input_}, token=visit.token)

    def _acknowledge(
        self, visit: Visit, ids: list[str], answer: Answer, *, is_repeat: bool = False
    ) -> None:
        results = answer.data["results"]
        statuses = {result["status"] for result in results}
        stored = {
            result["clientEventId"]: (result["event"]["id"], result["event"]["sequence"])
            for result in results
        }
        sequences = [sequence for _, sequence in stored.values()]
        is_whole = [*stored] == ids and sequences == list(
            range(sequences[0], sequences[0] + len(ids))
        )
        if not is_whole or len(statuses) != 1:
            self.ledger.note("a batch was torn", ids, results)
        if "DUPLICATE" in statuses:
            self.ledger.counts["repeats recognised"] += 1
            if not (is_repeat or answer.is_in_doubt):
                self.ledger.note("a first attempt was called a repeat", ids)
        elif is_repeat:
            self.ledger.note("a repeat was stored again", ids, results)
        if is_repeat and stored != {id_: visit.acknowledged[id_] for id_ in ids}:
            self.ledger.note("a repeat was answered otherwise", ids, results)
        self.ledger.counts["events"] += 0 if is_repeat else len(ids)
        visit.acknowledged.update(stored)

    async def _choose_time(self, visit: Visit, *, is_again: bool) -> bool:
        """Select a time that is free; return False when the customer gives up."""
        for _ in range(TRIES_FOR_A_TIME):
            if (slot := await self._find_slot(visit)) is None:
                continue
            codes = await self._record(visit, timeslot_choice(self.stage, slot, is_again=is_again))
            if not codes:
                return True
            if not LATE.issuperset(codes):
                self.ledger.note("time refused", codes, slot)
            self.ledger.counts["times taken"] += 1
        await self._abandon(visit)
        return False

    async def _find_slot(self, visit: Visit) -> dict[str, Any] | None:
        day = (datetime.now(UTC) + timedelta(days=self.chance.randint(2, BOOKABLE_DAYS))).date()
        variables = {"stepId": self.stage["sTime"], "startDate": f"{day}", "endDate": f"{day}"}
        slots = await self._find_offered(visit, variables)
        free = [slot for slot in slots if slot["remainingCapacity"] != 0]
        if not free:
            return None
        # Early hours are scarce, so many meet at their last places.
        return free[0] if self.chance.random() < 0.3 else self.chance.choice(free)

    async def _find_offered(self, visit: Visit, variables: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self.patience.ask("AvailableTimeslots", variables, token=visit.token)
        slots: list[dict[str, Any]] = answer.data
        return slots

    async def _book(self, visit: Visit) -> None:
        key = self._new_uuid()
        for _ in range(TRIES_FOR_A_TIME):
            answer = await self._complete(visit, key)
            if not answer.codes:
                self._keep_booking(visit, answer)
                if self.chance.random() < 0.3:
                    self._keep_booking(visit, await self._complete(visit, key))
                return
            if answer.codes == ["SESSION_CLOSED"]:
                raise Left
            if not LATE.issuperset(answer.codes):
                self.ledger.note("booking refused", answer.data)
                raise Left
            self.ledger.counts["places taken"] += 1
            if not await self._choose_time(visit, is_again=True):
                return
            back = after_timeslot(self.stage, self.chance)
            await self._record_all(visit, back)
        await self._abandon(visit)

    async def _complete(self, visit: Visit, key: str) -> Answer:
        input_ = {"bookingSessionId": visit.id, "idempotencyKey": key}
        return await self.patience.ask(COMPLETE, {"input": input_}, token=visit.token)

    def _keep_booking(self, visit: Visit, answer: Answer) -> None:
        if answer.codes:
            self.ledger.note("a repeated booking was refused", answer.data)
            return
        booking_id = answer.data["booking"]["id"]
        if visit.booking_id not in (None, booking_id):
            self.ledger.note("a repeated booking is another", visit.booking_id, booking_id)
        if visit.booking_id is None:
            self.ledger.counts["bookings"] += 1
        visit.booking_id, visit.end = booking_id, "booked"

    async def _abandon(self, visit: Visit) -> None:
        answer = await self.patience.ask(
            ABANDON, {"input": {"bookingSessionId": visit.id}}, token=visit.token
        )
        if answer.codes and not (answer.is_in_doubt and answer.codes == ["SESSION_CLOSED"]):
            self.ledger.note("abandonment refused", answer.data)
        visit.end = "abandoned"
        self.ledger.counts["abandonments"] += 1

    def _new_id(self) -> str:
        self._sent += 1
        return f"c-{self._sent}"

    def _new_uuid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
