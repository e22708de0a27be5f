"""Connecting to the vendor, against a stand-in behind a socket."""

import json
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.audit_record import AuditRecord
from app.documents.driver import Database
from app.documents.vendor_account import VendorAccount
from app.domain.access import Role
from app.services.audit import read_snapshot
from app.services.vendor.access import VendorAccess
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import organization_of
from tests.services.vendor.conftest import shared_stand_in, stand_in, vendor
from tests.servicetitan.running_stand_in import RunningStandIn

__all__ = ["shared_stand_in", "stand_in", "vendor"]

pytestmark = pytest.mark.usefixtures("database")

SECRETS = (DEMO_ACCOUNT.client_id, DEMO_ACCOUNT.client_secret, DEMO_ACCOUNT.app_key)
ACCOUNT = "vendorAccount { id version vendorType tenantId bookingProviderId businessUnitId }"
CONNECTED = f"{{ viewer {{ organization {{ {ACCOUNT} }} }} }}"


def an_input(**changes: Any) -> dict[str, Any]:
    """What connects to the stand-in."""
    return {
        "vendorType": "SERVICETITAN",
        "tenantId": str(DEMO_ACCOUNT.tenant_id),
        "clientId": DEMO_ACCOUNT.client_id,
        "clientSecret": DEMO_ACCOUNT.client_secret,
        "appKey": DEMO_ACCOUNT.app_key,
        "bookingProviderId": str(DEMO_ACCOUNT.booking_provider_id),
        **changes,
    }


def operation(mutation: str) -> str:
    return f"""mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
        {mutation}(input: $input) {{ {ACCOUNT} userErrors {{ code message path }} }}
    }}"""


async def send(client: ApiClient, mutation: str, **input_: Any) -> Any:
    return (await client.data(operation(mutation), {"input": input_}))[mutation]


async def a_company(vendor: VendorAccess) -> ApiClient:
    client = await an_organization()
    client.vendor = vendor
    return client


async def connected(client: ApiClient) -> Any:
    return (await client.data(CONNECTED))["viewer"]["organization"]["vendorAccount"]


def problems(payload: Any) -> list[tuple[str, list[str]]]:
    assert payload["vendorAccount"] is None
    return [(error["code"], error["path"][1:]) for error in payload["userErrors"]]


async def test_account_is_connected_and_read_by_staff_without_its_credentials(
    vendor: VendorAccess,
) -> None:
    client = await a_company(vendor)

    payload = await send(client, "connectVendor", **an_input())

    assert payload["userErrors"] == []
    assert payload["vendorAccount"] == {
        "id": payload["vendorAccount"]["id"],
        "version": 1,
        "vendorType": "SERVICETITAN",
        "tenantId": "1000001",
        "bookingProviderId": "7001",
        "businessUnitId": None,
    }
    analyst = ApiClient(client.credential.model_copy(update={"role": Role.ANALYST}))
    assert await connected(analyst) == payload["vendorAccount"]
    assert await vendor.connect(organization_of(client))


async def test_credentials_are_in_no_collection_in_clear(
    vendor: VendorAccess, database: Database
) -> None:
    client = await a_company(vendor)
    account = (await send(client, "connectVendor", **an_input()))["vendorAccount"]
    await send(
        client, "updateVendorAccount", id=account["id"], expectedVersion=1, businessUnitId="7"
    )
    await send(client, "disconnectVendor", id=account["id"])

    owned = AuditRecord.find({"organization_id": organization_of(client)})
    records = await owned.sort("_id").to_list()
    changes = [
        json.dumps([record.mutation, await read_snapshot(record.before or record.after)])
        for record in records
        if record.entity_type == "vendor_account"
    ]

    assert [json.loads(change)[0] for change in changes] == [
        "connectVendor",
        "updateVendorAccount",
        "disconnectVendor",
    ]
    assert "sealed" not in "".join(changes)
    stored = "".join(changes) + str(await database["vendor_accounts"].find({}).to_list(None))
    assert [secret for secret in SECRETS if secret in stored] == []


@pytest.mark.parametrize(
    ("field", "refused"),
    [
        ("clientId", [("INVALID", ["clientId"]), ("INVALID", ["clientSecret"])]),
        ("clientSecret", [("INVALID", ["clientId"]), ("INVALID", ["clientSecret"])]),
        ("appKey", [("INVALID", ["appKey"])]),
        ("tenantId", [("INVALID", ["tenantId"])]),
    ],
)
async def test_what_the_vendor_refuses_is_named_and_nothing_is_stored(
    vendor: VendorAccess, field: str, refused: list[tuple[str, list[str]]]
) -> None:
    client = await a_company(vendor)

    payload = await send(client, "connectVendor", **an_input(**{field: "99"}))

    assert problems(payload) == refused
    assert await connected(client) is None


async def test_application_without_the_scope_for_job_types_is_refused(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    client = await a_company(vendor)
    stand_in.turn(missing_scopes=["jpm"])

    payload = await send(client, "connectVendor", **an_input())

    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [
        ("INVALID", None)
    ]


async def test_every_malformed_value_is_named_before_the_vendor_is_asked(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    client = await a_company(vendor)

    payload = await send(
        client,
        "connectVendor",
        **an_input(
            tenantId="9" * 30,
            clientId="",
            clientSecret="line\nbreak",
            appKey="",
            bookingProviderId="provider",
            campaignId="0",
        ),
    )

    assert sorted(problems(payload)) == [
        ("INVALID", ["bookingProviderId"]),
        ("INVALID", ["clientSecret"]),
        ("OUT_OF_RANGE", ["campaignId"]),
        ("OUT_OF_RANGE", ["tenantId"]),
        ("REQUIRED", ["appKey"]),
        ("REQUIRED", ["clientId"]),
    ]
    assert "break" not in str(payload)
    assert stand_in.calls("token") == 0


@pytest.mark.parametrize("kind", ["drop", "html", "half_body", "status"])
async def test_vendor_that_gives_no_verdict_makes_the_answer_unavailable(
    vendor: VendorAccess, stand_in: RunningStandIn, kind: str
) -> None:
    client = await a_company(vendor)
    stand_in.fail(kind)

    answer = await client.execute(operation("connectVendor"), {"input": an_input()})

    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    stand_in.turn()
    assert await connected(client) is None


async def test_server_without_a_vendor_is_unavailable() -> None:
    client = await an_organization()

    answer = await client.execute(operation("connectVendor"), {"input": an_input()})

    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_second_account_of_an_organization_is_a_duplicate(vendor: VendorAccess) -> None:
    client, other = await a_company(vendor), await a_company(vendor)
    first = (await send(client, "connectVendor", **an_input()))["vendorAccount"]

    again = await send(client, "connectVendor", **an_input())

    assert problems(again) == [("DUPLICATE", ["vendorType"])]
    assert await connected(client) == first
    assert (await send(other, "connectVendor", **an_input()))["userErrors"] == []


async def test_changed_credentials_are_verified_and_other_changes_are_not(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    client = await a_company(vendor)
    account = (await send(client, "connectVendor", **an_input()))["vendorAccount"]
    stored = await VendorAccount.find_of(organization_of(client))
    patch = {"id": account["id"], "expectedVersion": 1}

    refused = await send(client, "updateVendorAccount", **patch, clientSecret="wrong")
    stand_in.fail("drop")
    changed = await send(client, "updateVendorAccount", **patch, businessUnitId="12")

    assert problems(refused) == [("INVALID", ["clientId"]), ("INVALID", ["clientSecret"])]
    assert changed["vendorAccount"] == {**account, "version": 2, "businessUnitId": "12"}
    now = await VendorAccount.find_of(organization_of(client))
    assert stored
    assert now
    assert now.sealed_credentials == stored.sealed_credentials


async def test_another_organizations_account_is_not_found(vendor: VendorAccess) -> None:
    client, stranger = await a_company(vendor), await a_company(vendor)
    account = (await send(client, "connectVendor", **an_input()))["vendorAccount"]
    unknown = encode_id(EntityType.VENDOR_ACCOUNT, "f" * 24)

    for id_ in (account["id"], unknown, "malformed"):
        updated = await send(stranger, "updateVendorAccount", id=id_, expectedVersion=1, appKey="x")
        gone = await send(stranger, "disconnectVendor", id=id_)
        assert problems(updated) == problems(gone) == [("NOT_FOUND", ["id"])]

    assert await connected(client) == account
    assert await connected(stranger) is None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ANALYST])
async def test_only_owners_connect_the_vendor(vendor: VendorAccess, role: Role) -> None:
    client = await an_organization(role=role)
    client.vendor = vendor

    answer = await client.execute(operation("connectVendor"), {"input": an_input()})

    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
