"""Putting the system together: two servers, two workers, the vendor, one database."""

import asyncio
import os
import socket
import sys
import time
from pathlib import Path

import httpx

from scripts.soaking.processes import Database, Fleet, Process

SCHEDULER = str(Path(sys.executable).with_name("scheduler"))
HOST = "127.0.0.1"
START_TIMEOUT_SECONDS = 90.0
SETTLE_SECONDS = 2.0

SETTINGS = {
    "SCHEDULER_HOST": HOST,
    "SCHEDULER_LOG_FORMAT": "json",
    "SCHEDULER_LOG_LEVEL": "info",
    # All customers come from one address.
    "SCHEDULER_POINTS_PER_MINUTE": "0",
    # So small that they are full whenever the database hesitates.
    "SCHEDULER_MAX_QUEUED_EVENTS": "100",
    "SCHEDULER_MAX_CONCURRENT_OPERATIONS": "40",
    "SCHEDULER_SESSION_IDLE_MINUTES": "1",
    "SCHEDULER_VENDOR_SETTLE_SECONDS": str(SETTLE_SECONDS),
}


def make_fleet(folder: Path) -> Fleet:
    """Return the processes, none of them started; their logs and data are below `folder`."""
    data_dir = folder / "data"
    vendor_port, *ports = _free_ports(3)
    vendor_url = f"http://{HOST}:{vendor_port}"
    common = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        **SETTINGS,
        "SCHEDULER_DATA_DIR": str(data_dir),
        "SCHEDULER_VENDOR_API_URL": vendor_url,
        "SCHEDULER_VENDOR_AUTH_URL": vendor_url,
    }

    def process(name: str, *arguments: str, **settings: str) -> Process:
        return Process(name, (SCHEDULER, *arguments), common | settings, folder / f"{name}.log")

    names = ("first", "second")
    return Fleet(
        servers=tuple(
            process(f"{name}-server", "serve", SCHEDULER_PORT=str(port))
            for name, port in zip(names, ports, strict=True)
        ),
        urls=tuple(f"http://{HOST}:{port}" for port in ports),
        workers=tuple(process(f"{name}-worker", "worker") for name in names),
        vendor=process("vendor", "vendor", "stand-in", "--port", str(vendor_port)),
        vendor_url=vendor_url,
        database=Database(data_dir),
        environment=common,
    )


async def start_fleet(fleet: Fleet) -> None:
    """Start everything and wait until it serves; raises TimeoutError."""
    for process in fleet.processes:
        process.start()
    await wait_until_ready(fleet)


async def wait_until_ready(fleet: Fleet) -> None:
    """Return once every server serves and the vendor answers; raises TimeoutError."""
    async with httpx.AsyncClient(timeout=5) as http:
        for url in (*(f"{url}/readyz" for url in fleet.urls), f"{fleet.vendor_url}/statistics"):
            await _wait_for(http, url)


async def _wait_for(http: httpx.AsyncClient, url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            if (await http.get(url)).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise TimeoutError(f"{url} did not become ready")


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
