"""What the admin app's dashboard asks of the database, and how long it takes, by number of flows.

Each flow has three steps, and a question, a service and a category of its own, so nothing is
shared between them. The answers are made in process, without HTTP.
"""

import asyncio
import statistics
import time
from collections import Counter

from rich.console import Console
from rich.table import Table

from app.documents.driver import CommandCounter, disconnect
from app.documents.in_memory_server import start_in_memory_server
from app.documents.registry import connect_documents
from tests.api.client import ApiClient, an_organization
from tests.api.flows import a_flow
from tests.api.site import an_author
from tests.contract.journey import load_operations

OPERATION = load_operations("admin.graphql")["FlowDashboard"]
FLOW_COUNTS = (5, 50)
RUNS = 7


async def an_organization_with_flows(count: int) -> ApiClient:
    client = await an_organization()
    for number in range(count):
        await a_flow(an_author(client), title=f"Flow {number}")
    return client


async def measure_ms(client: ApiClient) -> float:
    """Return the median time of the operation in milliseconds."""
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        await client.data(OPERATION, {"first": 100})
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


async def run(uri: str) -> None:
    counter = CommandCounter()
    await connect_documents(uri, database_name="flow_dashboard", listeners=[counter])
    table = Table("flows", "commands", "ms", "ms per flow", "of them more than once")
    for count in FLOW_COUNTS:
        client = await an_organization_with_flows(count)
        with counter.counting() as commands:
            await client.data(OPERATION, {"first": 100})
        repeated = [f"{name}: {n}" for name, n in Counter(commands).items() if n > 1]
        sent = str(len(commands))
        milliseconds = await measure_ms(client)
        per_flow = f"{milliseconds / count:.1f}"
        table.add_row(str(count), sent, f"{milliseconds:.0f}", per_flow, ", ".join(repeated))
    await disconnect()
    Console().print(table)


def main() -> None:
    with start_in_memory_server() as uri:
        asyncio.run(run(uri))


if __name__ == "__main__":
    main()
