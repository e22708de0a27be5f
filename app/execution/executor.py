"""graphql-core's executor, running by plans where there are any."""

from __future__ import annotations

from graphql import ExecutionResult
from graphql.execution import ExperimentalIncrementalExecutionResults
from graphql.pyutils import AwaitableOrValue
from prometheus_client import Counter

from app.execution.core import CoreExecutor
from app.execution.plan_cache import PlanCache
from app.execution.planning import Plan
from app.execution.reasons import NotPlanned

EXECUTIONS = Counter(
    "scheduler_executions",
    "Operations and events that were executed, by a plan (compiled) or by graphql-core, and why.",
    ["executor", "reason"],
)
_COMPILED = EXECUTIONS.labels("compiled", "planned")

plans = PlanCache()
"""The plans of this process."""


class CompiledExecutor(CoreExecutor):
    """Executes an operation, or an event of a subscription, by its plan when there is one."""

    def execute_operation(
        self, serially: bool | None = None
    ) -> AwaitableOrValue[ExecutionResult | ExperimentalIncrementalExecutionResults]:
        """Return the answer, or an awaitable of it; see Executor.execute_operation."""
        plan = plans.find(self.schema, self.operation, self.fragment_definitions)
        answer = plan.run(self) if isinstance(plan, Plan) else plan
        if isinstance(answer, NotPlanned):
            EXECUTIONS.labels("graphql-core", answer.reason.value).inc()
            return super().execute_operation(serially)
        _COMPILED.inc()
        return answer
