"""Who may use a field, declared beside it and visible in its description."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from enum import Enum
from typing import Any, ParamSpec, TypeVar

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from app.api.context import RequestContext
from app.api.errors import forbidden, unauthenticated
from app.api.organizations.enums import Role
from app.api.user_errors import to_user_errors
from app.domain.access import Anonymous, SessionCredential
from app.domain.refusal import Refused
from app.services.content_generations import current_generations

INPUT_DESCRIPTION = "What to do; the `path` of a problem leads from here to the value at fault."

P = ParamSpec("P")
R = TypeVar("R")


class Access(Enum):
    """Who may use a field."""

    PUBLIC = "Open to everyone; what it needs is in its arguments."
    SESSION = "Needs a session token, an API key or a member."
    SESSION_ONLY = "Needs a session token."
    SESSION_OR_EDITOR = (
        "Needs the session's token, or an API key or a member of role EDITOR or above."
    )
    ANALYST = "Needs an API key or a member of role ANALYST or above."
    EDITOR = "Needs an API key or a member of role EDITOR or above."
    OWNER = "Needs an API key or a member of role OWNER."


_ROLES = {
    Access.SESSION_OR_EDITOR: Role.EDITOR,
    Access.ANALYST: Role.ANALYST,
    Access.EDITOR: Role.EDITOR,
    Access.OWNER: Role.OWNER,
}
_OPEN_TO_SESSIONS = frozenset({Access.SESSION_OR_EDITOR})


class AccessExtension(FieldExtension):
    """Lets through only callers with the declared access."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def apply(self, field: StrawberryField) -> None:
        """Make the access part of the published description."""
        field.description = f"{field.description} {self.access.value}"

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **kwargs: Any) -> Any:
        """Resolve a field that need not wait, or raise RequestError."""
        self._check(info.context)
        return next_(source, info, **kwargs)

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        """Resolve the field, or raise RequestError."""
        self._check(info.context)
        return await next_(source, info, **kwargs)

    def _check(self, context: RequestContext) -> None:
        has_session = isinstance(context.credential, SessionCredential)
        if self.access in _ROLES and not (has_session and self.access in _OPEN_TO_SESSIONS):
            context.require_role(_ROLES[self.access])
        elif self.access is not Access.PUBLIC and isinstance(context.credential, Anonymous):
            raise unauthenticated()
        elif self.access is Access.SESSION_ONLY and not has_session:
            raise forbidden("Only a session's own token may do this.")


class ContentChangeExtension(FieldExtension):
    """Makes what this process keeps of the organization's content count as old."""

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        """Resolve the mutation; whatever came of it, the next request reads what is stored."""
        try:
            return await next_(source, info, **kwargs)
        finally:
            current_generations().change(info.context.organization_id)


class UserErrorsExtension(FieldExtension):
    """Answers a refused mutation with its payload, empty but for the problems."""

    def apply(self, field: StrawberryField) -> None:
        """Describe the input, which every mutation has alone."""
        for argument in field.arguments:
            argument.description = INPUT_DESCRIPTION

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        """Resolve the mutation; a Refused becomes `userErrors`."""
        try:
            return await next_(source, info, **kwargs)
        except Refused as refused:
            errors = to_user_errors(refused.problems, kwargs.get("input"))
            return info.return_type(user_errors=errors)


def query(
    *, description: str, access: Access, name: str | None = None
) -> Callable[[Callable[P, Awaitable[R]]], Any]:
    """Make a root query field of an asynchronous resolver."""
    return strawberry.field(
        name=name, description=description, extensions=[AccessExtension(access)]
    )


def subscription(
    *, description: str, access: Access
) -> Callable[[Callable[P, Awaitable[AsyncGenerator[R, None]]]], Any]:
    """Make a subscription of a resolver that refuses first, and returns what it then yields."""
    return strawberry.subscription(description=description, extensions=[AccessExtension(access)])


def mutation(*, description: str, access: Access) -> Callable[[Callable[P, Awaitable[R]]], Any]:
    """Make a mutation of an asynchronous resolver whose return type is its payload.

    The payload type must be constructible from `user_errors` alone.
    """
    extensions: list[FieldExtension] = [AccessExtension(access)]
    if access in {Access.EDITOR, Access.OWNER}:
        extensions.append(ContentChangeExtension())
    return strawberry.mutation(
        description=description, extensions=[*extensions, UserErrorsExtension()]
    )
