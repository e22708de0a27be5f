"""Rules every kind of editable content shares."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from app.documents.driver import new_id
from app.domain.access import OrganizationCredential
from app.domain.instants import Instant
from app.domain.problems import Problem, ProblemCode, ProblemPath
from app.domain.refusal import Refused
from app.domain.values import EntityId, Value


class Author(Value):
    """Who edits, and when."""

    credential: OrganizationCredential
    now: Instant

    @property
    def organization_id(self) -> EntityId:
        """The organization that is edited."""
        return self.credential.organization_id

    def ownership(self) -> dict[str, Any]:
        """Return the fields of a new document of the author's organization."""
        return {
            "id": new_id(),
            "organization_id": self.organization_id,
            "created_at": self.now,
            "updated_at": self.now,
        }


class Owned(Protocol):
    """A kind of document that can say which ids name one of an organization."""

    async def owned_ids(
        self, organization_id: EntityId, entity_ids: Iterable[EntityId], /
    ) -> set[EntityId]:
        """Return those of the ids."""
        ...


async def find_missing(
    document: Owned,
    organization_id: EntityId,
    references: Mapping[ProblemPath, EntityId | None],
) -> tuple[Problem, ...]:
    """Return a NOT_FOUND problem for each path whose id names no such document here.

    All ids of a kind are looked up together.
    """
    wanted = {entity_id for entity_id in references.values() if entity_id is not None}
    owned = await document.owned_ids(organization_id, wanted) if wanted else set()
    return tuple(
        Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=path)
        for path, entity_id in references.items()
        if entity_id is not None and entity_id not in owned
    )


def refuse_if(problems: Iterable[Problem]) -> None:
    """Raise Refused with the problems, if there are any."""
    found = tuple(problems)
    if found:
        raise Refused(found)
