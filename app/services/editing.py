"""Creating, patching and deleting editable entities: what is the same for every kind."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from app.documents.base import VersionedDocument
from app.documents.driver import DuplicateKeyError
from app.documents.usage import find_usages
from app.domain.audit import AuditedEntity
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused, problems_of
from app.domain.usage import AnyUsage, UsedKind
from app.domain.values import EntityId, Value
from app.services.audit import Snapshot, record_change
from app.services.authoring import Author, Owned, find_missing, refuse_if
from app.services.given import Given, as_given, find_ids, read

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
    """A kind of editable entity; `unique_field` must differ within the organization.

    `references` is what the ids in its content name, by the name of their field.
    """

    document: type[V]
    audited_as: AuditedEntity
    unique_field: tuple[str, ...] = ()
    references: Mapping[str, Owned] = field(default_factory=dict)

    def mutation(self, verb: str) -> str:
        """Return the name of the mutation that does this to such an entity."""
        return verb + self.audited_as.value.title().replace("_", "")

    @contextmanager
    def refusing_duplicates(self) -> Iterator[None]:
        """Turn the database's refusal of a second unique value into Refused (DUPLICATE)."""
        try:
            yield
        except DuplicateKeyError as error:
            raise Refused([self._duplicate()]) from error

    async def find_problems(
        self, given: Given[Any], *, author: Author, entity_id: EntityId | None = None
    ) -> tuple[Problem, ...]:
        """Return what is wrong with an input, however unreadable, given what else is stored.

        These are NOT_FOUND for ids that name nothing, and DUPLICATE for a name that another entity
        than `entity_id` has. Where nothing else is wrong, the write itself will find that out.
        """
        found: list[Problem] = []
        for document in dict.fromkeys(self.references.values()):
            names = {name for name, named in self.references.items() if named is document}
            ids = dict(find_ids(given.plain, names))
            found += await find_missing(document, author.organization_id, ids)
        if (given.problems or found) and await self._is_taken(given, author, entity_id):
            found.append(self._duplicate())
        return tuple(found)

    async def _is_taken(
        self, given: Given[Any], author: Author, entity_id: EntityId | None
    ) -> bool:
        depth = len(self.unique_field)
        is_wrong = any(problem.path[:depth] == self.unique_field for problem in given.problems)
        name: Any = given.plain
        for part in self.unique_field:
            name = name.get(part) if isinstance(name, Mapping) else None
        if is_wrong or not isinstance(name, str):
            return False
        # Names are stored without the blanks around them.
        other = await self.document.find_one(
            {
                "organization_id": author.organization_id,
                ".".join(self.unique_field): name.strip(),
            }
        )
        return other is not None and other.id != entity_id

    def _duplicate(self) -> Problem:
        message = f"another one has this {self.unique_field[-1].replace('_', ' ')}"
        return Problem(code=ProblemCode.DUPLICATE, message=message, path=self.unique_field)


async def judge_new(kind: EntityKind[Any], given: M | Given[M], *, author: Author) -> M:
    """Return the content of a new entity; raises Refused with everything that is wrong with it."""
    new = as_given(given)
    return new.accept(await kind.find_problems(new, author=author))


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
    kind: EntityKind[V],
    content_type: type[M],
    patch: Patch,
    *,
    author: Author,
    find_problems: Callable[[V], Awaitable[Iterable[Problem]]] | None = None,
    current: Callable[[V], Mapping[str, Any]] | None = None,
) -> tuple[V, M]:
    """Return the entity as it is stored and the content it shall have.

    The given fields are laid over the stored content and the whole is judged by the rules for new
    content, so that null for what must be there is REQUIRED. `current` gives the stored content
    where the document has it in another form. Raises Refused with every problem of what was given:
    NOT_FOUND, CONFLICT, those of the fields, and what `find_problems` finds.
    """
    entity = await kind.document.get_owned(author.organization_id, patch.id)
    problems = list(patch.problems)
    stored: Mapping[str, Any] = {}
    if entity is None:
        problems.append(_not_found())
    else:
        if entity.version != patch.expected_version:
            problems.append(_conflict(entity.version))
        fields = set(content_type.model_fields)
        stored = current(entity) if current else entity.model_dump(include=fields)
    overlaid = _overlay(content_type, stored, patch.fields)
    if entity is not None and find_problems is not None:
        problems += await find_problems(entity)
    given = replace(overlaid, problems=(*problems, *overlaid.problems))
    content = given.accept(await kind.find_problems(given, author=author, entity_id=patch.id))
    if entity is None:
        raise Refused(given.problems)
    return entity, content


def _overlay(
    content_type: type[M], stored: Mapping[str, Any], fields: Mapping[str, Any]
) -> Given[M]:
    """Return the fields as given, with the content they make when laid over what is stored.

    Only what was given is judged: the rest may have become wrong since, a number that can no longer
    be called, for one, and that is nothing this edit has to mend.
    """
    judged = read(content_type, {**stored, **fields})
    problems = [p for p in judged.problems if not p.path or p.path[0] in fields]
    if judged.value is not None or problems or not stored:
        return Given(fields, judged.value, tuple(problems))
    try:
        return Given(fields, content_type.model_validate({**stored, **fields}))
    except ValidationError as error:
        return Given(fields, None, problems_of(error))


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
