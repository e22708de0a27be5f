"""A process that keeps so many connections busy with requests, and says how long they took.

Each client sends its next request as soon as the answer to the last one is complete. It speaks
HTTP by hand: a client library would cost more than the servers it measures.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import NamedTuple, cast

from scripts.benchmarks.comparison.figures import percentile
from scripts.benchmarks.comparison.processes import keep_on_core

VALUE = "%VALUE%"
COUNT = b"%COUNT%%"
"""Becomes a number of as many digits, another one in each request."""

HEAD_END = b"\r\n\r\n"
FAILURES = (b'"errors":[', b'"userErrors":[{')
SECONDS_TO_ANSWER = 180.0


class Plan(NamedTuple):
    """What is sent: the body with `VALUE` replaced by each value in turn, with its bearer token."""

    body: str
    values: list[str]
    tokens: list[str]

    def requests(self, *, first: int) -> list[bytes]:
        """Return the requests, whole but for the count, from that of number `first` on."""
        requests = [
            _request(self.body.replace(VALUE, value), token)
            for value, token in zip(self.values, self.tokens, strict=True)
        ]
        start = first % len(requests)
        return requests[start:] + requests[:start]


def _request(body: str, token: str) -> bytes:
    content = body.encode()
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\n{authorization}Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@dataclass(slots=True)
class Load:
    """How long to go on, and what came of it; times in seconds."""

    deadline: float
    most: int
    counter: Iterator[int]
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    started: int = 0

    def may_start(self) -> bool:
        is_due = self.started < self.most and time.perf_counter() < self.deadline
        self.started += is_due
        return is_due and not self.failures


class Client(asyncio.Protocol):
    """One connection; `done` is set when its last answer is complete."""

    def __init__(self, load: Load, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._load = load
        self._requests = requests
        self.done = done
        self._buffer = bytearray()
        self._expected = -1
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def _send(self) -> None:
        transport = self._transport
        if transport is None or not self._load.may_start():
            self._finish()
            return
        request = next(self._requests)
        if COUNT in request:
            request = request.replace(COUNT, b"%08d" % next(self._load.counter))
        self._expected = -1
        self._buffer.clear()
        self._sent_at = time.perf_counter()
        transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._expected < 0:
            self._read_head()
        if self._is_whole():
            self._load.times.append(time.perf_counter() - self._sent_at)
            self._check()
            self._send()

    def _read_head(self) -> None:
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        _, found, rest = head.partition(b"content-length:")
        # Chunks end with an empty one.
        self._expected = end + 4 + int(rest.split(b"\r\n", 1)[0]) if found else 0

    def _is_whole(self) -> bool:
        if self._expected > 0:
            return len(self._buffer) >= self._expected
        return self._expected == 0 and self._buffer.endswith(b"\r\n0\r\n\r\n")

    def _check(self) -> None:
        is_ok = self._buffer.startswith(b"HTTP/1.1 200")
        if not is_ok or any(failure in self._buffer for failure in FAILURES):
            self._load.failures.append(bytes(self._buffer[:600]).decode(errors="replace"))

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self._load.failures.append("the server closed the connection")
        self._finish()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        if self._transport is not None:
            self._transport.close()


async def put_under_load(
    port: int, plan: Plan, *, clients: int, seconds: float, most: int, first_count: int
) -> dict[str, object]:
    """Return what came of the load: counts, seconds, percentiles and the first failure."""
    loop = asyncio.get_running_loop()
    requests = cycle(plan.requests(first=first_count))
    began, cpu_began = time.perf_counter(), time.process_time()
    load = Load(deadline=began + seconds, most=most, counter=count(first_count))
    ends = []
    for _ in range(clients):
        client = Client(load, requests, loop.create_future())
        ends.append(client.done)
        await loop.create_connection(lambda it=client: it, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.wait(ends, timeout=seconds + SECONDS_TO_ANSWER)
    lasted, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    times = sorted(load.times)
    return {
        "request_count": len(times),
        "seconds": lasted,
        "p50_ms": percentile(times, 0.5) * 1_000 if times else 0.0,
        "p99_ms": percentile(times, 0.99) * 1_000 if times else 0.0,
        "generator_share": cpu / lasted,
        "failure": load.failures[0] if load.failures else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--most", type=int, required=True)
    parser.add_argument("--first-count", type=int, required=True)
    given = parser.parse_args()
    keep_on_core(os.getpid(), 1)
    plan = Plan(**json.loads(given.plan.read_text()))
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        load = put_under_load(
            given.port,
            plan,
            clients=given.clients,
            seconds=given.seconds,
            most=given.most,
            first_count=given.first_count,
        )
        json.dump(runner.run(load), sys.stdout)


def fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's, where it is installed, else None for asyncio's own."""
    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415

        return uvloop.new_event_loop
    return None


if __name__ == "__main__":
    main()
