"""`updateOrganizationSettings`."""

from typing import Any

import pytest

from app.documents.audit_record import AuditRecord
from app.documents.organization import Organization
from app.domain.access import Role
from app.services.audit import read_snapshot
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import organization_of

pytestmark = pytest.mark.usefixtures("database")

SETTINGS = "version eventIdPolicy { kind limit } sessionIdleMinutes eventRetentionDays"
VIEWER = f"{{ viewer {{ organization {{ id {SETTINGS} }} }} }}"
UPDATE = f"""
mutation ($input: UpdateOrganizationSettingsInput!) {{
  updateOrganizationSettings(input: $input) {{
    organization {{ {SETTINGS} }}
    userErrors {{ code path message }}
  }}
}}
"""
AT_FIRST = {
    "version": 1,
    "eventIdPolicy": {"kind": "ROLLING_WINDOW", "limit": 200},
    "sessionIdleMinutes": None,
    "eventRetentionDays": None,
}


async def own(client: ApiClient) -> dict[str, Any]:
    organization: dict[str, Any] = (await client.data(VIEWER))["viewer"]["organization"]
    return organization


async def update(client: ApiClient, **given: Any) -> Any:
    given = {"id": (await own(client))["id"], "expectedVersion": 1, **given}
    return (await client.data(UPDATE, {"input": given}))["updateOrganizationSettings"]


async def test_what_is_given_changes_and_the_rest_stays() -> None:
    client = await an_organization()

    first = await update(client, eventRetentionDays=30, sessionIdleMinutes=15)
    second = await update(
        client,
        expectedVersion=2,
        eventRetentionDays=None,
        eventIdPolicy={"kind": "SIGNIFICANT_EVENTS", "limit": 50},
    )

    changed = {"version": 2, "eventRetentionDays": 30, "sessionIdleMinutes": 15}
    assert first == {"organization": {**AT_FIRST, **changed}, "userErrors": []}
    assert second["organization"] == {
        "version": 3,
        "eventIdPolicy": {"kind": "SIGNIFICANT_EVENTS", "limit": 50},
        "sessionIdleMinutes": 15,
        "eventRetentionDays": None,
    }
    stored = await own(client)
    assert {name: stored[name] for name in AT_FIRST} == second["organization"]


async def test_everything_wrong_is_told_at_once_and_nothing_is_written() -> None:
    client = await an_organization()

    answer = await update(
        client,
        expectedVersion=7,
        eventRetentionDays=0,
        sessionIdleMinutes=525_601,
        eventIdPolicy={"kind": "ROLLING_WINDOW", "limit": 1},
    )

    assert answer["organization"] is None
    assert {(each["code"], ".".join(each["path"])) for each in answer["userErrors"]} == {
        ("CONFLICT", "input.expectedVersion"),
        ("OUT_OF_RANGE", "input.eventRetentionDays"),
        ("OUT_OF_RANGE", "input.sessionIdleMinutes"),
        ("OUT_OF_RANGE", "input.eventIdPolicy.limit"),
    }
    assert "its version is 1" in str(answer["userErrors"])
    stored = await own(client)
    assert {name: stored[name] for name in AT_FIRST} == AT_FIRST


async def test_policy_cannot_be_taken_away() -> None:
    answer = await update(await an_organization(), eventIdPolicy=None)

    assert [each["code"] for each in answer["userErrors"]] == ["REQUIRED"]


@pytest.mark.parametrize(
    "id", ["", "nothing", "T3JnYW5pemF0aW9uOmFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ=="]
)
async def test_id_of_no_organization_and_of_another_are_not_told_apart(id: str) -> None:
    client, other = await an_organization(), await an_organization("Other")

    answers = [
        await update(client, id=wrong, eventRetentionDays=1)
        for wrong in (id, (await own(other))["id"])
    ]

    assert answers[0] == answers[1]
    assert [each["code"] for each in answers[0]["userErrors"]] == ["NOT_FOUND"]
    assert (await own(other))["eventRetentionDays"] is None


async def test_organization_stored_before_versions_were_counted_can_be_changed() -> None:
    client = await an_organization()
    await Organization.get_motor_collection().update_one(
        {"_id": organization_of(client)}, {"$unset": {"version": "", "event_id_policy": ""}}
    )

    answer = await update(client, sessionIdleMinutes=5)

    assert answer["organization"] == {**AT_FIRST, "version": 2, "sessionIdleMinutes": 5}


async def test_change_is_audited() -> None:
    client = await an_organization()

    await update(client, eventRetentionDays=30)

    [record] = await AuditRecord.find({"organization_id": organization_of(client)}).to_list()
    before, after = await read_snapshot(record.before), await read_snapshot(record.after)
    assert record.mutation == "updateOrganizationSettings"
    assert (before["event_retention_days"], after["event_retention_days"]) == (None, 30)


async def test_only_owners_may_change_settings() -> None:
    client = await an_organization(role=Role.EDITOR)
    given = {"id": (await own(client))["id"], "expectedVersion": 1, "eventRetentionDays": 1}

    answer = await client.execute(UPDATE, {"input": given})

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await own(client))["eventRetentionDays"] is None
