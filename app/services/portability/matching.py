"""Finding in an organization what an imported document brings, and making the rest."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from app.documents.base import OrganizationDocument, chunked
from app.documents.booking_answer_category import BookingAnswerCategory
from app.documents.booking_question import BookingQuestion
from app.documents.booking_question_answer import BookingQuestionAnswer
from app.documents.booking_service import BookingService
from app.documents.brand_kit import BrandKit
from app.domain.booking_flow.portable import (
    PortableBrandKit,
    PortableFlow,
    ReferenceNames,
    rename_answers,
    without_ids,
)
from app.domain.files import FileProblem
from app.domain.problems import ProblemCode
from app.domain.questions import BookingQuestionContent, PlainTextAnswerContent
from app.domain.refusal import refuse
from app.domain.values import EntityId, Value
from app.domain.vendor import VendorData, VendorDataContent
from app.services.authoring import Author
from app.services.files import store_file
from app.services.portability.questions import load_contents

D = TypeVar("D", bound=OrganizationDocument)
MAX_NAME_LENGTH = 200


class ImportCount(Value):
    """How many entities of a kind were made, and how many were there already."""

    created: int
    reused: int


class ImportReport(Value):
    """What became of a document."""

    services: ImportCount
    questions: ImportCount
    categories: ImportCount
    brand_kits: ImportCount
    renamed_questions: tuple[str, ...]


@dataclass(frozen=True)
class MatchedContent:
    """The ids the document's keys stand for, and the documents that are still to be stored."""

    names: ReferenceNames
    created: tuple[OrganizationDocument, ...]
    report: ImportReport


async def match_content(portable: PortableFlow, *, author: Author) -> MatchedContent:
    """Return what the document's keys stand for; nothing but a logo's file is stored yet."""
    categories, new_categories = await _match_categories(portable, author)
    services, new_services = await _match_services(portable, author)
    names = ReferenceNames(services=services, categories=categories, questions={})
    questions, new_questions, renamed = await _match_questions(portable, names, author)
    new_kits = await _match_kit(portable.brand_kit, author)
    kit_count = 0 if portable.brand_kit is None else 1
    made_questions = sum(isinstance(each, BookingQuestion) for each in new_questions)
    return MatchedContent(
        names=names.model_copy(update={"questions": questions}),
        created=(*new_categories, *new_services, *new_questions, *new_kits),
        report=ImportReport(
            services=_count(len(portable.services), len(new_services)),
            questions=_count(len(portable.questions), made_questions),
            categories=_count(len(portable.categories), len(new_categories)),
            brand_kits=_count(kit_count, len(new_kits)),
            renamed_questions=renamed,
        ),
    )


def _count(total: int, created: int) -> ImportCount:
    return ImportCount(created=created, reused=total - created)


async def _match_categories(
    portable: PortableFlow, author: Author
) -> tuple[dict[str, EntityId], list[BookingAnswerCategory]]:
    stored = await _find_by(
        BookingAnswerCategory, "title", (each.title for each in portable.categories), author
    )
    by_title = {category.title: category.id for category in stored}
    created = []
    names = {}
    for wanted in portable.categories:
        if wanted.title not in by_title:
            category = BookingAnswerCategory(
                **author.ownership(), **wanted.model_dump(exclude={"key"})
            )
            created.append(category)
            by_title[wanted.title] = category.id
        names[wanted.key] = by_title[wanted.title]
    return names, created


async def _match_services(
    portable: PortableFlow, author: Author
) -> tuple[dict[str, EntityId], list[BookingService]]:
    titles = (each.service_content.title for each in portable.services)
    stored = await _find_by(BookingService, "service_content.title", titles, author)
    known = {
        (service.service_content.title, _job_type(service.vendor_data)): service.id
        for service in stored
    }
    created = []
    names = {}
    for wanted in portable.services:
        identity = (wanted.service_content.title, _job_type(wanted.vendor_data))
        if identity not in known:
            link = wanted.vendor_data
            service = BookingService(
                **author.ownership(),
                service_content=wanted.service_content,
                vendor_data=None if link is None else VendorData(**dict(link)),
            )
            created.append(service)
            known[identity] = service.id
        names[wanted.key] = known[identity]
    return names, created


def _job_type(link: VendorDataContent | None) -> tuple[str, str] | None:
    return None if link is None else (link.vendor_type.value, link.job_type_id)


async def _match_questions(
    portable: PortableFlow, names: ReferenceNames, author: Author
) -> tuple[dict[str, EntityId], list[OrganizationDocument], tuple[str, ...]]:
    wanted_names = [each.question_content.unique_name for each in portable.questions]
    known = await _load_contents(wanted_names, author)
    taken = set(known)
    created: list[OrganizationDocument] = []
    renamed: list[str] = []
    found: dict[str, EntityId] = {}
    for wanted in portable.questions:
        content = rename_answers(wanted, names)
        unique_name = content.question_content.unique_name
        same = known.get(unique_name)
        if same is not None and same[1] == content:
            found[wanted.key] = same[0]
            continue
        if unique_name in taken:
            content = _with_unique_name(content, await _free_name(unique_name, taken, author))
            renamed.append(content.question_content.unique_name)
        taken.add(content.question_content.unique_name)
        question, answers = _to_documents(content, author)
        created += [question, *answers]
        found[wanted.key] = question.id
    return found, created, tuple(renamed)


async def _load_contents(
    unique_names: Iterable[str], author: Author
) -> Mapping[str, tuple[EntityId, BookingQuestionContent]]:
    stored = await _find_by(BookingQuestion, "question_content.unique_name", unique_names, author)
    contents = await load_contents(author.organization_id, stored)
    return {
        question.question_content.unique_name: (question.id, without_ids(contents[question.id]))
        for question in stored
    }


async def _free_name(unique_name: str, taken: set[str], author: Author) -> str:
    number = 2
    while True:
        suffix = f" ({number})"
        name = f"{unique_name[: MAX_NAME_LENGTH - len(suffix)]}{suffix}"
        if name not in taken and not await _find_by(
            BookingQuestion, "question_content.unique_name", [name], author
        ):
            return name
        number += 1


def _with_unique_name(content: BookingQuestionContent, name: str) -> BookingQuestionContent:
    named = content.question_content.model_copy(update={"unique_name": name})
    return content.model_copy(update={"question_content": named})


def _to_documents(
    content: BookingQuestionContent, author: Author
) -> tuple[BookingQuestion, list[BookingQuestionAnswer]]:
    ownership = author.ownership()
    answers = []
    for answer in content.answers:
        own = author.ownership()
        is_text = isinstance(answer, PlainTextAnswerContent)
        answers.append(
            BookingQuestionAnswer(
                **own,
                answer_id=own["id"],
                booking_question_id=ownership["id"],
                type=answer.type,
                category_id=answer.category_id,
                content=answer.content if isinstance(answer, PlainTextAnswerContent) else None,
                service_id=None if is_text else getattr(answer, "service_id", None),
            )
        )
    question = BookingQuestion(
        **ownership,
        question_content=content.question_content,
        answers=[answer.id for answer in answers],
    )
    return question, answers


async def _match_kit(kit: PortableBrandKit | None, author: Author) -> list[BrandKit]:
    if kit is None or await _find_by(BrandKit, "name", [kit.name], author):
        return []
    logo_file_id = None
    if kit.logo_base64 is not None:
        content = base64.b64decode(kit.logo_base64)
        stored = await store_file(content, organization_id=author.organization_id)
        if isinstance(stored, FileProblem):
            path = ("document", "brand_kit", "logo_base64")
            raise refuse(ProblemCode.INVALID, stored.message, *path)
        logo_file_id = stored.id
    return [
        BrandKit(**author.ownership(), name=kit.name, colors=kit.colors, logo_file_id=logo_file_id)
    ]


async def _find_by(document: type[D], field: str, values: Iterable[Any], author: Author) -> list[D]:
    found: list[D] = []
    for chunk in chunked(sorted(set(values))):
        query = {"organization_id": author.organization_id, field: {"$in": list(chunk)}}
        found += await document.find(query).to_list()
    return found
