"""`updateBookingQuestion`: the answers of a question as a whole."""

from typing import Any

import pytest

from app.api.ids import EntityType, decode_id
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.driver import Database
from tests.api.client import ApiClient, an_organization
from tests.api.editable import CATEGORY, QUESTION, SERVICE

ANSWERS = """answers {
    ... on BookingQuestionAnswerBase { id category { title } }
    ... on PlainTextAnswer { content { title } }
    ... on ServiceReferenceAnswer { service { serviceContent { title } } }
}"""
UPDATE = f"""mutation ($input: UpdateBookingQuestionInput!) {{
    updateBookingQuestion(input: $input) {{
        bookingQuestion {{ id version {ANSWERS} }}
        userErrors {{ code path }}
    }}
}}"""
READ = f"query ($id: ID!) {{ bookingQuestion(id: $id) {{ id version {ANSWERS} }} }}"


def a_text(title: str, **more: Any) -> dict[str, Any]:
    return {"plainText": {"content": {"title": title}, **more}}


async def a_question(client: ApiClient, *answers: str, label: str = "Which") -> Any:
    """Return the question as `READ` answers it."""
    content = {**QUESTION.content(label), "answers": [a_text(answer) for answer in answers]}
    payload = await QUESTION.mutate(client, "create", content)
    return await read(client, payload["bookingQuestion"]["id"])


async def read(client: ApiClient, question_id: str) -> Any:
    return (await client.data(READ, {"id": question_id}))["bookingQuestion"]


async def update(client: ApiClient, question: Any, **patch: Any) -> Any:
    input_ = {"id": question["id"], "expectedVersion": question["version"], **patch}
    return (await client.data(UPDATE, {"input": input_}))["updateBookingQuestion"]


def titles(question: Any) -> list[str]:
    return [answer["content"]["title"] for answer in question["answers"]]


async def test_answers_are_kept_changed_reordered_added_and_removed(database: Database) -> None:
    client = await an_organization()
    category_id = await CATEGORY.create(client, "Heating")
    service_id = await SERVICE.create(client, "Tune-up")
    question = await a_question(client, "A", "B", "C")
    a, b, _ = (answer["id"] for answer in question["answers"])

    payload = await update(
        client,
        question,
        answers=[
            a_text("New"),
            {"serviceReference": {"id": b, "serviceId": service_id, "categoryId": category_id}},
            a_text("A", id=a),
        ],
    )

    assert payload["userErrors"] == []
    changed = payload["bookingQuestion"]
    new_id = changed["answers"][0]["id"]
    assert changed == await read(client, question["id"])
    assert changed["answers"] == [
        {"id": new_id, "category": None, "content": {"title": "New"}},
        {
            "id": b,
            "category": {"title": "Heating"},
            "service": {"serviceContent": {"title": "Tune-up"}},
        },
        {"id": a, "category": None, "content": {"title": "A"}},
    ]
    assert new_id not in (a, b)
    assert changed["version"] == 2


async def test_answers_left_out_stay(database: Database) -> None:
    client = await an_organization()
    question = await a_question(client, "A", "B")
    content = {"title": "Which one?", "uniqueName": "renamed"}

    payload = await update(client, question, questionContent=content)

    assert payload["bookingQuestion"]["answers"] == question["answers"]


async def test_wrong_answers_are_all_reported_and_nothing_is_written(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Stranger")
    question = await a_question(client, "A")
    other = await a_question(client, "B", label="Other")
    foreign = await a_question(stranger, "C")
    a, b, c = (each["answers"][0]["id"] for each in (question, other, foreign))

    payload = await update(
        client,
        question,
        answers=[
            a_text("A", id=a),
            a_text("A again", id=a),
            a_text("Of another question", id=b),
            a_text("Foreign", id=c),
            {"serviceReference": {"serviceId": await SERVICE.create(stranger, "Theirs")}},
            a_text("Lost", categoryId=question["id"]),
        ],
    )

    path = ["input", "answers"]
    assert payload == {
        "bookingQuestion": None,
        "userErrors": [
            {"code": "NOT_FOUND", "path": [*path, "5", "categoryId"]},
            {"code": "DUPLICATE", "path": [*path, "1", "id"]},
            {"code": "NOT_FOUND", "path": [*path, "2", "id"]},
            {"code": "NOT_FOUND", "path": [*path, "3", "id"]},
            {"code": "NOT_FOUND", "path": [*path, "4", "serviceId"]},
        ],
    }
    assert await read(client, question["id"]) == question


async def test_edit_cut_short_before_the_question_names_its_answers_shows_nothing_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await an_organization()
    question = await a_question(client, "A", "B")

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(BookingQuestion, "update_at_version", crash)
        answers = [a_text("New", id=question["answers"][0]["id"])]
        input_ = {"id": question["id"], "expectedVersion": 1, "answers": answers}
        answer = await client.execute(UPDATE, {"input": input_})

    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert await read(client, question["id"]) == question


async def test_dropped_states_of_answers_expire_and_those_named_do_not(database: Database) -> None:
    client = await an_organization()
    question = await a_question(client, "A", "B", "C")
    a, b, _ = (answer["id"] for answer in question["answers"])

    await update(client, question, answers=[a_text("A", id=a), a_text("B!", id=b)])

    question_id = decode_id(EntityType.BOOKING_QUESTION, question["id"])
    stored = await BookingQuestionAnswer.find({"booking_question_id": question_id}).to_list()
    assert {(s.content.title, s.superseded_at is None) for s in stored if s.content} == {
        ("A", True),
        ("B!", True),
        ("B", False),
        ("C", False),
    }


async def test_losing_against_another_editor_leaves_no_answers_behind(database: Database) -> None:
    client = await an_organization()
    question = await a_question(client, "A")
    await update(client, question, answers=[a_text("First")])
    count = await BookingQuestionAnswer.count()

    payload = await update(client, question, answers=[a_text("Second")])

    assert [error["code"] for error in payload["userErrors"]] == ["CONFLICT"]
    assert await BookingQuestionAnswer.count() == count
