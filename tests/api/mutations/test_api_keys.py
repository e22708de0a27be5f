"""Making, listing and revoking API keys."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.api_key import ApiKey
from app.documents.audit_record import AuditRecord
from app.documents.organization import Organization
from app.domain.access import (
    Anonymous,
    Credential,
    OrganizationCredential,
    Role,
    SessionCredential,
)
from app.services.audit import read_snapshot
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import organization_of
from tests.contract.journey import load_operations

pytestmark = pytest.mark.usefixtures("database")

CREATE = load_operations("admin.graphql")["CreateApiKey"]
REVOKE = """
mutation ($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) { apiKey { id revokedAt } userErrors { code path } }
}
"""
LIST = "{ apiKeys(first: 10) { totalCount nodes { id name role prefix revokedAt } } }"
CREATE_BRAND_KIT = load_operations("admin.graphql")["CreateBrandKit"]


async def create(client: ApiClient, name: str = "Reports", role: str = "ANALYST") -> Any:
    data = await client.data(CREATE, {"input": {"name": name, "role": role}})
    return data["createApiKey"]


async def revoke(client: ApiClient, key_id: str) -> Any:
    return (await client.data(REVOKE, {"input": {"id": key_id}}))["revokeApiKey"]


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


async def test_a_new_key_works_at_once_and_only_its_digest_is_kept() -> None:
    client = await an_organization()

    payload = await create(client)

    secret = payload["secret"]
    assert payload["userErrors"] == []
    assert payload["apiKey"]["role"] == "ANALYST"
    assert secret.startswith(payload["apiKey"]["prefix"])
    credential = await client.authenticator.authenticate(secret, now=datetime.now(UTC))
    assert isinstance(credential, OrganizationCredential)
    assert credential.organization_id == organization_of(client)
    assert credential.role is Role.ANALYST
    stored = await ApiKey.get_motor_collection().find({}).to_list(None)
    records = await AuditRecord.get_motor_collection().find({}).to_list(None)
    assert secret not in repr(stored) + repr(records)


async def test_a_revoked_key_opens_nothing_and_says_since_when() -> None:
    client = await an_organization()
    payload = await create(client)
    key_id = payload["apiKey"]["id"]

    revoked = await revoke(client, key_id)
    again = await revoke(client, key_id)

    assert revoked["userErrors"] == []
    assert revoked["apiKey"]["revokedAt"] is not None
    assert again == revoked
    assert await client.authenticator.authenticate(payload["secret"], now=datetime.now(UTC)) is None


async def test_keys_are_listed_from_the_newest_on_without_their_secrets() -> None:
    client = await an_organization()
    first, second = await create(client, "First"), await create(client, "Second", "EDITOR")
    await revoke(client, first["apiKey"]["id"])

    keys = (await client.data(LIST))["apiKeys"]

    assert keys["totalCount"] == 3
    assert [(key["name"], key["role"], key["revokedAt"] is None) for key in keys["nodes"]] == [
        ("Second", "EDITOR", True),
        ("First", "ANALYST", False),
        ("Owner", "OWNER", True),
    ]
    assert keys["nodes"][0]["prefix"] == second["apiKey"]["prefix"]


async def test_a_name_is_required_and_bounded() -> None:
    client = await an_organization()
    before = await ApiKey.find({}).count()

    for name, code in (("", "REQUIRED"), ("n" * 101, "TOO_LONG")):
        payload = await create(client, name)
        assert payload["apiKey"] is payload["secret"] is None
        assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [
            (code, ["input", "name"])
        ]
    assert await ApiKey.find({}).count() == before


async def test_another_organization_neither_sees_nor_revokes_a_key() -> None:
    client, stranger = await an_organization(), await an_organization("Other")
    payload = await create(client)

    for key_id in (payload["apiKey"]["id"], encode_id(EntityType.API_KEY, "0" * 24), "nonsense"):
        refused = await revoke(stranger, key_id)
        assert refused == {
            "apiKey": None,
            "userErrors": [{"code": "NOT_FOUND", "path": ["input", "id"]}],
        }
    assert (
        await client.authenticator.authenticate(payload["secret"], now=datetime.now(UTC))
        is not None
    )
    names = [key["name"] for key in (await stranger.data(LIST))["apiKeys"]["nodes"]]
    assert names == ["Owner"]


async def test_making_and_revoking_a_key_are_recorded_without_its_digest() -> None:
    client = await an_organization()
    payload = await create(client)
    await revoke(client, payload["apiKey"]["id"])

    records = await AuditRecord.find({"organization_id": organization_of(client)}).to_list()

    by_mutation = {record.mutation: record for record in records}
    assert sorted(by_mutation) == ["createApiKey", "revokeApiKey"]
    created = await read_snapshot(by_mutation["createApiKey"].after)
    assert created["name"] == "Reports"
    assert await read_snapshot(by_mutation["revokeApiKey"].before) == created
    assert (await read_snapshot(by_mutation["revokeApiKey"].after))["revoked_at"] is not None
    assert "key_hash" not in created


def a_caller(role: Role | None, organization: str) -> Credential:
    if role is None:
        return SessionCredential(organization_id=organization, booking_session_id="5" * 24)
    return OrganizationCredential(organization_id=organization, api_key_id="a" * 24, role=role)


WRITE = {
    "input": {"name": "K", "colors": dict.fromkeys(("primary", "secondary", "accent"), "#000000")}
}
MANAGE = {"input": {"name": "K", "role": "ANALYST"}}
READ = "{ bookingSessions { totalCount } }"


@pytest.mark.parametrize(
    ("role", "may_read", "may_write", "may_manage_keys"),
    [
        (Role.OWNER, True, True, True),
        (Role.EDITOR, True, True, False),
        (Role.ANALYST, True, False, False),
        (None, False, False, False),
    ],
)
async def test_each_role_may_do_what_it_may_and_no_more(
    role: Role | None, *, may_read: bool, may_write: bool, may_manage_keys: bool
) -> None:
    client = await an_organization()
    caller = a_caller(role, organization_of(client))
    key_id = (await create(client))["apiKey"]["id"]
    before = await ApiKey.find({}).count()

    async def is_let(query: str, variables: dict[str, Any] | None = None) -> bool:
        answer = await client.execute(query, variables, as_=caller)
        assert codes(answer) in ([], ["FORBIDDEN"]), answer
        return codes(answer) == []

    assert await is_let(READ) is may_read
    assert await is_let(CREATE_BRAND_KIT, WRITE) is may_write
    assert await is_let(CREATE, MANAGE) is may_manage_keys
    assert await is_let(LIST) is may_manage_keys
    assert await is_let(REVOKE, {"input": {"id": key_id}}) is may_manage_keys
    assert await ApiKey.find({}).count() == before + may_manage_keys


async def test_nobody_manages_keys_without_a_credential() -> None:
    client = await an_organization()

    answer = await client.execute(CREATE, MANAGE, as_=Anonymous())

    assert codes(answer) == ["UNAUTHENTICATED"]
    assert await Organization.get(organization_of(client)) is not None
