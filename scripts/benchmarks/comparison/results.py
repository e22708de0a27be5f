"""What a run has found out so far."""

from dataclasses import dataclass, field

from scripts.benchmarks.comparison.figures import Memory, Round, Row, to_row
from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.servers import Kind

CLIENTS = (1, 32)


@dataclass(slots=True)
class Measured:
    """What is known of one operation on one server; rounds and commands by number of clients.

    `commands_small` are those of one client of a company with little data. A `problem` says why the
    rest is missing.
    """

    rounds: dict[int, list[Round]] = field(default_factory=dict)
    memory: Memory | None = None
    commands: dict[int, float] = field(default_factory=dict)
    commands_small: float | None = None
    problem: str | None = None


@dataclass(slots=True)
class Results:
    """What is known of all operations, by operation and the label of the server."""

    kinds: list[Kind]
    of: dict[tuple[Operation, str], Measured] = field(default_factory=dict)

    def add(self, operation: Operation, kind: Kind) -> Measured:
        """Return what is going to be known of an operation on a server."""
        measured = self.of[operation, kind.label] = Measured()
        return measured

    def rows(self, operation: Operation) -> list[tuple[Kind, Row]]:
        """Return the rows of an operation, server by server."""
        return [
            (kind, self._row(operation, kind, clients))
            for kind in self.kinds
            for clients in CLIENTS
        ]

    def _row(self, operation: Operation, kind: Kind, clients: int) -> Row:
        measured = self.of[operation, kind.label]
        return to_row(
            operation.value,
            kind.server,
            clients,
            rounds=measured.rounds.get(clients, []),
            commands=measured.commands.get(clients),
            memory=measured.memory,
        )
