"""One run: every operation on every server, round by round."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.benchmarks.comparison.agreement import (
    DisagreementError,
    ask,
    expected_answer,
    find_difference,
)
from scripts.benchmarks.comparison.command_counts import CommandCounts
from scripts.benchmarks.comparison.dataset import Dataset
from scripts.benchmarks.comparison.figures import Memory
from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.results import CLIENTS, Measured, Results
from scripts.benchmarks.comparison.servers import Kind, RunningServer, Serving
from scripts.benchmarks.comparison.under_load import Load, Say, noting_problems

SESSIONS_PER_SERVER = 256
WARMING_CLIENTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long a run takes; `memory_requests` are those between the two looks at the memory.

    Once an operation has had its share of the whole `budget_seconds`, no round is repeated.
    """

    rounds: int
    seconds: float
    warm_seconds: float
    memory_requests: int
    memory_seconds: float
    budget_seconds: float


FULL = Effort(
    rounds=5,
    seconds=2.0,
    warm_seconds=2.0,
    memory_requests=50_000,
    memory_seconds=120.0,
    budget_seconds=math.inf,
)
QUICK = Effort(
    rounds=3,
    seconds=0.3,
    warm_seconds=0.2,
    memory_requests=50_000,
    memory_seconds=10.0,
    budget_seconds=160.0,
)


class Run:
    """A run over one dataset; the first of the kinds is this server as it is started by default."""

    def __init__(
        self, dataset: Dataset, kinds: list[Kind], *, effort: Effort, folder: Path, say: Say
    ) -> None:
        self._dataset = dataset
        self._kinds = kinds
        self._effort = effort
        self._folder = folder
        self._say = say
        self._serving = Serving(answer=folder / "answer.json", log=folder / "servers.log")
        self._expected: dict[Operation, Any] = {}
        self._repeat_until = math.inf

    def measure(self, operations: Sequence[Operation]) -> Results:
        """Return what every server makes of the operations."""
        results = Results(self._kinds)
        began = time.monotonic()
        self._ask_first_server(operations)
        for number, operation in enumerate(operations, start=1):
            share = self._effort.budget_seconds * number / len(operations)
            self._repeat_until = began + share
            self._measure_operation(operation, results)
        counts = CommandCounts(
            dataset=self._dataset, serving=self._serving, folder=self._folder, say=self._say
        )
        counts.count(operations, results)
        return results

    def _ask_first_server(self, operations: Sequence[Operation]) -> None:
        """Find out what all others have to answer."""
        self._serving.answer.write_text("{}")
        with self._serving.running(self._kinds[:1], self._dataset.database) as (server,):
            server.require_running()
            for operation in operations:
                self._expected[operation] = expected_answer(server, self._dataset, operation)
                sessions = self._sessions(operation, count=1)
                plan = self._dataset.plan(operation, self._dataset.large, sessions)
                self._answer_file(operation).write_text(json.dumps(ask(server, plan)))

    def _answer_file(self, operation: Operation) -> Path:
        return self._folder / f"{operation.value}.json"

    def _sessions(self, operation: Operation, *, count: int) -> list[str]:
        if not operation.writes:
            return []
        return self._dataset.copy_session(self._dataset.large.fresh_session_id, count=count)

    def _measure_operation(self, operation: Operation, results: Results) -> None:
        self._say(f"{operation.value}: starting the servers")
        self._serving.answer.write_bytes(self._answer_file(operation).read_bytes())
        with self._serving.running(self._kinds, self._dataset.database) as servers:
            loads = []
            for kind, server in zip(self._kinds, servers, strict=True):
                measured = results.add(operation, kind)
                with noting_problems(measured, self._say, kind.label):
                    server.require_running()
                    self._require_agreement(operation, kind, server)
                    sessions = self._sessions(operation, count=SESSIONS_PER_SERVER)
                    plan = self._dataset.plan(operation, self._dataset.large, sessions)
                    loads.append(_Candidate(Load(server, plan, self._folder), measured))
            self._put_under_load(operation, loads)

    def _require_agreement(self, operation: Operation, kind: Kind, server: RunningServer) -> None:
        """Raise DisagreementError when the server answers or stores something else."""
        if kind.server == "static":
            return
        actual = expected_answer(server, self._dataset, operation)
        difference = find_difference(self._expected[operation], actual)
        if difference is not None:
            raise DisagreementError(f"it does not agree: {difference}")

    def _put_under_load(self, operation: Operation, candidates: "list[_Candidate]") -> None:
        effort = self._effort
        for each in candidates:
            with noting_problems(each.measured, self._say, each.label):
                each.load.run(clients=WARMING_CLIENTS, seconds=effort.warm_seconds)
                each.look_at_memory()
        for clients in CLIENTS:
            for number in range(effort.rounds):
                if number and time.monotonic() > self._repeat_until:
                    break
                self._say(f"{operation.value}: {clients} clients, round {number + 1}")
                for each in candidates:
                    self._add_round(each, clients)
        for each in candidates:
            if operation is Operation.BOOT_WARM:
                self._go_on_for_memory(each)
            each.note_memory()

    def _add_round(self, candidate: "_Candidate", clients: int) -> None:
        measured = candidate.measured
        if measured.problem is not None:
            return
        rounds = measured.rounds.setdefault(clients, [])
        with noting_problems(measured, self._say, candidate.label):
            rounds.append(candidate.load.run(clients=clients, seconds=self._effort.seconds))

    def _go_on_for_memory(self, candidate: "_Candidate") -> None:
        """Send what is left of the requests between the two looks at the memory, if time allows.

        A server that would not come far in that time is given up early.
        """
        rounds = candidate.measured.rounds.get(CLIENTS[-1])
        if candidate.measured.problem is not None or not rounds:
            return
        effort = self._effort
        fastest = max(each.request_count / each.seconds for each in rounds)
        is_hopeless = fastest * effort.memory_seconds < effort.memory_requests / 10
        seconds = effort.memory_seconds / 10 if is_hopeless else effort.memory_seconds
        left = max(1, effort.memory_requests - candidate.sent_since_look)
        self._say(f"memory of {candidate.label}")
        with noting_problems(candidate.measured, self._say, candidate.label):
            candidate.load.run(clients=CLIENTS[-1], seconds=seconds, most=left)


class _Candidate:
    """A server that is being measured."""

    def __init__(self, load: Load, measured: Measured) -> None:
        self.load = load
        self.measured = measured
        self._first_look: tuple[float, int] | None = None

    @property
    def label(self) -> str:
        return self.load.server.label

    @property
    def sent_since_look(self) -> int:
        """How many requests were answered since the first look at the memory."""
        return self.load.sent - (self._first_look[1] if self._first_look else 0)

    def look_at_memory(self) -> None:
        self._first_look = self.load.server.resident_mb(), self.load.sent

    def note_memory(self) -> None:
        if self._first_look is not None and self.measured.problem is None:
            after_mb = self.load.server.resident_mb()
            self.measured.memory = Memory(self._first_look[0], after_mb, self.sent_since_look)
