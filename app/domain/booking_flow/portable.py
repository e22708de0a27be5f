"""A flow as one self-contained document, to be carried into another organization.

Within the document services, questions and categories are named by keys of its own, such as
`service-1`, wherever a stored flow holds their ids.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StringConstraints

from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.booking_flow.steps import (
    BookingFlowStepContent,
    ServiceSelectionStepContent,
)
from app.domain.branding import BrandColors
from app.domain.problems import Problem, ProblemCode, ProblemPath
from app.domain.questions import (
    AnswerCategoryContent,
    BookingQuestionContent,
    ServiceReferenceAnswerContent,
)
from app.domain.service_selection.graph import (
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
    ServiceSelectionNode,
)
from app.domain.values import EntityId, Name, Value
from app.domain.vendor import BookingServiceContent

FORMAT: Literal["wrkbelt-booking-flow"] = "wrkbelt-booking-flow"
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
MAX_ENTITIES = 2_000
"""Services, and questions, and categories of a document; all are stored in one transaction."""

MAX_LOGO_CHARACTERS = 1_500_000
"""Base64 of an image of 1 MiB, which is what may be uploaded."""

NOTHING: EntityId = "0" * 24
"""An id that names nothing, for references to what the document does not hold."""

Key: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class PortableService(BookingServiceContent):
    """A service; whether it is synced is for the other organization to find out."""

    key: Key


class PortableCategory(AnswerCategoryContent):
    """An answer category."""

    key: Key


class PortableQuestion(BookingQuestionContent):
    """A question with its answers, which name services and categories by key."""

    key: Key


class PortableBrandKit(Value):
    """A look; `logo_base64` holds the bytes of an image."""

    name: Name
    colors: BrandColors
    logo_base64: Annotated[str, StringConstraints(max_length=MAX_LOGO_CHARACTERS)] | None = None


class PortableFlow(BookingFlowContent):
    """A flow with everything it refers to."""

    format: Literal["wrkbelt-booking-flow"] = FORMAT
    format_version: Literal[1] = 1
    services: Annotated[tuple[PortableService, ...], Field(max_length=MAX_ENTITIES)] = ()
    questions: Annotated[tuple[PortableQuestion, ...], Field(max_length=MAX_ENTITIES)] = ()
    categories: Annotated[tuple[PortableCategory, ...], Field(max_length=MAX_ENTITIES)] = ()
    brand_kit: PortableBrandKit | None = None


class ReferenceNames(Value):
    """What each service, question and category is called on the other side."""

    services: Mapping[str, str]
    questions: Mapping[str, str]
    categories: Mapping[str, str]


def rename_steps(
    steps: Iterable[BookingFlowStepContent], names: ReferenceNames
) -> tuple[BookingFlowStepContent, ...]:
    """Return the steps without their ids and with the references of their graphs renamed.

    A reference without a name becomes `NOTHING`.
    """
    return tuple(_rename_step(step, names) for step in steps)


def rename_answers(
    question: BookingQuestionContent, names: ReferenceNames
) -> BookingQuestionContent:
    """Return the question's content, without ids, with what its answers refer to renamed.

    An answer that names a service without a name is left out, because it would say nothing.
    """
    answers = []
    for answer in question.answers:
        changes: dict[str, Any] = {"id": None, "category_id": None}
        if answer.category_id is not None:
            changes["category_id"] = names.categories.get(answer.category_id)
        if isinstance(answer, ServiceReferenceAnswerContent):
            if answer.service_id not in names.services:
                continue
            changes["service_id"] = names.services[answer.service_id]
        answers.append(answer.model_copy(update=changes))
    return BookingQuestionContent(
        question_content=question.question_content, answers=tuple(answers)
    )


def without_ids(question: BookingQuestionContent) -> BookingQuestionContent:
    """Return the question's content as if its answers were new."""
    answers = tuple(answer.model_copy(update={"id": None}) for answer in question.answers)
    return question.model_copy(update={"answers": answers})


def _rename_step(step: BookingFlowStepContent, names: ReferenceNames) -> BookingFlowStepContent:
    changes: dict[str, Any] = {"id": None}
    if isinstance(step, ServiceSelectionStepContent):
        changes["type_config"] = _rename_graph(step.type_config, names)
    return step.model_copy(update=changes)


def _rename_graph(graph: ServiceGraph, names: ReferenceNames) -> ServiceGraph:
    return graph.model_copy(update={"nodes": tuple(_rename(node, names) for node in graph.nodes)})


def _rename(node: ServiceSelectionNode, names: ReferenceNames) -> ServiceSelectionNode:
    match node:
        case QuestionReferenceNode():
            return node.model_copy(
                update={"question_id": names.questions.get(node.question_id, NOTHING)}
            )
        case ServiceReferenceNode():
            return node.model_copy(
                update={"service_id": names.services.get(node.service_id, NOTHING)}
            )
        case AnswerReferenceNode():
            if node.answer_category_id is None:
                return node
            named = names.categories.get(node.answer_category_id, NOTHING)
            return node.model_copy(update={"answer_category_id": named})


def find_key_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield DUPLICATE for keys that name two things, NOT_FOUND for answers' keys of nothing.

    The document is as somebody wrote it, and may be wrong in every other way as well.
    """
    for name in ("services", "questions", "categories"):
        seen: set[str] = set()
        for index, key in enumerate(_read_keys(document, name)):
            if key in seen:
                message = "names another one too"
                place: ProblemPath = (name, index, "key")
                yield Problem(code=ProblemCode.DUPLICATE, message=message, path=place)
            if key is not None:
                seen.add(key)
    known = {
        "service_id": frozenset(_read_keys(document, "services")),
        "category_id": frozenset(_read_keys(document, "categories")),
    }
    for index, question in enumerate(_read_list(document, "questions")):
        for position, answer in enumerate(_read_list(question, "answers")):
            for name, keys in known.items():
                key = _read_text(answer, name)
                if key is not None and key not in keys:
                    path = ("questions", index, "answers", position, name)
                    message = "is no key of the document"
                    yield Problem(code=ProblemCode.NOT_FOUND, message=message, path=path)


def _read_keys(document: Any, name: str) -> list[str | None]:
    return [_read_text(element, "key") for element in _read_list(document, name)]


def _read_list(parent: Any, name: str) -> Sequence[Any]:
    found = parent.get(name) if isinstance(parent, Mapping) else None
    return found if isinstance(found, list | tuple) else ()


def _read_text(parent: Any, name: str) -> str | None:
    found = parent.get(name) if isinstance(parent, Mapping) else None
    return found if isinstance(found, str) else None
