"""Another organization's ids, given to everything that takes an id.

Each answer must be the one a random id of the same kind gets, and show nothing of the other.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from strawberry.extensions import ParserCache, ValidationCache

from app.api.ids import EntityType, encode_id, parse_id
from app.api.scalars import SCHEMA_CONFIG
from app.api.schema import Mutation, PublishedSchema, Query
from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.driver import Database, new_id
from app.documents.member import Member
from app.domain.access import OrganizationCredential, Role
from app.domain.files import StoredFileInfo
from app.domain.member import MemberStatus
from app.execution.choice import execute_with
from app.execution.names import DEFAULT_EXECUTOR, ExecutorName
from app.loaders.base import OwnedId
from app.loaders.loaders import Loaders
from app.services.files import store_file
from tests.api.client import ApiClient
from tests.api.mutations.test_booking_session import start
from tests.api.queries.test_node import ids_of_everything
from tests.api.sessions import Office
from tests.api.site import Site, a_site
from tests.services.booking_sessions.builders import a_place
from tests.services.images import a_raster
from tests.two_organizations.asking import Question, questions

# Without bounds on documents: these ask for everything there is to see.
PARSED, VALIDATED = ParserCache(maxsize=200), ValidationCache(maxsize=200)
UNBOUNDED = PublishedSchema(
    query=Query,
    mutation=Mutation,
    config=SCHEMA_CONFIG,
    extensions=[lambda: PARSED, lambda: VALIDATED],
)
execute_with(UNBOUNDED, ExecutorName(os.environ.get("SCHEDULER_EXECUTOR", DEFAULT_EXECUTOR)))
QUESTIONS = [question for question in questions() if question.takes_ids]
ALL_QUERIES = [question for question in questions() if question.kind == "query"]


@dataclass(frozen=True)
class TwoOrganizations:
    """Who asks, and an id of every kind of entity of somebody else."""

    asking: Site
    session: ApiClient
    foreign_ids: dict[EntityType, str]

    def callers(self) -> list[ApiClient]:
        """Return an owner, an analyst and a customer of the asking organization."""
        owner = self.asking.client
        assert isinstance(owner.credential, OrganizationCredential)
        analyst = owner.credential.model_copy(update={"role": Role.ANALYST})
        return [owner, ApiClient(analyst), self.session]

    def shows_foreign(self, answer: Any) -> bool:
        """Return whether an id of the other organization is in the answer."""
        text = json.dumps(answer, default=str)
        return any(foreign in text for foreign in self.foreign_ids.values())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(database: Database) -> TwoOrganizations:
    asking, other = await a_site(), await a_site()
    return TwoOrganizations(
        asking=asking,
        session=asking.client.with_session(raw_id(await start(asking))),
        foreign_ids=await ids_of_every_kind(other),
    )


async def ids_of_every_kind(site: Site) -> dict[EntityType, str]:
    """Return a global id of each kind of entity of the site's organization."""
    office = Office(site.client, await a_place(organization_id=site.organization_id))
    _, booking_id = await office.a_booking()
    file = await store_file(a_raster(), organization_id=site.organization_id)
    assert isinstance(file, StoredFileInfo)
    now = datetime.now(UTC)
    member = await Member(
        organization_id=site.organization_id,
        created_at=now,
        updated_at=now,
        email=f"{site.organization_id}@example.com",
        name="Ann",
        role=Role.EDITOR,
        status=MemberStatus.INVITED,
    ).insert()
    category = await BookingAnswerCategory.find_one({"organization_id": site.organization_id})
    assert category is not None
    ids = [
        *(await ids_of_everything(site)).values(),
        booking_id,
        encode_id(EntityType.FILE, file.id),
        encode_id(EntityType.MEMBER, member.id),
        encode_id(EntityType.BOOKING_ANSWER_CATEGORY, category.id),
    ]
    by_kind = {kind: id_ for id_ in ids for kind in EntityType if is_of(kind, id_)}
    assert by_kind.keys() == set(EntityType)
    return by_kind


def is_of(kind: EntityType, id_: str) -> bool:
    parsed = parse_id(id_)
    return parsed is not None and parsed[0] is kind


def raw_id(payload: dict[str, Any]) -> str:
    parsed = parse_id(payload["bookingSession"]["id"])
    assert parsed is not None
    return parsed[1]


async def ask(caller: ApiClient, question: Question, id_: str, variant: int) -> dict[str, Any]:
    result = await UNBOUNDED.execute(
        question.document(),
        variable_values=question.variables(id_, variant=variant),
        context_value=caller.context(),
    )
    errors = [[error.message, error.path] for error in result.errors or ()]
    return {"data": result.data, "errors": errors}


def shape(answer: Any) -> Any:
    """Return an answer without texts, which hold fresh ids and times; codes and paths stay."""
    match answer:
        case dict():
            return {
                name: item if name.endswith(("_code", "_path")) else shape(item)
                for name, item in answer.items()
            }
        case list() | tuple():
            return [shape(item) for item in answer]
        case str():
            return "text"
        case _:
            return answer


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
async def test_foreign_id_is_answered_like_a_random_one(
    two: TwoOrganizations, question: Question
) -> None:
    for caller in two.callers():
        for kind in EntityType:
            for variant in range(question.variants()):
                foreign, random = two.foreign_ids[kind], encode_id(kind, new_id())

                of_foreign = await ask(caller, question, foreign, variant)
                of_random = await ask(caller, question, random, variant)

                assert shape(of_foreign) == shape(of_random)


@pytest.mark.parametrize("question", ALL_QUERIES, ids=lambda question: question.name)
async def test_no_query_shows_anything_of_another_organization(
    two: TwoOrganizations, question: Question
) -> None:
    for caller in two.callers():
        answer = await ask(caller, question, encode_id(EntityType.BOOKING, new_id()), 0)

        assert not two.shows_foreign(answer)


def is_nothing(loaded: Any) -> bool:
    """Return whether what a loader gave is None, an empty list, or a tuple of empty lists."""
    return not loaded or (isinstance(loaded, tuple) and not any(loaded))


async def test_no_loader_hands_out_what_is_not_the_organizations(two: TwoOrganizations) -> None:
    loaders = Loaders()
    names = [name for name in vars(Loaders) if not name.startswith("_")]
    seen = 0
    for name in names:
        found = getattr(loaders, name)
        for loader in found.values() if isinstance(found, dict) else (found,):
            for kind, foreign in two.foreign_ids.items():
                parsed = parse_id(foreign)
                assert parsed is not None
                key = OwnedId(two.asking.organization_id, parsed[1])
                assert is_nothing(await loader.load(key)), (name, kind)
                seen += 1

    assert seen >= len(names) * len(two.foreign_ids)
