"""New secrets for keys, keys that end by themselves, and when a key was last used."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.api_key import ApiKey
from app.domain.access import OrganizationCredential
from app.services.credential_changes import noticing_changes
from tests.api.client import ApiClient, an_organization

pytestmark = pytest.mark.usefixtures("database")

CREATE = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  apiKey { id expiresAt } secret userErrors { code path } } }"""
ROTATE = """mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) {
  apiKey { id name prefix formerSecretValidUntil } secret userErrors { code path } } }"""
REVOKE = "mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { apiKey { id } } }"
HOUR = timedelta(hours=1)


async def create(client: ApiClient, **changes: Any) -> Any:
    given = {"name": "Reports", "role": "ANALYST", **changes}
    return (await client.data(CREATE, {"input": given}))["createApiKey"]


async def rotate(client: ApiClient, key_id: str, **changes: Any) -> Any:
    return (await client.data(ROTATE, {"input": {"id": key_id, **changes}}))["rotateApiKey"]


async def works(client: ApiClient, secret: str, *, after: timedelta = timedelta()) -> bool:
    now = datetime.now(UTC) + after
    return await client.authenticator.authenticate(secret, now=now) is not None


async def test_rotated_key_has_a_new_secret_and_the_old_one_ends_at_once() -> None:
    client = await an_organization()
    made = await create(client)

    rotated = await rotate(client, made["apiKey"]["id"])

    assert rotated["apiKey"]["id"] == made["apiKey"]["id"]
    assert rotated["secret"].startswith(rotated["apiKey"]["prefix"])
    assert rotated["apiKey"]["formerSecretValidUntil"] is None
    assert await works(client, rotated["secret"])
    assert not await works(client, made["secret"])


async def test_old_secret_works_for_its_grace_period_and_until_the_next_rotation() -> None:
    client = await an_organization()
    made = await create(client)
    first = await rotate(client, made["apiKey"]["id"], gracePeriodSeconds=7_200)

    assert await works(client, made["secret"], after=HOUR)
    assert not await works(client, made["secret"], after=3 * HOUR)
    await rotate(client, made["apiKey"]["id"], gracePeriodSeconds=7_200)
    assert not await works(client, made["secret"])
    assert await works(client, first["secret"])
    await client.data(REVOKE, {"input": {"id": made["apiKey"]["id"]}})
    assert not await works(client, first["secret"])


async def test_of_rotations_at_once_one_wins_and_no_secret_is_lost() -> None:
    client = await an_organization()
    made = await create(client)

    answers = await asyncio.gather(*(rotate(client, made["apiKey"]["id"]) for _ in range(5)))

    winners = [answer["secret"] for answer in answers if answer["secret"]]
    working = [secret for secret in winners if await works(client, secret)]
    assert len(working) == 1


async def test_keys_that_ended_and_those_of_others_are_not_rotated() -> None:
    client, stranger = await an_organization(), await an_organization("Other")
    made = await create(client)
    key_id = made["apiKey"]["id"]
    for foreign in (key_id, encode_id(EntityType.API_KEY, "f" * 24), "nonsense"):
        refused = await rotate(stranger, foreign)
        assert refused["secret"] is None
        assert refused["userErrors"] == [{"code": "NOT_FOUND", "path": ["input", "id"]}]
    for seconds in (-1, 2_592_001):
        refused = await rotate(client, key_id, gracePeriodSeconds=seconds)
        assert refused["userErrors"] == [
            {"code": "OUT_OF_RANGE", "path": ["input", "gracePeriodSeconds"]}
        ]
    assert await works(client, made["secret"])
    await client.data(REVOKE, {"input": {"id": key_id}})

    ended = await rotate(client, key_id)

    assert ended["userErrors"] == [{"code": "INVALID", "path": ["input", "id"]}]


async def test_key_ends_when_it_was_said_to() -> None:
    client = await an_organization()
    soon = (datetime.now(UTC) + HOUR).isoformat()
    made = await create(client, expiresAt=soon)
    past = await create(client, expiresAt=(datetime.now(UTC) - HOUR).isoformat())

    assert await works(client, made["secret"])
    assert not await works(client, made["secret"], after=HOUR)
    assert past["secret"] is None
    assert past["userErrors"] == [{"code": "OUT_OF_RANGE", "path": ["input", "expiresAt"]}]


async def test_use_of_a_key_is_kept_once_a_minute() -> None:
    client = await an_organization()
    secret = (await create(client))["secret"]
    credential = await client.authenticator.authenticate(secret, now=datetime.now(UTC))
    assert isinstance(credential, OrganizationCredential)
    await client.authenticator.key_uses.finish()
    first = await ApiKey.get(credential.actor_id)
    await client.authenticator.authenticate(secret, now=datetime.now(UTC) + timedelta(seconds=9))
    await client.authenticator.key_uses.finish()
    second = await ApiKey.get(credential.actor_id)

    assert first
    assert second
    assert first.last_used_at is not None
    assert second.last_used_at == first.last_used_at


async def test_open_connections_hear_of_a_revocation_at_once() -> None:
    client = await an_organization()
    made = await create(client)
    credential = await client.authenticator.authenticate(made["secret"], now=datetime.now(UTC))
    assert isinstance(credential, OrganizationCredential)
    with noticing_changes(credential.actor_id) as changed:
        await client.data(REVOKE, {"input": {"id": made["apiKey"]["id"]}})

        assert changed.is_set()
