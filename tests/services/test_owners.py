"""Owners who end each other at the same time, and the indexes that find people and pages."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from app.documents.api_key import ApiKey
from app.documents.driver import Database
from app.documents.member import Member
from app.documents.scheduler_config import SchedulerConfig
from app.domain.access import OrganizationCredential, Role
from app.domain.instants import to_instant
from app.domain.refusal import Refused
from app.services.api_keys import revoke_api_key
from app.services.authoring import Author
from app.services.organizations import create_api_key, create_organization


async def test_owners_who_revoke_each_other_at_once_leave_one(database: Database) -> None:
    now = to_instant(datetime.now(UTC))
    organization, _ = await create_organization("Harbor", now=now)
    for number in range(4):
        await create_api_key(organization.id, name=f"{number}", role=Role.OWNER, now=now)
    keys = await ApiKey.find({"organization_id": organization.id}).to_list()

    async def revoke(key: ApiKey) -> None:
        credential = OrganizationCredential(
            organization_id=organization.id, api_key_id="a" * 24, role=Role.OWNER
        )
        await revoke_api_key(key.id, author=Author(credential=credential, now=now))

    outcomes = await asyncio.gather(*map(revoke, keys), return_exceptions=True)

    refused = [
        problem.code for each in outcomes if isinstance(each, Refused) for problem in each.problems
    ]
    assert refused == ["LAST_OWNER"]
    assert await ApiKey.find({"organization_id": organization.id, "revoked_at": None}).count() == 1


@pytest.mark.parametrize(
    ("document", "query"),
    [
        (ApiKey, {"key_hash": "h"}),
        (ApiKey, {"former_key_hash": "h"}),
        (Member, {"issuer": "i", "subject": "s"}),
        (Member, {"email": "e", "status": "invited"}),
        (SchedulerConfig, {"allowed_origins": "o"}),
        (SchedulerConfig, {"allowed_origins": "o", "organization_id": "i"}),
    ],
)
async def test_whoever_asks_is_found_by_an_index(
    database: Database, document: Any, query: dict[str, Any]
) -> None:
    plan = await document.get_motor_collection().find(query).explain()

    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
