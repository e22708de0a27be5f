"""Creating, patching and deleting editable entities: what is the same for every kind."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from app.documents.base import VersionedDocument
from app.documents.driver import DuplicateKeyError
from app.documents.usage import find_usages
from app.domain.audit import AuditedEntity
from app.domain.problems import Problem, ProblemCode, ProblemPath
from app.domain.refusal import Refused, problems_of, refuse
from app.domain.usage import AnyUsage, UsedKind
from app.domain.values import EntityId, Value
from app.services.audit import Snapshot, record_change
from app.services.authoring import Author, refuse_if

V = TypeVar("V", bound=VersionedDocument)
M = TypeVar("M", bound=BaseModel)

SHOWN_USERS = 20


class Patch(Value):
    """What a client changes of an entity.

    `fields` holds what was given, in plain values under the domain's names; what was omitted is
    absent. `problems` is what was wrong already with the reading of them.
    """

    id: EntityId
    expected_version: int
    fields: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()


class Deletion(Value):
    """Which entity to delete, and the version its editor has seen, if it matters."""

    id: EntityId
    expected_version: int | None = None


class InUse(Refused):
    """The entity cannot be deleted, because others use it."""

    def __init__(self, problems: Iterable[Problem], usages: Sequence[AnyUsage]) -> None:
        self._others = tuple(problems)
        self.usages = tuple(usages)
        super().__init__([*self._others, self._describe(lambda usage: usage.title)])

    def naming(self, name: Callable[[AnyUsage], str]) -> Refused:
        """Return the same refusal with each user named by `name` in its message."""
        return Refused([*self._others, self._describe(name)])

    def _describe(self, name: Callable[[AnyUsage], str]) -> Problem:
        named = [name(usage) for usage in self.usages[:SHOWN_USERS]]
        if len(self.usages) > SHOWN_USERS:
            named.append(f"{len(self.usages) - SHOWN_USERS} more")
        message = f"is used by {', '.join(named)}"
        return Problem(code=ProblemCode.IN_USE, message=message, path=("id",))


@dataclass(frozen=True, kw_only=True)
class EntityKind(Generic[V]):
    """A kind of editable entity; `unique_field` must differ within the organization."""

    document: type[V]
    audited_as: AuditedEntity
    unique_field: ProblemPath = ()

    def mutation(self, verb: str) -> str:
        """Return the name of the mutation that does this to such an entity."""
        return verb + self.audited_as.value.title().replace("_", "")

    @contextmanager
    def refusing_duplicates(self) -> Iterator[None]:
        """Turn the database's refusal of a second unique value into Refused (DUPLICATE)."""
        try:
            yield
        except DuplicateKeyError as error:
            message = f"another one has this {str(self.unique_field[-1]).replace('_', ' ')}"
            raise refuse(ProblemCode.DUPLICATE, message, *self.unique_field) from error


async def insert_entity(
    kind: EntityKind[V], entity: V, *, author: Author, snapshot: Snapshot | None = None
) -> V:
    """Store a new entity and return it; raises Refused with DUPLICATE.

    `snapshot` is what the audit keeps, where that is more than the document.
    """
    async with record_change(
        author=author,
        mutation=kind.mutation("create"),
        entity_type=kind.audited_as,
        entity_id=entity.id,
        before=None,
    ) as change:
        with kind.refusing_duplicates():
            await entity.insert()
        change.after = snapshot or entity
    return entity


async def apply_patch(
    document: type[V],
    content_type: type[M],
    patch: Patch,
    *,
    author: Author,
    find_problems: Callable[[V, M], Awaitable[Iterable[Problem]]] | None = None,
    current: Callable[[V], Mapping[str, Any]] | None = None,
) -> tuple[V, M]:
    """Return the entity as it is stored and the content it shall have.

    The given fields are laid over the stored content and the whole is judged by the rules for new
    content, so that null for what must be there is REQUIRED. `current` gives the stored content
    where the document has it in another form. Raises Refused with every problem: NOT_FOUND,
    CONFLICT, those of the content, and what `find_problems` finds wrong with the given fields.
    """
    entity = await document.get_owned(author.organization_id, patch.id)
    if entity is None:
        raise Refused(_distinct([*patch.problems, _not_found()]))
    problems = list(patch.problems)
    if entity.version != patch.expected_version:
        problems.append(_conflict(entity.version))
    fields = set(content_type.model_fields)
    stored = current(entity) if current else entity.model_dump(include=fields)
    content, invalid = _overlay(content_type, stored, patch.fields)
    problems += invalid
    # What was not given may have become wrong since: a flow that was deleted, for one.
    judged = patch.fields.keys() - {problem.path[0] for problem in invalid}
    found = await find_problems(entity, content) if find_problems else ()
    problems += [problem for problem in found if problem.path[0] in judged]
    refuse_if(_distinct(problems))
    return entity, content


def _overlay(
    content_type: type[M], stored: Mapping[str, Any], fields: Mapping[str, Any]
) -> tuple[M, tuple[Problem, ...]]:
    """Return the content with the given fields, and what is wrong with those left out of it."""
    try:
        return content_type.model_validate({**stored, **fields}), ()
    except ValidationError as error:
        problems = problems_of(error)
    wrong = {problem.path[0] for problem in problems}
    valid = {name: value for name, value in fields.items() if name not in wrong}
    try:
        return content_type.model_validate({**stored, **valid}), problems
    except ValidationError as error:
        raise Refused(problems) from error


async def update_entity(
    kind: EntityKind[V],
    entity: V,
    changes: Mapping[str, Any],
    *,
    author: Author,
    mutation: str | None = None,
    before: Snapshot | None = None,
    after: Callable[[V], Snapshot] | None = None,
) -> V:
    """Write the changes to the version loaded and return the entity; Refused (CONFLICT, DUPLICATE).

    `mutation` is the name of the mutation where it is not the kind's update. `before` and `after`
    are what the audit keeps, where that is more than the document.
    """
    async with record_change(
        author=author,
        mutation=mutation or kind.mutation("update"),
        entity_type=kind.audited_as,
        entity_id=entity.id,
        before=before or entity,
    ) as change:
        with kind.refusing_duplicates():
            updated = await kind.document.update_at_version(
                author.organization_id,
                entity.id,
                expected_version=entity.version,
                changes=changes,
                now=author.now,
            )
        if updated is None:
            raise await _lost_race(kind.document, entity.id, author)
        change.after = after(updated) if after else updated
    return updated


async def delete_entity(
    kind: EntityKind[V],
    deletion: Deletion,
    *,
    author: Author,
    used_as: UsedKind | None = None,
    snapshot: Callable[[V], Awaitable[Snapshot]] | None = None,
) -> V:
    """Delete an entity and return what it was.

    Raises Refused with NOT_FOUND and CONFLICT, and InUse when others refer to it. A reference
    written in the very moment of the deletion is missed: it reads as null, and a graph that holds
    it cannot be published.
    """
    entity = await kind.document.get_owned(author.organization_id, deletion.id)
    if entity is None:
        raise Refused([_not_found()])
    problems = []
    if deletion.expected_version not in (None, entity.version):
        problems.append(_conflict(entity.version))
    if used_as is not None:
        usages = await find_usages(used_as, author.organization_id, [entity.id])
        if usages[entity.id]:
            raise InUse(problems, usages[entity.id])
    refuse_if(problems)
    async with record_change(
        author=author,
        mutation=kind.mutation("delete"),
        entity_type=kind.audited_as,
        entity_id=entity.id,
        before=await snapshot(entity) if snapshot else entity,
    ):
        deleted = await kind.document.delete_at_version(
            author.organization_id, entity.id, expected_version=entity.version
        )
        if not deleted:
            raise await _lost_race(kind.document, entity.id, author)
    return entity


async def _lost_race(document: type[V], entity_id: EntityId, author: Author) -> Refused:
    latest = await document.get_owned(author.organization_id, entity_id)
    return Refused([_not_found() if latest is None else _conflict(latest.version)])


def _not_found() -> Problem:
    return Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=("id",))


def _conflict(current_version: int) -> Problem:
    return Problem(
        code=ProblemCode.CONFLICT,
        message=f"was changed meanwhile; its version is {current_version}",
        path=("expected_version",),
    )


def _distinct(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
