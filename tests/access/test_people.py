"""People: invited by an owner, known by the issuer, members of one organization or several."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.api.ids import EntityType, encode_id
from app.documents.audit_record import AuditRecord
from app.documents.driver import Database
from app.documents.member import Member
from tests.access.callers import SERVER, a_server, an_authenticator
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import organization_of
from tests.issuer import TestIssuer, an_issuer

INVITE = """mutation ($input: InviteMemberInput!) { inviteMember(input: $input) {
  member { id version role status email } userErrors { code path } } }"""
CHANGE = """mutation ($input: UpdateMemberRoleInput!) { updateMemberRole(input: $input) {
  member { version role } userErrors { code path } } }"""
REMOVE = """mutation ($input: RemoveMemberInput!) { removeMember(input: $input) {
  member { id } userErrors { code path } } }"""
REVOKE = """mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) {
  apiKey { id } userErrors { code path } } }"""
VIEWER = """{ viewer { role organization { id } member { name status }
  memberships { role organization { id } } } }"""
ADDRESS = "ana@harbor.example"


@pytest.fixture(scope="module")
def issuer() -> Iterator[TestIssuer]:
    with an_issuer() as issuer:
        yield issuer


@pytest_asyncio.fixture(loop_scope="module")
async def server(database: Database, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with a_server(an_authenticator(issuer)) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def client(database: Database, issuer: TestIssuer) -> ApiClient:
    await Member.get_motor_collection().delete_many({})
    client = await an_organization()
    client.authenticator = an_authenticator(issuer)
    return client


async def invite(client: ApiClient, **changes: Any) -> Any:
    person = {"email": ADDRESS, "name": "Ana", "role": "EDITOR", **changes}
    return (await client.data(INVITE, {"input": person}))["inviteMember"]


async def ask(server: httpx.AsyncClient, token: str, query: str = VIEWER, **headers: str) -> Any:
    response = await server.post(
        "/graphql",
        json={"query": query},
        headers={"Authorization": f"Bearer {token}", **headers},
    )
    return response.json()


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


def id_of(client: ApiClient) -> str:
    return encode_id(EntityType.ORGANIZATION, organization_of(client))


async def test_invited_person_becomes_a_member_on_signing_in_with_the_verified_address(
    server: httpx.AsyncClient, client: ApiClient, issuer: TestIssuer
) -> None:
    invited = await invite(client, email="Ana@Harbor.example")
    unverified = await ask(server, issuer.token("ana", email=ADDRESS))
    viewer = await ask(server, issuer.token("ana", email=ADDRESS, email_verified=True))
    later = await ask(server, issuer.token("ana"))
    thief = await ask(server, issuer.token("eve", email=ADDRESS, email_verified=True))

    assert (invited["member"]["status"], invited["member"]["email"]) == ("INVITED", ADDRESS)
    assert codes(unverified) == ["UNAUTHENTICATED"]
    assert viewer["data"]["viewer"]["member"] == {"name": "Ana", "status": "ACTIVE"}
    assert later["data"] == viewer["data"]
    assert codes(thief) == ["UNAUTHENTICATED"]


async def test_person_acts_in_the_organization_named_and_in_no_foreign_one(
    server: httpx.AsyncClient, client: ApiClient, issuer: TestIssuer
) -> None:
    other, foreign = await an_organization("Other"), await an_organization("Foreign")
    other.authenticator = client.authenticator
    await invite(client, subject="ana")
    await invite(other, subject="ana", role="ANALYST")
    token = issuer.token("ana")

    default = (await ask(server, token))["data"]["viewer"]
    chosen = (await ask(server, token, **{"X-Organization": id_of(other)}))["data"]["viewer"]

    assert (default["role"], default["organization"]["id"]) == ("EDITOR", id_of(client))
    assert (chosen["role"], chosen["organization"]["id"]) == ("ANALYST", id_of(other))
    assert default["memberships"] == [
        {"role": "EDITOR", "organization": {"id": id_of(client)}},
        {"role": "ANALYST", "organization": {"id": id_of(other)}},
    ]
    nowhere = encode_id(EntityType.ORGANIZATION, "f" * 24)
    for header in (id_of(foreign), nowhere, "harbor", ""):
        answer = await ask(server, token, **{"X-Organization": header})
        assert codes(answer) == ["UNAUTHENTICATED"]


async def test_removed_member_and_changed_role_count_from_the_next_request_on(
    server: httpx.AsyncClient, client: ApiClient, issuer: TestIssuer
) -> None:
    member = (await invite(client, subject="ana"))["member"]
    token = issuer.token("ana")

    change = {"id": member["id"], "expectedVersion": 1, "role": "ANALYST"}
    changed = (await client.data(CHANGE, {"input": change}))["updateMemberRole"]
    stale = (await client.data(CHANGE, {"input": change}))["updateMemberRole"]
    role = (await ask(server, token))["data"]["viewer"]["role"]
    await client.data(REMOVE, {"input": {"id": member["id"]}})

    assert changed["member"] == {"version": 2, "role": "ANALYST"}
    assert stale["userErrors"] == [{"code": "CONFLICT", "path": ["input", "expectedVersion"]}]
    assert role == "ANALYST"
    assert codes(await ask(server, token)) == ["UNAUTHENTICATED"]


async def test_an_address_and_a_person_are_members_once(client: ApiClient) -> None:
    await invite(client, subject="ana")

    for again in ({"subject": "bob"}, {"email": "other@harbor.example", "subject": "ana"}):
        refused = await invite(client, **again)
        assert refused["member"] is None
        assert refused["userErrors"] == [{"code": "DUPLICATE", "path": ["input", "email"]}]


async def test_what_is_no_address_or_name_is_refused_all_at_once(client: ApiClient) -> None:
    refused = await invite(client, email="nobody", name=" ")

    assert {(error["code"], error["path"][1]) for error in refused["userErrors"]} == {
        ("INVALID", "email"),
        ("REQUIRED", "name"),
    }
    assert await Member.find({}).count() == 0


async def test_another_organization_neither_changes_nor_removes_a_member(
    client: ApiClient,
) -> None:
    stranger = await an_organization("Stranger")
    member = (await invite(client, subject="ana"))["member"]
    refused = [{"code": "NOT_FOUND", "path": ["input", "id"]}]

    for member_id in (member["id"], encode_id(EntityType.MEMBER, "f" * 24), "nonsense"):
        change = {"id": member_id, "expectedVersion": 1, "role": "OWNER"}
        changed = await stranger.data(CHANGE, {"input": change})
        removed = await stranger.data(REMOVE, {"input": {"id": member_id}})
        assert changed["updateMemberRole"]["userErrors"] == refused
        assert removed["removeMember"]["userErrors"] == refused
    assert await Member.find({"role": "editor"}).count() == 1


async def test_the_last_owner_key_or_member_stays(client: ApiClient) -> None:
    keys = await client.data("{ apiKeys { nodes { id role } } }")
    key = {"id": keys["apiKeys"]["nodes"][0]["id"]}

    alone = (await client.data(REVOKE, {"input": key}))["revokeApiKey"]
    await invite(client, role="OWNER", email="invited@harbor.example")
    still_alone = (await client.data(REVOKE, {"input": key}))["revokeApiKey"]
    member = (await invite(client, role="OWNER", subject="ana"))["member"]
    revoked = (await client.data(REVOKE, {"input": key}))["revokeApiKey"]
    demotion = {"id": member["id"], "expectedVersion": 1, "role": "EDITOR"}
    demoted = (await client.data(CHANGE, {"input": demotion}))["updateMemberRole"]
    removed = (await client.data(REMOVE, {"input": {"id": member["id"]}}))["removeMember"]

    last = [{"code": "LAST_OWNER", "path": ["input", "id"]}]
    assert alone["userErrors"] == still_alone["userErrors"] == last
    assert revoked["userErrors"] == []
    assert demoted["userErrors"] == removed["userErrors"] == last


async def test_change_of_a_member_is_recorded_with_the_member_as_its_actor(
    server: httpx.AsyncClient, client: ApiClient, issuer: TestIssuer
) -> None:
    await invite(client, subject="ana", role="OWNER")
    create = 'mutation { createApiKey(input: {name: "K", role: ANALYST}) { apiKey { id } } }'
    await ask(server, issuer.token("ana"), create)

    actor = "{ auditRecords(first: 1) { nodes { mutation actor { apiKeyId memberName } } } }"
    [record] = (await client.data(actor))["auditRecords"]["nodes"]
    assert record == {
        "mutation": "createApiKey",
        "actor": {"apiKeyId": None, "memberName": "Ana"},
    }
    stored = await AuditRecord.find_one({"mutation": "inviteMember"}, sort=[("_id", -1)])
    assert stored is not None


async def test_issuer_out_of_reach_makes_people_unavailable_and_not_unknown(
    database: Database,
) -> None:
    with an_issuer() as away:
        away.is_away = True
        async with a_server(an_authenticator(away)) as server:
            response = await server.post(
                f"{SERVER}/graphql",
                json={"query": VIEWER},
                headers={"Authorization": f"Bearer {away.token()}"},
            )

    assert response.status_code == 503
    assert codes(response.json()) == ["UNAVAILABLE"]
    assert int(response.headers["Retry-After"]) > 0
