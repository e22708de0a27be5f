"""An owner's choices for the organization's sessions."""

from app.documents.organization import Organization
from app.domain.audit import AuditedEntity
from app.domain.organization_settings import OrganizationSettings
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused
from app.services import given
from app.services.audit import record_change
from app.services.authoring import Author
from app.services.editing import Patch


async def update_organization_settings(patch: Patch, *, author: Author) -> Organization:
    """Change the settings that are given and return the organization.

    A session keeps the event id policy it started with; the others hold at once, for every session.
    Raises Refused with every problem: NOT_FOUND, CONFLICT, and those of the values.
    """
    organization = await Organization.get(author.organization_id)
    if organization is None or patch.id != organization.id:
        raise Refused([*patch.problems, _not_found()])
    problems = list(patch.problems)
    if organization.version != patch.expected_version:
        problems.append(_conflict(organization.version))
    stored = organization.model_dump(include=set(OrganizationSettings.model_fields))
    settings = given.read(OrganizationSettings, {**stored, **patch.fields}, problems).accept()
    return await _write(organization, settings, author)


async def _write(
    organization: Organization, settings: OrganizationSettings, author: Author
) -> Organization:
    async with record_change(
        author=author,
        mutation="updateOrganizationSettings",
        entity_type=AuditedEntity.ORGANIZATION,
        entity_id=organization.id,
        before=organization,
    ) as change:
        updated = await Organization.update_at_version(
            organization.id,
            expected_version=organization.version,
            changes=settings.model_dump(),
        )
        if updated is None:
            latest = await Organization.get(organization.id)
            raise Refused([_not_found() if latest is None else _conflict(latest.version)])
        change.after = updated
    return updated


def _not_found() -> Problem:
    return Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=("id",))


def _conflict(current_version: int) -> Problem:
    return Problem(
        code=ProblemCode.CONFLICT,
        message=f"was changed meanwhile; its version is {current_version}",
        path=("expected_version",),
    )
