"""Plans give graphql-core's answers to what `hypothesis-graphql` makes of a schema."""

import asyncio
from collections.abc import Iterator

import pytest
from graphql import GraphQLSchema, parse, print_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from tests.execution.chance import Chance
from tests.execution.comparing import find_difference
from tests.execution.documents import Request
from tests.execution.schemas.boxes import BOXES
from tests.execution.schemas.library import LIBRARY
from tests.execution.test_random_documents import ask_both

# Where a null ends their parent, graphql-core leaves coroutines behind that it never awaits.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SCHEMAS = {"library": LIBRARY._schema, "boxes": BOXES}
SDL = {"library": LIBRARY.as_str(), "boxes": print_schema(BOXES)}
TEXTS = {
    "Isbn": ("978-1",),
    "Odd": ("x",),
    "Date": ("2026-01-02",),
    "DateTime": ("2026-01-02T03:04:05+00:00",),
    "Decimal": ("1.5",),
    "JSON": ("{}",),
}
DOCUMENTS_PER_FIELD = {"library": 60, "boxes": 10}
"""Boxes within boxes take their time to generate; the random documents have more of them."""

seeded = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """A loop of this module's own: Hypothesis calls plain functions."""
    with asyncio.Runner() as runner:
        yield runner


def _fields(schema: GraphQLSchema) -> Iterator[str]:
    for root in (schema.query_type, schema.mutation_type):
        yield from root.fields if root else ()


FIELDS = [(name, field) for name, schema in SCHEMAS.items() for field in _fields(schema)]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_generated_document_has_the_answer_of_graphql_core(
    runner: asyncio.Runner, name: str, field: str
) -> None:
    scalars = {
        scalar: st.sampled_from(texts).map(nodes.String)
        for scalar, texts in TEXTS.items()
        if scalar in SCHEMAS[name].type_map
    }

    @settings(seeded, max_examples=DOCUMENTS_PER_FIELD[name])
    @given(
        text=from_schema(SDL[name], fields=[field], custom_scalars=scalars),
        seed=st.integers(0, 2**32),
        failing=st.sampled_from((0, 3, 10)),
        waiting=st.sampled_from((0, 40)),
    )
    def ask(text: str, seed: int, failing: int, waiting: int) -> None:
        operation = "mutation" if text.startswith("mutation") else "query"
        request = Request(text, operation, None, {})
        chance = Chance(seed, failing=failing, waiting=waiting)
        answers = runner.run(ask_both(name, parse(text), request, chance))
        assert find_difference(*answers) is None, text

    ask()
