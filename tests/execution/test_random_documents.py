"""Plans give graphql-core's answers, to thousands of random documents and random failures."""

import asyncio
from itertools import islice

import pytest
from graphql import DocumentNode, GraphQLSchema, parse

from tests.execution.chance import Chance
from tests.execution.comparing import Told, Unplanned, by_graphql_core, by_plan, find_difference
from tests.execution.documents import Request, requests
from tests.execution.schemas.asking import Asking
from tests.execution.schemas.boxes import BOXES, a_root
from tests.execution.schemas.library import LIBRARY, ROOT
from tests.execution.shrinking import shrink

# Where a null ends their parent, graphql-core leaves coroutines behind that it never awaits.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SCHEMAS: dict[str, GraphQLSchema] = {"library": LIBRARY._schema, "boxes": BOXES}
CHANCES = tuple((failing, waiting) for failing in (0, 3, 10) for waiting in (0, 40))
DOCUMENTS_PER_SEED = 100
SEEDS = range(8)
SECONDS_TO_ANSWER = 30


async def ask_both(
    name: str, document: DocumentNode, request: Request, chance: Chance
) -> tuple[Told, Told]:
    """Return graphql-core's answer and a plan's, of executions that know nothing of each other."""
    told = []
    for ask in (by_graphql_core, by_plan):
        asking = Asking(chance)
        root = ROOT if name == "library" else a_root(asking, request.operation)
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            answer = await ask(
                SCHEMAS[name],
                document,
                request.operation_name,
                root_value=root,
                context_value=asking,
                variable_values=request.variables,
            )
        told.append(answer)
    return told[0], told[1]


async def explain(name: str, request: Request, chance: Chance, difference: str) -> str:
    """Return a small document that shows the difference."""

    async def differs(document: DocumentNode) -> bool:
        try:
            return find_difference(*await ask_both(name, document, request, chance)) is not None
        except Unplanned:
            return False

    document = await shrink(SCHEMAS[name], parse(request.document), differs)
    left = find_difference(*await ask_both(name, parse(document), request, chance))
    asked = f"{name} {request.operation_name} {request.variables} {chance}"
    return f"{left or difference}\n{asked}\n{document}"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SCHEMAS)
async def test_plan_gives_the_answer_of_graphql_core(name: str, seed: int) -> None:
    planned = exact = 0
    for number, request in enumerate(
        islice(requests(SCHEMAS[name], seed=seed), DOCUMENTS_PER_SEED)
    ):
        failing, waiting = CHANCES[number % len(CHANCES)]
        chance = Chance(seed * DOCUMENTS_PER_SEED + number, failing=failing, waiting=waiting)
        try:
            core, plan = await ask_both(name, parse(request.document), request, chance)
        except Unplanned:
            continue
        difference = find_difference(core, plan)
        if difference:
            pytest.fail(await explain(name, request, chance, difference))
        planned += 1
        exact += core.errors == plan.errors

    assert planned >= 0.95 * DOCUMENTS_PER_SEED
    assert exact >= 0.9 * DOCUMENTS_PER_SEED
