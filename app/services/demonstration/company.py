"""Setting the company up, the way its office would."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.documents.scheduler_config import SchedulerConfig
from app.domain.branding import BrandColors, BrandKitContent, FallbackPhoneNumberScreen
from app.domain.content import ContentConfig, QuestionContent
from app.domain.files import FileProblem
from app.domain.questions import (
    AnswerCategoryContent,
    AnswerInQuestion,
    BookingQuestionContent,
    PlainTextAnswerContent,
    ServiceReferenceAnswerContent,
)
from app.domain.scheduler_config import SchedulerConfigContent
from app.domain.values import EntityId
from app.domain.vendor import BookingServiceContent, VendorDataContent, VendorType
from app.services.authoring import Author
from app.services.booking_answer_categories import create_answer_category
from app.services.booking_flow_routers import (
    BookingFlowRouterContent,
    create_booking_flow_router,
)
from app.services.booking_flows import create_booking_flow
from app.services.booking_questions import create_booking_question
from app.services.booking_services import create_booking_service
from app.services.brand_kits import create_brand_kit
from app.services.demonstration.calendars import local_date
from app.services.demonstration.flows import FlowKey, outline_flows
from app.services.demonstration.graphs import StoredContent
from app.services.demonstration.logo import LOGO_SVG
from app.services.demonstration.outlines import (
    OptionOutline,
    QuestionOutline,
    ServiceOption,
    ServiceOutline,
    Trade,
)
from app.services.demonstration.questionnaire import QUESTIONS, SERVICES
from app.services.demonstration.routes import ALLOWED_ORIGINS, outline_rules
from app.services.files import store_file
from app.services.publication import publish_booking_flow
from app.services.scheduler_configs import create_scheduler_config

COMPANY_NAME = "Cedar & Main Home Services"
PHONE_NUMBER = "+16145550100"
CLICK_TARGETS = ("[data-book-online]", "a[href='#book']", ".site-header .book-now")

_CATEGORIES = {
    Trade.HEATING_COOLING: AnswerCategoryContent(
        title="Heating & cooling",
        description="Furnaces, boilers, air conditioners and heat pumps",
        icon="thermometer",
    ),
    Trade.PLUMBING: AnswerCategoryContent(
        title="Plumbing", description="Water, drains and fixtures", icon="droplets"
    ),
    Trade.ELECTRICAL: AnswerCategoryContent(
        title="Electrical", description="Power, lights and chargers", icon="zap"
    ),
}


@dataclass(frozen=True, slots=True)
class Company:
    """The company as customers meet it."""

    config: SchedulerConfig
    revision_ids: Mapping[FlowKey, EntityId]


async def set_up_company(author: Author, *, report_progress: Callable[[int, int], None]) -> Company:
    """Store all content of the company, published, and return how customers get at it.

    `report_progress` is called with the number of entities stored and their total.
    """
    total = len(_CATEGORIES) + len(SERVICES) + len(QUESTIONS) + len(FlowKey) + 3
    done = 0

    def count_one() -> None:
        nonlocal done
        done += 1
        report_progress(done, total)

    brand_kit_id = await _create_brand_kit(author)
    count_one()
    stored = await _create_content(author, count_one=count_one)
    flow_ids, revision_ids = await _publish_flows(author, stored, count_one=count_one)
    router, _ = await create_booking_flow_router(
        BookingFlowRouterContent(name="Website", rules=outline_rules(flow_ids)), author=author
    )
    count_one()
    config = await create_scheduler_config(
        SchedulerConfigContent(
            name="Website",
            target_click_elements=CLICK_TARGETS,
            allowed_origins=ALLOWED_ORIGINS,
            brand_kit_id=brand_kit_id,
            booking_flow_router_id=router.id,
            default_booking_flow_id=flow_ids[FlowKey.GENERAL],
            fallback_phone_number_screen=_fallback_screen(),
        ),
        author=author,
    )
    count_one()
    return Company(config=config, revision_ids=revision_ids)


async def _create_brand_kit(author: Author) -> EntityId:
    logo = await store_file(LOGO_SVG.encode(), organization_id=author.organization_id)
    if isinstance(logo, FileProblem):
        raise RuntimeError(f"the logo of the demonstration is refused: {logo.message}")
    colors = BrandColors(primary="#1F5C4A", secondary="#F4F1EA", accent="#D9772B")
    content = BrandKitContent(name="Cedar & Main", colors=colors, logo_file_id=logo.id)
    return (await create_brand_kit(content, author=author)).id


async def _create_content(author: Author, *, count_one: Callable[[], None]) -> StoredContent:
    category_ids: dict[Trade, EntityId] = {}
    for trade, category in _CATEGORIES.items():
        category_ids[trade] = (await create_answer_category(category, author=author)).id
        count_one()
    service_ids: dict[str, EntityId] = {}
    for service in SERVICES:
        content = _service_content(service)
        service_ids[service.key] = (await create_booking_service(content, author=author)).id
        count_one()
    question_ids: dict[str, EntityId] = {}
    for outline in QUESTIONS:
        question = BookingQuestionContent(
            question_content=_question_content(outline),
            answers=tuple(
                _answer_content(option, service_ids, category_ids) for option in outline.options
            ),
        )
        question_ids[outline.key] = (await create_booking_question(question, author=author)).id
        count_one()
    return StoredContent(
        service_ids=service_ids, question_ids=question_ids, category_ids=category_ids
    )


async def _publish_flows(
    author: Author, stored: StoredContent, *, count_one: Callable[[], None]
) -> tuple[dict[FlowKey, EntityId], dict[FlowKey, EntityId]]:
    """Return the ids of the flows and those of their published revisions."""
    flow_ids: dict[FlowKey, EntityId] = {}
    revision_ids: dict[FlowKey, EntityId] = {}
    for key, content in outline_flows(stored, today=local_date(author.now)).items():
        draft = await create_booking_flow(content, author=author)
        flow, _ = await publish_booking_flow(
            draft.id, expected_version=draft.version, author=author
        )
        flow_ids[key] = flow.id
        revision_ids[key] = flow.revision_ids[-1]
        count_one()
    return flow_ids, revision_ids


def _service_content(service: ServiceOutline) -> BookingServiceContent:
    return BookingServiceContent(
        service_content=ContentConfig(
            title=service.title, description=service.description, icon=service.icon
        ),
        vendor_data=VendorDataContent(
            vendor_type=VendorType.SERVICETITAN,
            job_type_id=service.job_type_id,
            job_type_name=service.job_type_name,
        ),
    )


def _question_content(outline: QuestionOutline) -> QuestionContent:
    return QuestionContent(
        title=outline.title,
        unique_name=outline.key,
        help_text=outline.help_text,
        icon=outline.icon,
    )


def _answer_content(
    option: OptionOutline,
    service_ids: Mapping[str, EntityId],
    category_ids: Mapping[Trade, EntityId],
) -> AnswerInQuestion:
    if isinstance(option, ServiceOption):
        return ServiceReferenceAnswerContent(service_id=service_ids[option.service])
    return PlainTextAnswerContent(
        content=ContentConfig(title=option.text, icon=option.icon),
        category_id=None if option.trade is None else category_ids[option.trade],
    )


def _fallback_screen() -> FallbackPhoneNumberScreen:
    return FallbackPhoneNumberScreen(
        phone_number=PHONE_NUMBER,
        content=ContentConfig(
            title="Call us",
            description="We answer every day from seven in the morning to ten at night.",
            icon="phone",
        ),
    )
