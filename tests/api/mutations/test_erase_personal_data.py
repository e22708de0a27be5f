"""`erasePersonalData`, as an owner sends it."""

from typing import Any

import pytest

from app.documents.erasure_request import ErasureRequest
from app.domain.access import Role
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import an_office, organization_of
from tests.domain.booking_session.builders import CUSTOMER, THROUGH_SUMMARY, updated
from tests.services.personal_data.builders import EMAIL, PHONE, traces

pytestmark = pytest.mark.usefixtures("database")

ERASE = """
mutation ($input: ErasePersonalDataInput!) {
  erasePersonalData(input: $input) {
    erasure { status sessionCount eventCount bookingCount }
    userErrors { code path }
  }
}
"""


async def erase(client: ApiClient, **given: Any) -> Any:
    return (await client.data(ERASE, {"input": given}))["erasePersonalData"]


async def test_owner_is_told_counts_and_nothing_else() -> None:
    office = await an_office()
    rosa = await office.a_customer(updated(CUSTOMER, "email", EMAIL), *THROUGH_SUMMARY)
    await rosa.complete()

    first = await erase(office.client, email=EMAIL, phone=PHONE)
    again = await erase(office.client, email=EMAIL, phone=PHONE)

    nothing = {"status": "ERASED", "sessionCount": 0, "eventCount": 0, "bookingCount": 0}
    assert first["erasure"] == {**nothing, "sessionCount": 1, "eventCount": 2, "bookingCount": 1}
    assert again["erasure"] == nothing
    assert await traces(office.place) == []


async def test_customers_of_another_organization_are_not_erased() -> None:
    office, other = await an_office(), await an_organization("Other")
    await office.a_customer(updated(CUSTOMER, "email", EMAIL))

    answer = await erase(other, email=EMAIL)

    assert answer["erasure"]["sessionCount"] == 0
    assert len(await traces(office.place)) == 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("REQUIRED", ["input", "email"])]),
        ({"email": None, "phone": None}, [("REQUIRED", ["input", "email"])]),
        (
            {"email": "rosa", "phone": "5550199"},
            [("INVALID", ["input", "email"]), ("INVALID", ["input", "phone"])],
        ),
    ],
)
async def test_nothing_is_stored_of_a_request_that_names_nobody(
    given: dict[str, Any], expected: list[tuple[str, list[str]]]
) -> None:
    client = await an_organization()

    answer = await erase(client, **given)

    assert answer["erasure"] is None
    assert [(each["code"], each["path"]) for each in answer["userErrors"]] == expected
    assert await ErasureRequest.find({"organization_id": organization_of(client)}).count() == 0


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ANALYST])
async def test_only_owners_may_erase(role: Role) -> None:
    client = await an_organization(role=role)

    answer = await client.execute(ERASE, {"input": {"email": EMAIL}})

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
