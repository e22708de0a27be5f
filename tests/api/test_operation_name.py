from app.documents.driver import Database
from tests.api.client import an_organization

TWO = "query First { viewer { role } } query Second { viewer { role } }"


async def test_document_with_several_operations_runs_none_without_a_name(
    database: Database,
) -> None:
    client = await an_organization()

    answer = await client.execute(TWO)

    assert answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_single_operation_needs_no_name(database: Database) -> None:
    client = await an_organization()

    assert await client.data("query Only { viewer { role } }") == {"viewer": {"role": "OWNER"}}
