"""Counting the commands each server sends to the database, with little data and with much."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.benchmarks.comparison.agreement import ask
from scripts.benchmarks.comparison.counting_proxy import CountingProxy, counting_proxy
from scripts.benchmarks.comparison.dataset import Dataset
from scripts.benchmarks.comparison.load_generator import Plan
from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.results import CLIENTS, Measured, Results
from scripts.benchmarks.comparison.servers import RunningServer, Serving
from scripts.benchmarks.comparison.under_load import Load, Say, noting_problems

WARM_REQUESTS = 2
REQUESTS = 3
REQUESTS_AT_ONCE = 96
MANY = CLIENTS[-1]
SECONDS = 120.0
SECONDS_OF_SILENCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCounts:
    """The counting part of a run; the servers are started anew, with a proxy for a database."""

    dataset: Dataset
    serving: Serving
    folder: Path
    say: Say

    def count(self, operations: Sequence[Operation], results: Results) -> None:
        """Add the counts to the results."""
        self.say("counting the commands the servers send to the database")
        counted = [kind for kind in results.kinds if kind.server != "static"]
        with counting_proxy(self.dataset.database.port) as proxy:
            database = self.dataset.database.at_port(proxy.port)
            with self.serving.running(counted, database) as servers:
                for server in servers:
                    for operation in operations:
                        self._count_one(operation, server, proxy, results)
        self._note_static(operations, results)

    def _note_static(self, operations: Sequence[Operation], results: Results) -> None:
        """Note what is known of a server that has no database."""
        for kind in results.kinds:
            if kind.server == "static":
                for operation in operations:
                    results.of[operation, kind.label].commands = dict.fromkeys(CLIENTS, 0.0)

    def _count_one(
        self, operation: Operation, server: RunningServer, proxy: CountingProxy, results: Results
    ) -> None:
        measured = results.of[operation, server.label]
        if measured.problem is not None:
            return
        counting = _Counting(server, proxy, self.folder)
        with noting_problems(measured, self.say, server.label):
            self._count_sizes(operation, counting, measured)
            if operation.writes:
                # Writes that arrive together may be stored together.
                plan = self.dataset.plan(operation, self.dataset.large, self._sessions(64))
                measured.commands[MANY] = counting.per_request_at_once(plan)

    def _count_sizes(self, operation: Operation, counting: "_Counting", measured: Measured) -> None:
        data = self.dataset
        little = [data.small.fresh_session_id] if operation.writes else []
        much = [data.large.long_session_id] if operation.writes else []
        copied = [data.copy_session(each, count=1)[0] for each in (*little, *much)]
        small = data.plan(operation, data.small, copied[:1])
        large = data.plan(operation, data.large, copied[1:])
        measured.commands_small = counting.per_request(small)
        measured.commands = dict.fromkeys(CLIENTS, counting.per_request(large))

    def _sessions(self, count: int) -> list[str]:
        return self.dataset.copy_session(self.dataset.large.fresh_session_id, count=count)


@dataclass(frozen=True, slots=True)
class _Counting:
    server: RunningServer
    proxy: CountingProxy
    folder: Path

    def per_request(self, plan: Plan) -> float:
        """Return the commands of one request alone.

        The median of a few: a server may at any time send something for purposes of its own.
        """
        counts = []
        for number in range(WARM_REQUESTS + REQUESTS):
            before = self._settled()
            ask(self.server, plan, number=number)
            counts.append(self._settled() - before)
        return float(statistics.median(counts[WARM_REQUESTS:]))

    def per_request_at_once(self, plan: Plan) -> float:
        """Return the commands for each of many requests that arrive together."""
        load = Load(self.server, plan, self.folder)
        load.run(clients=MANY, seconds=SECONDS, most=MANY)
        before = self._settled()
        load.run(clients=MANY, seconds=SECONDS, most=REQUESTS_AT_ONCE)
        return round((self._settled() - before) / REQUESTS_AT_ONCE, 2)

    def _settled(self) -> int:
        """Return the count once nothing more comes of the requests answered so far."""
        last, now = -1, self.proxy.count.commands.total()
        while now != last:
            time.sleep(SECONDS_OF_SILENCE)
            last, now = now, self.proxy.count.commands.total()
        return now
