"""The plans of a process: made when an operation comes again, bounded, kept by how often it comes.

An operation met for the first time is only noted. What comes once, as documents made up one after
the other do, therefore never costs the making of a plan and never takes the place of one. When the
plans fill their space, a new one must have come more often than the one that has waited longest
for its next use, which counts for half as much each time it is challenged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode
from prometheus_client import Gauge

from app.execution.planning import Plan, make_plan
from app.execution.reasons import NoPlan, NotPlanned, Reason
from app.execution.selections import read_operation

MAX_SIZE = 20_000
"""Of all plans together: fields, each for every type it is selected of, and text.

A field takes 1.3 to 1.7 kB, so all of them some 30 MB: a hundred plans as large as a dashboard's.
"""

CHARACTERS_PER_FIELD = 50
"""Characters of a document that count as much as a field."""

PLANNED_AT_USE = 2
"""The use of an operation at which its plan is made."""

MAX_NOTED = 4_096
"""Operations without a plan that are remembered, a few bytes each."""

KEPT_FIELDS = Gauge(
    "scheduler_plan_fields",
    "Size of the plans that are kept: fields, and text that counts as fields.",
    multiprocess_mode="livesum",
)

Key: TypeAlias = "tuple[GraphQLSchema, str, str | None]"


@dataclass(slots=True)
class _Kept:
    plan: Plan
    size: int
    uses: int


class PlanCache:
    """Plans by schema, text of the document and name of the operation."""

    def __init__(self, *, max_size: int = MAX_SIZE, max_noted: int = MAX_NOTED) -> None:
        self.size = 0
        self.planned_at_use = PLANNED_AT_USE
        self._max_size = max_size
        self._max_noted = max_noted
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        # By the hash of the key: of texts that come once nothing is kept.
        self._noted: OrderedDict[int, int | NotPlanned] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> Plan | NotPlanned:
        """Return the operation's plan, made now when it is time, or why there is none."""
        if operation.loc is None:
            return NotPlanned(Reason.NO_TEXT)
        name = operation.name.value if operation.name else None
        key = (schema, operation.loc.source.body, name)
        kept = self._kept.get(key)
        if kept is None:
            return self._meet(key, operation, fragments)
        kept.uses += 1
        self._kept.move_to_end(key)
        if kept.plan.size != kept.size:
            self._resize(kept)
        return kept.plan

    def _meet(
        self,
        key: Key,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> Plan | NotPlanned:
        noted = self._noted.pop(hash(key), 0)
        if isinstance(noted, NotPlanned):
            self._note(key, noted)
            return noted
        uses = noted + 1
        if uses < self.planned_at_use or not self._has_place(uses):
            self._note(key, uses)
            is_early = uses < self.planned_at_use
            return NotPlanned(Reason.FIRST_USE if is_early else Reason.NOT_ADMITTED)
        try:
            plan = make_plan(key[0], read_operation(operation, fragments))
        except NoPlan as error:
            self._note(key, NotPlanned(error.reason))
            return NotPlanned(error.reason)
        self._keep(key, plan, uses=uses)
        return plan

    def _note(self, key: Key, noted: int | NotPlanned) -> None:
        self._noted[hash(key)] = noted
        while len(self._noted) > self._max_noted:
            self._noted.popitem(last=False)

    def _has_place(self, uses: int) -> bool:
        if self.size < self._max_size or not self._kept:
            return True
        longest_unused = next(iter(self._kept.values()))
        if uses > longest_unused.uses:
            return True
        longest_unused.uses //= 2
        return False

    def _keep(self, key: Key, plan: Plan, *, uses: int) -> None:
        plan.size += len(key[1]) // CHARACTERS_PER_FIELD
        kept = self._kept[key] = _Kept(plan, 0, uses)
        self._resize(kept)

    def _resize(self, kept: _Kept) -> None:
        """Count a plan that is new or was made for further conditions, and make place for it."""
        self.size += kept.plan.size - kept.size
        kept.size = kept.plan.size
        while self.size > self._max_size and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self.size -= gone.size
        KEPT_FIELDS.set(self.size)
