"""`auditRecords`: who changed what, and that no change goes unrecorded."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.brand_kit import BrandKit
from app.documents.driver import CommandCounter, Database
from app.domain.access import OrganizationCredential, Role
from app.services.organizations import create_api_key
from tests.api.client import ApiClient, an_organization
from tests.api.editable import BRAND_KIT, KIND_NAMES, KINDS, QUESTION, EditableKind
from tests.api.site import an_author

RECORDS = """query ($filter: AuditRecordFilter, $first: Int, $after: String) {
    auditRecords(filter: $filter, first: $first, after: $after) {
        totalCount
        pageInfo { endCursor }
        nodes {
            mutation entityType entityId status before after
            actor { apiKeyId apiKeyName }
        }
    }
}"""


async def records(client: ApiClient, **variables: Any) -> list[Any]:
    nodes: list[Any] = (await client.data(RECORDS, variables))["auditRecords"]["nodes"]
    return nodes


async def a_named_editor() -> ApiClient:
    client = await an_organization()
    assert isinstance(client.credential, OrganizationCredential)
    key = {"role": Role.EDITOR, "api_key_name": "Ana's laptop"}
    return ApiClient(client.credential.model_copy(update=key))


@pytest.mark.parametrize("kind", KINDS, ids=KIND_NAMES)
async def test_every_change_is_recorded_with_its_author_and_both_states(
    database: Database, kind: EditableKind
) -> None:
    client = await a_named_editor()
    global_id = await kind.create(client, "Old")
    await kind.mutate(
        client, "update", {"id": global_id, "expectedVersion": 1, **kind.content("New")}
    )
    await kind.mutate(client, "delete", {"id": global_id})

    found = await records(client)

    assert [record["mutation"] for record in found] == [
        f"delete{kind.type_name}",
        f"update{kind.type_name}",
        f"create{kind.type_name}",
    ]
    assert {record["entityId"] for record in found} == {global_id}
    assert {record["status"] for record in found} == {"APPLIED"}
    assert found[0]["actor"] == {
        "apiKeyId": encode_id(EntityType.API_KEY, "a" * 24),
        "apiKeyName": "Ana's laptop",
    }
    deleted, updated, created = found
    assert created["before"] is None
    assert deleted["after"] is None
    assert created["after"] == updated["before"] != updated["after"]
    assert updated["after"] == deleted["before"]
    assert ("Old" in str(updated["before"]), "New" in str(updated["after"])) == (True, True)


async def test_refused_changes_are_not_recorded(database: Database) -> None:
    client = await a_named_editor()
    kit_id = await BRAND_KIT.create(client, "Taken")
    await BRAND_KIT.mutate(client, "create", BRAND_KIT.content("Taken"))
    await BRAND_KIT.mutate(client, "update", {"id": kit_id, "expectedVersion": 9, "name": "New"})
    await BRAND_KIT.mutate(client, "delete", {"id": kit_id, "expectedVersion": 9})

    assert [record["mutation"] for record in await records(client)] == ["createBrandKit"]


async def test_change_a_fault_cut_short_stays_recorded_as_begun(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await a_named_editor()
    kit_id = await BRAND_KIT.create(client, "Old")

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(BrandKit, "update_at_version", crash)
        await client.execute(
            f'mutation {{ updateBrandKit(input: {{id: "{kit_id}", expectedVersion: 1}})'
            " { userErrors { code } } }"
        )

    begun = (await records(client))[0]
    assert (begun["mutation"], begun["status"], begun["after"]) == (
        "updateBrandKit",
        "PENDING",
        None,
    )
    assert begun["before"]["name"] == "Old"


async def test_records_are_listed_by_entity_and_for_the_own_organization_only(
    database: Database,
) -> None:
    client, stranger = await a_named_editor(), await an_organization("Stranger")
    kit_id = await BRAND_KIT.create(client, "One")
    await BRAND_KIT.create(client, "Other")

    assert len(await records(client)) == 2
    assert [r["entityId"] for r in await records(client, filter={"entityId": kit_id})] == [kit_id]
    assert await records(client, filter={"entityId": "malformed"}) == []
    assert await records(client, filter={"entityType": "BOOKING_SERVICE"}) == []
    assert await records(stranger) == []
    assert await records(stranger, filter={"entityId": kit_id}) == []


async def test_pages_follow_each_other_newest_first(database: Database) -> None:
    client = await a_named_editor()
    ids = [await BRAND_KIT.create(client, label) for label in ("One", "Two", "Three")]

    first = (await client.data(RECORDS, {"first": 2}))["auditRecords"]
    rest = await records(client, first=2, after=first["pageInfo"]["endCursor"])

    assert first["totalCount"] == 3
    assert [record["entityId"] for record in [*first["nodes"], *rest]] == ids[::-1]


async def test_update_costs_four_commands(
    database: Database, command_counter: CommandCounter
) -> None:
    client = await a_named_editor()
    kit_id = await BRAND_KIT.create(client, "Old")

    with command_counter.counting() as commands:
        await BRAND_KIT.mutate(
            client, "update", {"id": kit_id, "expectedVersion": 1, "name": "New"}
        )

    assert commands == [
        "find brand_kits",
        "insert audit_records",
        "findAndModify brand_kits",
        "update audit_records",
    ]


async def test_session_or_no_credential_reads_no_records(database: Database) -> None:
    client = await an_organization()
    answer = await client.with_session("b" * 24).execute(RECORDS)
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_key_is_recorded_under_the_name_it_has_when_it_is_used(database: Database) -> None:
    owner = await an_organization()
    _, secret = await create_api_key(
        an_author(owner).organization_id, name="Website", role=Role.EDITOR, now=datetime.now(UTC)
    )
    credential = await owner.authenticator.authenticate(secret, now=datetime.now(UTC))
    assert credential is not None
    await BRAND_KIT.create(ApiClient(credential), "Harbor")

    [record] = await records(owner)

    assert record["actor"]["apiKeyName"] == "Website"


async def test_question_is_recorded_with_its_answers(database: Database) -> None:
    client = await an_organization()
    answers = [{"plainText": {"content": {"title": title}}} for title in ("Yes", "No")]
    await QUESTION.mutate(client, "create", {**QUESTION.content("Which"), "answers": answers})

    [record] = await records(client)

    titles = [answer["content"]["title"] for answer in record["after"]["answers"]]
    assert titles == ["Yes", "No"]
