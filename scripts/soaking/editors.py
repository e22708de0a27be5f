"""The company's staff: they rename services, several at once the same one, and publish."""

import asyncio
import random
from dataclasses import dataclass

from scripts.soaking.ledger import Edit, Ledger
from scripts.soaking.patience import Patience
from scripts.soaking.stage import Stage

SERVICE = "query ($id: ID!) { bookingService(id: $id) { version } }"
RENAME = """mutation ($input: UpdateBookingServiceInput!) {
  updateBookingService(input: $input) {
    bookingService { version serviceContent { title } } userErrors { code message }
  }
}"""
FLOW = "query ($id: ID!) { bookingFlow(id: $id) { version revision } }"
STALE = ["CONFLICT"]


@dataclass
class Editor:
    """One of several people who edit the same things."""

    name: str
    stage: Stage
    patience: Patience
    ledger: Ledger
    chance: random.Random
    over: asyncio.Event
    pause_seconds: float = 0.5

    async def keep_renaming(self) -> None:
        """Rename one service after another."""
        number = 0
        while not self.over.is_set():
            number += 1
            await self._rename(self.chance.choice(self.stage.service_ids), f"{self.name} {number}")
            await asyncio.sleep(self.chance.uniform(0, 2 * self.pause_seconds))

    async def keep_publishing(self) -> None:
        """Change the flow's title and publish it, again and again."""
        number = 0
        while not self.over.is_set():
            number += 1
            await self._publish(f"Book a visit {number}")
            await asyncio.sleep(self.chance.uniform(0, 4 * self.pause_seconds))

    async def _rename(self, service_id: str, title: str) -> None:
        """Give the title once; an attempt that may have been carried out is not made again."""
        seen = await self.patience.ask(SERVICE, {"id": service_id}, token=self.stage.admin_key)
        input_ = {
            "id": service_id,
            "expectedVersion": seen.data["version"],
            "serviceContent": {"title": title},
        }
        answer = await self.patience.ask(RENAME, {"input": input_}, token=self.stage.admin_key)
        if not answer.codes:
            service = answer.data["bookingService"]
            self.ledger.edits.append(
                Edit(service_id, service["version"], service["serviceContent"]["title"])
            )
            self.ledger.counts["edits"] += 1
        elif answer.codes == STALE:
            self.ledger.counts["edits met"] += 1
        else:
            self.ledger.note("edit refused", answer.data)

    async def _publish(self, title: str) -> None:
        if (version := await self._version()) is None:
            return
        content = {
            "id": self.stage["flow"],
            "expectedVersion": version,
            "content": {"title": title},
        }
        token = self.stage.admin_key
        edited = await self.patience.ask("UpdateBookingFlow", {"input": content}, token=token)
        if edited.codes not in ([], STALE) or (edited.codes and not edited.is_in_doubt):
            self.ledger.note("flow edit refused", edited.data)
        if (version := await self._version()) is None:
            return
        publication = {"id": self.stage["flow"], "expectedVersion": version}
        answer = await self.patience.ask("PublishBookingFlow", {"input": publication}, token=token)
        if not answer.codes:
            self.ledger.publications.append(answer.data["bookingFlow"]["revision"])
            self.ledger.counts["publications"] += 1
        elif answer.codes != STALE or not answer.is_in_doubt:
            self.ledger.note("publication refused", answer.data)

    async def _version(self) -> int | None:
        seen = await self.patience.ask(FLOW, {"id": self.stage["flow"]}, token=self.stage.admin_key)
        if seen.data is None:
            self.ledger.note("the flow is gone")
            return None
        return int(seen.data["version"])
