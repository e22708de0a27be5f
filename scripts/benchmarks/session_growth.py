"""What long sessions cost: events derived a second, and one more event for a session of any length.

Appends are measured as a server does them one after another, which keeps the session's history, and
as another process does them that has to read the session first. Lengths take turns, and the median
is told, so that noise of the machine hits all alike.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from app.documents.driver import CommandCounter, disconnect
from app.documents.embedded_server import embedded_database
from app.documents.registry import connect_documents
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.derive import derive
from app.services.booking_sessions import history
from tests.domain.booking_session.builders import DETAILS, THROUGH_SERVICE, entered, updated
from tests.services.booking_sessions.builders import Customer, a_customer, a_place

LENGTHS = (10, 1_000, 10_000)
EVENTS_PER_BATCH = 100
APPENDS = 40

numbers = count()


async def a_session_of(length: int) -> Customer:
    """Return an active session with so many events."""
    customer = await a_customer(*THROUGH_SERVICE, entered(DETAILS), place=await a_place())
    missing = length - len(THROUGH_SERVICE) - 2
    while missing > 0:
        size = min(EVENTS_PER_BATCH, missing)
        await customer.record(*(an_update() for _ in range(size)))
        missing -= size
    return customer


def an_update() -> SessionCommand:
    return updated(DETAILS, "property", ("house", "flat")[next(numbers) % 2])


async def milliseconds(action: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await action()
    return (time.perf_counter() - began) * 1_000


async def append(customer: Customer) -> None:
    await customer.record(an_update())


async def append_elsewhere(customer: Customer) -> None:
    """Append as a process does that has not seen the session before."""
    history._kept.clear()
    await append(customer)


async def measure_appends(counter: CommandCounter) -> Table:
    customers = {length: await a_session_of(length) for length in LENGTHS}
    table = Table("events before", "append, ms", "commands", "append elsewhere, ms", "commands")
    times: dict[tuple[int, bool], list[float]] = {}
    for _ in range(APPENDS):
        for length, customer in customers.items():
            cold = await milliseconds(lambda customer=customer: append_elsewhere(customer))
            warm = await milliseconds(lambda customer=customer: append(customer))
            times.setdefault((length, False), []).append(warm)
            times.setdefault((length, True), []).append(cold)
    for length, customer in customers.items():
        with counter.counting() as cold_commands:
            await append_elsewhere(customer)
        with counter.counting() as warm_commands:
            await append(customer)
        table.add_row(
            f"{length:,}",
            f"{statistics.median(times[length, False]):.2f}",
            str(len(warm_commands)),
            f"{statistics.median(times[length, True]):.2f}",
            str(len(cold_commands)),
        )
    return table


async def measure_derive() -> None:
    customer = await a_session_of(10_000)
    events = await customer.events()
    rates = []
    for _ in range(5):
        began = time.process_time()
        derive(events)
        rates.append(len(events) / (time.process_time() - began))
    print(f"derive: {statistics.median(rates):,.0f} events/s of CPU time")


async def run(data_dir: Path) -> None:
    counter = CommandCounter()
    async with embedded_database(data_dir=data_dir) as uri:
        await connect_documents(uri, database_name="session_growth", listeners=[counter])
        await measure_derive()
        Console().print(await measure_appends(counter))
        await disconnect()


def main() -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


if __name__ == "__main__":
    main()
