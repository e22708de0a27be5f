"""The record that each export leaves, as every operation does."""

import logging
from typing import Any

import pytest

from tests.api.sessions import an_office
from tests.transport.test_exports import RANGE, Visitor, a_visitor

pytestmark = pytest.mark.usefixtures("database")


async def a_company() -> Visitor:
    return await a_visitor(await an_office())


def record_in(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    [record] = [each for each in caplog.records if each.name == "app.transport.operation_log"]
    return vars(record)


@pytest.fixture(autouse=True)
def _records(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


async def test_export_leaves_one_record_with_what_it_cost_and_for_whom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    visitor = await a_company()
    caplog.clear()

    answer = await visitor.get("sessions.csv")

    record = record_in(caplog)
    assert answer.status_code == 200
    assert record["operation"] == "exportAnalytics sessions.csv"
    assert (record["outcome"], record["cost"]) == ("OK", 10_000)
    assert record["organization_id"] == visitor.office.place.organization_id
    assert "rosa" not in str(record).lower()


@pytest.mark.parametrize(
    ("query", "outcome"),
    [({"link": "forged"}, "UNAUTHENTICATED"), ({**RANGE, "timeZone": "Mars"}, "BAD_USER_INPUT")],
)
async def test_refused_export_leaves_one_record_with_the_code(
    caplog: pytest.LogCaptureFixture, query: dict[str, str], outcome: str
) -> None:
    visitor = await a_company()
    caplog.clear()

    answer = await visitor.get("breakdown.csv", **query)

    record = record_in(caplog)
    assert answer.json()["errors"][0]["extensions"]["code"] == outcome
    assert (record["outcome"], record["cost"]) == (outcome, None)


async def test_file_that_does_not_exist_is_no_operation(caplog: pytest.LogCaptureFixture) -> None:
    visitor = await a_company()
    caplog.clear()

    assert (await visitor.get("passwords.csv")).status_code == 404

    assert [each.name for each in caplog.records if "operation" in each.name] == []
