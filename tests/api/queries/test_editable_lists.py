"""Single lookups and connections of the editable kinds of entity."""

import pytest

from app.documents.driver import CommandCounter, Database
from tests.api.client import ApiClient, an_organization
from tests.api.editable import CATEGORY, KIND_NAMES, KINDS, QUESTION, SERVICE, EditableKind

every_kind = pytest.mark.parametrize("kind", KINDS, ids=KIND_NAMES)
LABELS = ("Boiler", "air conditioning", "Drains")


async def a_full_organization(kind: EditableKind) -> ApiClient:
    client = await an_organization()
    for label in LABELS:
        await kind.create(client, label)
    return client


@every_kind
async def test_entity_is_found_by_id_in_its_own_organization_only(
    database: Database, kind: EditableKind
) -> None:
    client, stranger = await an_organization(), await an_organization("Stranger")
    global_id = await kind.create(client, "Boiler")

    found = await kind.find(client, global_id)

    assert (found["id"], found["version"], kind.label_of(found)) == (global_id, 1, "Boiler")
    assert await kind.find(stranger, global_id) is None
    assert await kind.find(client, "malformed") is None


@every_kind
async def test_list_has_the_own_organizations_entities_newest_first(
    database: Database, kind: EditableKind
) -> None:
    client = await a_full_organization(kind)
    stranger = await an_organization("Stranger")
    await kind.create(stranger, "Foreign")

    connection = await kind.list(client)

    assert connection["totalCount"] == 3
    assert [kind.label_of(node) for node in connection["nodes"]] == list(reversed(LABELS))


@every_kind
async def test_list_is_sorted_as_asked_and_pages_follow_each_other(
    database: Database, kind: EditableKind
) -> None:
    client = await a_full_organization(kind)
    order = f"orderBy: {kind.order}_ASC"

    first = await kind.list(client, f"({order}, first: 2)")
    cursor = first["pageInfo"]["endCursor"]
    second = await kind.list_labels(client, f'({order}, first: 2, after: "{cursor}")')

    assert [kind.label_of(node) for node in first["nodes"]] == ["Boiler", "Drains"]
    assert second == ["air conditioning"]
    assert await kind.list_labels(client, f"(orderBy: {kind.order}_DESC, first: 1)") == second
    assert await kind.list_labels(client, "(orderBy: UPDATED_AT_ASC, first: 1)") == ["Boiler"]


@every_kind
@pytest.mark.parametrize(
    ("search", "labels"),
    [
        ("BOIL", ["Boiler"]),
        ("r c", ["air conditioning"]),
        ("", ["Drains", "air conditioning", "Boiler"]),
        (".*", []),
        ("$", []),
        ("(", []),
    ],
)
async def test_search_is_for_the_text_as_it_is_whatever_the_case(
    database: Database, kind: EditableKind, search: str, labels: list[str]
) -> None:
    client = await a_full_organization(kind)
    assert await kind.list_labels(client, f'(filter: {{search: "{search}"}})') == labels


@pytest.mark.parametrize("search", ["x" * 201, "\\u0000"])
async def test_search_the_database_cannot_do_is_bad_user_input(
    database: Database, search: str
) -> None:
    client = await an_organization()
    query = f'{{ brandKits(filter: {{search: "{search}"}}) {{ nodes {{ id }} }} }}'

    answer = await client.execute(query)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_question_is_found_by_its_unique_name_too(database: Database) -> None:
    client = await an_organization()
    await QUESTION.create(client, "Which")
    assert await QUESTION.list_labels(client, '(filter: {search: "which name"})') == ["Which"]


async def test_services_are_listed_by_vendor_status(database: Database) -> None:
    client = await an_organization()
    await SERVICE.create(client, "Unlinked")
    link = {"vendorType": "SERVICETITAN", "jobTypeId": "7"}
    await SERVICE.mutate(client, "create", {**SERVICE.content("Linked"), "vendorData": link})

    pending = await SERVICE.list_labels(client, "(filter: {vendorSyncStatus: [PENDING]})")

    assert pending == ["Linked"]
    assert await SERVICE.list_labels(client, "(filter: {vendorSyncStatus: [SYNCED]})") == []


@every_kind
async def test_cursor_of_another_order_is_refused(database: Database, kind: EditableKind) -> None:
    client = await a_full_organization(kind)
    cursor = (await kind.list(client, "(first: 1)"))["pageInfo"]["endCursor"]
    query = f"{{ {kind.plural}(orderBy: CREATED_AT_ASC, after: {cursor!r}) {{ totalCount }} }}"

    answer = await client.execute(query.replace("'", '"'))

    assert answer["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


@every_kind
async def test_list_costs_two_commands(
    database: Database, command_counter: CommandCounter, kind: EditableKind
) -> None:
    client = await a_full_organization(kind)

    with command_counter.counting() as commands:
        await kind.list(client)

    assert sorted(command.split()[0] for command in commands) == ["aggregate", "find"]


async def test_list_is_counted_once_however_often_it_is_asked(
    database: Database, command_counter: CommandCounter
) -> None:
    client = await an_organization()
    aliases = " ".join(f"a{n}: totalCount" for n in range(90))

    with command_counter.counting() as commands:
        await client.data(f"{{ brandKits {{ {aliases} }} }}")

    assert sorted(command.split()[0] for command in commands) == ["aggregate", "find"]


@every_kind
async def test_pages_are_stable_while_entities_are_added(
    database: Database, kind: EditableKind
) -> None:
    client = await a_full_organization(kind)
    seen, cursor = [], None
    for number in range(3):
        after = f', after: "{cursor}"' if cursor else ""
        page = await kind.list(client, f"(first: 1{after})")
        seen += [kind.label_of(node) for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
        await kind.create(client, f"Newer {number}")

    assert seen == list(reversed(LABELS))


@every_kind
async def test_bounds_that_make_no_sense_are_refused(
    database: Database, kind: EditableKind
) -> None:
    client = await an_organization()
    for bounds in ("first: 1, last: 1", "first: 0", "first: 101", "last: -1"):
        answer = await client.execute(f"{{ {kind.plural}({bounds}) {{ totalCount }} }}")
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("place", ["after", "before"])
@pytest.mark.parametrize(
    "cursor", ["", "x", "=", "AAAA", "\u00e9", "e30=", "bnVsbA==", "A" * 3_000]
)
async def test_cursor_nobody_made_is_refused(database: Database, cursor: str, place: str) -> None:
    client = await an_organization()
    query = f"query ($cursor: String) {{ brandKits({place}: $cursor) {{ totalCount }} }}"

    answer = await client.execute(query, {"cursor": cursor})

    assert answer["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_cursor_is_bound_to_filter_list_and_organization(database: Database) -> None:
    client, other = await a_full_organization(QUESTION), await a_full_organization(QUESTION)
    cursor = (await QUESTION.list(client, "(first: 1)"))["pageInfo"]["endCursor"]
    use = "query ($c: String) { %s { totalCount } }"

    codes = [
        (await asking.execute(use % place, {"c": cursor}))["errors"][0]["extensions"]["code"]
        for asking, place in (
            (client, 'bookingQuestions(after: $c, filter: {search: "r"})'),
            (client, "brandKits(after: $c)"),
            (other, "bookingQuestions(after: $c)"),
        )
    ]

    assert codes == ["INVALID_CURSOR"] * 3


async def test_answers_of_many_questions_cost_one_command_a_kind(
    database: Database, command_counter: CommandCounter
) -> None:
    client = await an_organization()
    category_id = await CATEGORY.create(client, "Heating")
    answers = [{"plainText": {"content": {"title": "Yes"}, "categoryId": category_id}}]
    for number in range(4):
        content = {**QUESTION.content(f"Question {number}"), "answers": answers}
        await QUESTION.mutate(client, "create", content)
    query = """{ bookingQuestions { nodes { answers {
        ... on BookingQuestionAnswerBase { category { title } }
    } } } }"""

    with command_counter.counting() as commands:
        data = await client.data(query)

    assert (
        data["bookingQuestions"]["nodes"] == [{"answers": [{"category": {"title": "Heating"}}]}] * 4
    )
    assert sorted(commands) == [
        "find booking_answer_categories",
        "find booking_question_answers",
        "find booking_questions",
    ]
