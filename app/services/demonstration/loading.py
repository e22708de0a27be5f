"""Loading the demonstration, once."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from app.documents.api_key import ApiKey
from app.documents.organization import Organization
from app.documents.scheduler_config import SchedulerConfig
from app.documents.session_changes import mark_all_changed
from app.domain.access import OrganizationCredential, Role
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.values import EntityId, Value
from app.services.authoring import Author
from app.services.demonstration.company import COMPANY_NAME, Company, set_up_company
from app.services.demonstration.flows import FlowKey
from app.services.demonstration.visits.planning import plan_visits
from app.services.demonstration.visits.playing import play_visits
from app.services.organizations import create_api_key, create_organization
from app.services.revisions import load_flow_index
from app.services.secrets import hash_key

Connect: TypeAlias = Callable[[EntityId], Awaitable[None]]

VISIT_COUNT = 2_000
_OPEN_BEFORE = timedelta(days=75)
_KEY_NAME = "Demonstration"
"""The key of this name is made last, so it says that everything before it was stored."""


class DemonstrationKeys(Value):
    """What opens the demonstration: the OWNER key and the widget's key."""

    organization_id: EntityId
    api_key: str
    publishable_key: str


async def find_demonstration() -> EntityId | None:
    """Return the organization of a demonstration that was loaded to the end, None without one."""
    organizations = await Organization.find({"name": COMPANY_NAME}).sort("_id").to_list()
    for organization in organizations:
        query = {"organization_id": organization.id, "name": _KEY_NAME}
        if await ApiKey.find_one(query) is not None:
            return organization.id
    return None


async def load_demonstration(
    *,
    now: datetime,
    report: Callable[[str, int, int], None],
    visit_count: int = VISIT_COUNT,
    connect: Connect | None = None,
) -> DemonstrationKeys:
    """Load the company and its past customers, unless they are there, and return fresh keys.

    `report` is called with a phase, what is done of it and its total. A load cut short leaves an
    organization that is never found again; the next one starts with a new organization. The keys
    of a demonstration that is there cannot be read back, so it gets one more API key. `connect`
    gives the company its account at the vendor, before it has any bookings; without one none of
    them is told there.
    """
    organization_id = await find_demonstration()
    if organization_id is None:
        organization_id = await _load(
            now=now, report=report, visit_count=visit_count, connect=connect
        )
    return await _make_keys(organization_id, now=now)


async def _load(
    *,
    now: datetime,
    report: Callable[[str, int, int], None],
    visit_count: int,
    connect: Connect | None,
) -> EntityId:
    opened_at = now - _OPEN_BEFORE
    organization, owner_key = await create_organization(COMPANY_NAME, now=opened_at)
    if connect is not None:
        await connect(organization.id)
    author = Author(credential=await _credential_of(owner_key, now=opened_at), now=opened_at)
    company = await set_up_company(author, report_progress=partial(report, "Company"))
    visits = plan_visits(visit_count, flows=await _load_flows(company, organization.id), now=now)
    await play_visits(
        visits, config=company.config, report_progress=partial(report, "Past sessions")
    )
    # A worker may have made rollups meanwhile.
    await mark_all_changed(organization.id, now=now)
    return organization.id


async def _credential_of(api_key: str, *, now: datetime) -> OrganizationCredential:
    key = await ApiKey.find_active(hash_key(api_key), now=now)
    if key is None:
        raise RuntimeError("the key of a new organization is gone")
    return OrganizationCredential(
        organization_id=key.organization_id, api_key_id=key.id, role=key.role
    )


async def _load_flows(company: Company, organization_id: EntityId) -> dict[FlowKey, FlowIndex]:
    flows: dict[FlowKey, FlowIndex] = {}
    for key, revision_id in company.revision_ids.items():
        flow = await load_flow_index(organization_id, revision_id)
        if flow is None:
            raise RuntimeError(f"the revision {revision_id} just published is gone")
        flows[key] = flow
    return flows


async def _make_keys(organization_id: EntityId, *, now: datetime) -> DemonstrationKeys:
    configs = SchedulerConfig.find({"organization_id": organization_id}).sort("_id")
    config = await configs.first_or_none()
    if config is None:
        raise RuntimeError("the scheduler config of the demonstration was removed")
    _, api_key = await create_api_key(organization_id, name=_KEY_NAME, role=Role.OWNER, now=now)
    return DemonstrationKeys(
        organization_id=organization_id,
        api_key=api_key,
        publishable_key=config.publishable_key,
    )
