"""The schema slice as Strawberry types; what a type refers to is found when it is asked for."""

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from ids import encode_id, encode_step_id
from strawberry.types import Info

Document = dict[str, Any]


def serialize_date_time(moment: datetime) -> str:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


DATE_TIME = strawberry.scalar(name="DateTime", serialize=serialize_date_time)


def stored_enum(name: str, members: str) -> Any:
    """Return an enum whose members are stored in lower case."""
    return strawberry.enum(Enum(name, {member: member.lower() for member in members.split()}))


BookingFlowStatus = stored_enum("BookingFlowStatus", "DRAFT PUBLISHED DELETED")
StepType = stored_enum(
    "StepType", "ZIPCODE SERVICE_SELECTION DETAILS TIMESLOT_SELECTION CUSTOMER SUMMARY"
)
ServiceSelectionNodeType = stored_enum(
    "ServiceSelectionNodeType", "QUESTION_REFERENCE ANSWER_REFERENCE SERVICE_REFERENCE"
)
InputType = stored_enum(
    "InputType", "TEXT TEXTAREA SELECT MULTI_SELECT CHECKBOX NUMBER DATE PHONE EMAIL ADDRESS"
)
VendorType = stored_enum("VendorType", "SERVICETITAN")
VendorServiceSyncStatus = stored_enum(
    "VendorServiceSyncStatus", "PENDING SYNCED DRIFTED NOT_FOUND FAILED"
)
BookingSessionStatus = stored_enum("BookingSessionStatus", "ACTIVE COMPLETED ABANDONED")
BookingSessionEventStatus = stored_enum("BookingSessionEventStatus", "ACCEPTED DUPLICATE")
BookingSessionEventType = stored_enum(
    "BookingSessionEventType",
    "SESSION_STARTED STEP_ENTERED STEP_COMPLETED FIELD_UPDATED VALIDATION_ERROR QUESTION_ANSWERED "
    "SERVICE_SELECTED NAVIGATION_BACK TIMESLOT_SELECTED SESSION_ABANDONED SESSION_COMPLETED",
)


async def find_owned(
    info: Info, collection: str, entity_id: str | None, organization_id: str
) -> Document | None:
    """Return a document of the organization, or None."""
    if entity_id is None:
        return None
    found: Document | None = await info.context["db"][collection].find_one({"_id": entity_id})
    return found if found and found["organization_id"] == organization_id else None


@strawberry.type
class ContentConfig:
    title: str
    description: str | None = None
    icon: str | None = None


def to_content(content: Document | None) -> ContentConfig | None:
    return ContentConfig(**content) if content else None


@strawberry.type
class VendorData:
    vendor_type: VendorType
    job_type_id: str
    job_type_name: str | None
    vendor_sync_status: VendorServiceSyncStatus
    last_synced_at: datetime | None

    @classmethod
    def of(cls, data: Document) -> "VendorData":
        return cls(
            vendor_type=VendorType(data["vendor_type"]),
            job_type_id=data["job_type_id"],
            job_type_name=data["job_type_name"],
            vendor_sync_status=VendorServiceSyncStatus(data["vendor_sync_status"]),
            last_synced_at=data["last_synced_at"],
        )


@strawberry.type
class BookingService:
    id: strawberry.ID
    service_content: ContentConfig
    vendor_data: VendorData | None

    @classmethod
    async def find(
        cls, info: Info, entity_id: str | None, organization_id: str
    ) -> "BookingService | None":
        service = await find_owned(info, "booking_services", entity_id, organization_id)
        if service is None:
            return None
        return cls(
            id=encode_id("BookingService", service["_id"]),
            service_content=ContentConfig(**service["service_content"]),
            vendor_data=VendorData.of(service["vendor_data"]) if service["vendor_data"] else None,
        )


@strawberry.type
class BookingAnswerCategory:
    id: strawberry.ID
    title: str
    description: str | None
    icon: str | None

    @classmethod
    async def find(
        cls, info: Info, entity_id: str | None, organization_id: str
    ) -> "BookingAnswerCategory | None":
        category = await find_owned(info, "booking_answer_categories", entity_id, organization_id)
        if category is None:
            return None
        return cls(
            id=encode_id("BookingAnswerCategory", category["_id"]),
            title=category["title"],
            description=category["description"],
            icon=category["icon"],
        )


@strawberry.interface
class BookingQuestionAnswerBase:
    id: strawberry.ID
    document: strawberry.Private[Document]

    @strawberry.field
    async def category(self, info: Info) -> BookingAnswerCategory | None:
        document = self.document
        return await BookingAnswerCategory.find(
            info, document["category_id"], document["organization_id"]
        )


@strawberry.type
class PlainTextAnswer(BookingQuestionAnswerBase):
    @strawberry.field
    def content(self) -> ContentConfig:
        return ContentConfig(**self.document["content"])


@strawberry.type
class ServiceReferenceAnswer(BookingQuestionAnswerBase):
    @strawberry.field
    async def service(self, info: Info) -> BookingService | None:
        document = self.document
        return await BookingService.find(info, document["service_id"], document["organization_id"])


BookingQuestionAnswer = Annotated[
    PlainTextAnswer | ServiceReferenceAnswer, strawberry.union("BookingQuestionAnswer")
]


@strawberry.type
class QuestionContent:
    title: str
    unique_name: str
    help_text: str | None
    icon: str | None


@strawberry.type
class BookingQuestion:
    id: strawberry.ID
    question_content: QuestionContent
    document: strawberry.Private[Document]

    @strawberry.field
    async def answers(self, info: Info) -> list[BookingQuestionAnswer]:
        owner = self.document["organization_id"]
        found = [
            await find_owned(info, "booking_question_answers", each, owner)
            for each in self.document["answers"]
        ]
        return [to_answer(answer) for answer in found if answer]

    @classmethod
    async def find(
        cls, info: Info, entity_id: str, organization_id: str
    ) -> "BookingQuestion | None":
        question = await find_owned(info, "booking_questions", entity_id, organization_id)
        if question is None:
            return None
        return cls(
            id=encode_id("BookingQuestion", question["_id"]),
            question_content=QuestionContent(**question["question_content"]),
            document=question,
        )


def to_answer(answer: Document) -> PlainTextAnswer | ServiceReferenceAnswer:
    type_ = PlainTextAnswer if answer["type"] == "plain_text" else ServiceReferenceAnswer
    return type_(id=encode_id("BookingQuestionAnswer", answer["answer_id"]), document=answer)


@strawberry.interface
class ServiceSelectionNodeBase:
    id: strawberry.ID
    type: ServiceSelectionNodeType
    node: strawberry.Private[Document]
    organization_id: strawberry.Private[str]


@strawberry.type
class QuestionReferenceNode(ServiceSelectionNodeBase):
    @strawberry.field
    async def question(self, info: Info) -> BookingQuestion | None:
        return await BookingQuestion.find(info, self.node["question_id"], self.organization_id)


@strawberry.type
class AnswerContent:
    text: str
    description: str | None


@strawberry.type
class AnswerDisplay:
    icon: str | None
    style: str | None


@strawberry.type
class AnswerReferenceNode(ServiceSelectionNodeBase):
    @strawberry.field
    def answer_content(self) -> AnswerContent:
        return AnswerContent(**self.node["answer_content"])

    @strawberry.field
    def answer_display(self) -> AnswerDisplay | None:
        display = self.node["answer_display"]
        return AnswerDisplay(**display) if display else None

    @strawberry.field
    async def category(self, info: Info) -> BookingAnswerCategory | None:
        return await BookingAnswerCategory.find(
            info, self.node["answer_category_id"], self.organization_id
        )


@strawberry.type
class ServiceReferenceNode(ServiceSelectionNodeBase):
    @strawberry.field
    async def service(self, info: Info) -> BookingService | None:
        return await BookingService.find(info, self.node["service_id"], self.organization_id)


ServiceSelectionNode = Annotated[
    QuestionReferenceNode | AnswerReferenceNode | ServiceReferenceNode,
    strawberry.union("ServiceSelectionNode"),
]
NODE_TYPES: dict[str, Any] = {
    "question_reference": QuestionReferenceNode,
    "answer_reference": AnswerReferenceNode,
    "service_reference": ServiceReferenceNode,
}


@strawberry.type
class ServiceSelectionEdge:
    id: strawberry.ID
    source_node_id: strawberry.ID
    target_node_id: strawberry.ID


@strawberry.type
class ServiceSelectionTypeConfig:
    root_node_id: strawberry.ID
    nodes: list[ServiceSelectionNode]
    edges: list[ServiceSelectionEdge]

    @classmethod
    def of(cls, config: Document, organization_id: str) -> "ServiceSelectionTypeConfig":
        return cls(
            root_node_id=config["root_node_id"],
            nodes=[
                NODE_TYPES[node["type"]](
                    id=node["id"],
                    type=ServiceSelectionNodeType(node["type"]),
                    node=node,
                    organization_id=organization_id,
                )
                for node in config["nodes"]
            ],
            edges=[ServiceSelectionEdge(**edge) for edge in config["edges"]],
        )


@strawberry.type
class FormFieldOption:
    value: str
    label: str


@strawberry.type
class FormFieldConstraints:
    min_length: int | None
    max_length: int | None
    minimum: float | None
    maximum: float | None
    pattern: str | None


@strawberry.type
class FormField:
    key: str
    label: str
    input_type: InputType
    required: bool
    help_text: str | None
    options: list[FormFieldOption]
    constraints: FormFieldConstraints | None

    @classmethod
    def of(cls, field: Document) -> "FormField":
        constraints = field["constraints"]
        return cls(
            key=field["key"],
            label=field["label"],
            input_type=InputType(field["input_type"]),
            required=field["required"],
            help_text=field["help_text"],
            options=[FormFieldOption(**option) for option in field["options"]],
            constraints=FormFieldConstraints(**constraints) if constraints else None,
        )


@strawberry.type
class ServiceArea:
    name: str
    zipcodes: list[str]
    prefixes: list[str]


@strawberry.type
class ZipcodeTypeConfig:
    service_areas: list[ServiceArea]
    out_of_area_content: ContentConfig | None


@strawberry.type
class DetailsTypeConfig:
    fields: list[FormField]


@strawberry.type
class TimeslotSelectionTypeConfig:
    timezone: str
    lead_time_minutes: int
    horizon_days: int


@strawberry.type
class CustomerTypeConfig:
    fields: list[FormField]
    allow_returning_customers: bool


@strawberry.type
class SummaryTypeConfig:
    confirmation_content: ContentConfig | None
    consent_text: str | None
    require_consent: bool


@strawberry.interface
class BookingFlowStepBase:
    id: strawberry.ID
    step_type: StepType
    step_config: ContentConfig
    config: strawberry.Private[Document]
    organization_id: strawberry.Private[str]


@strawberry.type
class BookingFlowZipcodeStep(BookingFlowStepBase):
    @strawberry.field
    def type_config(self) -> ZipcodeTypeConfig:
        return ZipcodeTypeConfig(
            service_areas=[ServiceArea(**area) for area in self.config["service_areas"]],
            out_of_area_content=to_content(self.config["out_of_area_content"]),
        )


@strawberry.type
class BookingFlowServiceSelectionStep(BookingFlowStepBase):
    @strawberry.field
    def type_config(self) -> ServiceSelectionTypeConfig:
        return ServiceSelectionTypeConfig.of(self.config, self.organization_id)


@strawberry.type
class BookingFlowDetailsStep(BookingFlowStepBase):
    @strawberry.field
    def type_config(self) -> DetailsTypeConfig:
        return DetailsTypeConfig(fields=[FormField.of(each) for each in self.config["fields"]])


@strawberry.type
class BookingFlowTimeslotSelectionStep(BookingFlowStepBase):
    @strawberry.field
    def type_config(self) -> TimeslotSelectionTypeConfig:
        names = ("timezone", "lead_time_minutes", "horizon_days")
        return TimeslotSelectionTypeConfig(**{name: self.config[name] for name in names})


@strawberry.type
class BookingFlowCustomerStep(BookingFlowStepBase):
    @strawberry.field
    def type_config(self) -> CustomerTypeConfig:
        return CustomerTypeConfig(
            fields=[FormField.of(each) for each in self.config["fields"]],
            allow_returning_customers=self.config["allow_returning_customers"],
        )


@strawberry.type
class BookingFlowSummaryStep(BookingFlowStepBase):
    @strawberry.field
    def type_config(self) -> SummaryTypeConfig:
        return SummaryTypeConfig(
            confirmation_content=to_content(self.config["confirmation_content"]),
            consent_text=self.config["consent_text"],
            require_consent=self.config["require_consent"],
        )


BookingFlowStep = Annotated[
    BookingFlowZipcodeStep
    | BookingFlowServiceSelectionStep
    | BookingFlowDetailsStep
    | BookingFlowTimeslotSelectionStep
    | BookingFlowCustomerStep
    | BookingFlowSummaryStep,
    strawberry.union("BookingFlowStep"),
]
STEP_TYPES: dict[str, Any] = {
    "zipcode": BookingFlowZipcodeStep,
    "service_selection": BookingFlowServiceSelectionStep,
    "details": BookingFlowDetailsStep,
    "timeslot_selection": BookingFlowTimeslotSelectionStep,
    "customer": BookingFlowCustomerStep,
    "summary": BookingFlowSummaryStep,
}


def to_step(step: Document, organization_id: str) -> Any:
    return STEP_TYPES[step["step_type"]](
        id=encode_step_id(step.get("step_id") or step["id"]),
        step_type=StepType(step["step_type"]),
        step_config=ContentConfig(**step["step_config"]),
        config=step["type_config"],
        organization_id=organization_id,
    )


@strawberry.type
class BookingFlow:
    id: strawberry.ID
    version: int
    revision: int | None
    status: BookingFlowStatus
    published_at: datetime | None
    content: ContentConfig
    document: strawberry.Private[Document]

    @strawberry.field
    async def steps(self, info: Info) -> list[BookingFlowStep]:
        owner = self.document["organization_id"]
        steps = self.document["steps"]
        if "booking_flow_id" not in self.document:
            steps = [await find_owned(info, "booking_flow_steps", each, owner) for each in steps]
        return [to_step(step, owner) for step in steps if step]

    @classmethod
    def of_draft(cls, flow: Document) -> "BookingFlow":
        return cls(
            id=encode_id("BookingFlow", flow["_id"]),
            version=flow["version"],
            revision=len(flow["revision_ids"]) or None,
            status=BookingFlowStatus(flow["status"]),
            published_at=flow["published_at"],
            content=ContentConfig(**flow["content"]),
            document=flow,
        )

    @classmethod
    def of_revision(cls, revision: Document) -> "BookingFlow":
        return cls(
            id=encode_id("BookingFlow", revision["booking_flow_id"]),
            version=revision["flow_version"],
            revision=revision["revision"],
            status=BookingFlowStatus("published"),
            published_at=revision["published_at"],
            content=ContentConfig(**revision["content"]),
            document=revision,
        )


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class BookingFlowEdge:
    node: BookingFlow


@strawberry.type
class BookingFlowConnection:
    page_info: PageInfo
    edges: list[BookingFlowEdge]
    condition: strawberry.Private[Document]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        count: int = await info.context["db"].booking_flows.count_documents(self.condition)
        return count


@strawberry.input
class RoutingContextInput:
    url: str


@strawberry.type
class FallbackPhoneNumberScreen:
    phone_number: str
    content: ContentConfig


@strawberry.type
class Image:
    url: str
    content_type: str
    width: int
    height: int


@strawberry.type
class BrandColors:
    primary: str
    secondary: str
    accent: str


@strawberry.type
class BrandKit:
    id: strawberry.ID
    logo: Image | None
    colors: BrandColors


@strawberry.type
class Scheduler:
    id: strawberry.ID
    name: str
    target_click_elements: list[str]
    fallback_phone_number_screen: FallbackPhoneNumberScreen | None
    document: strawberry.Private[Document]

    @strawberry.field
    async def brand_kit(self, info: Info) -> BrandKit | None:
        owner = self.document["organization_id"]
        kit = await find_owned(info, "brand_kits", self.document["brand_kit_id"], owner)
        if kit is None:
            return None
        colors = BrandColors(**kit["colors"])
        return BrandKit(id=encode_id("BrandKit", kit["_id"]), logo=None, colors=colors)

    @strawberry.field
    async def booking_flow(
        self,
        info: Info,
        context: RoutingContextInput,  # noqa: ARG002 - the companies have no routing rules
    ) -> BookingFlow | None:
        owner = self.document["organization_id"]
        flow_id = self.document["default_booking_flow_id"]
        flow = await find_owned(info, "booking_flows", flow_id, owner)
        if flow is None or flow["status"] != "published":
            return None
        revision_id = flow["revision_ids"][-1]
        revision = await find_owned(info, "booking_flow_revisions", revision_id, owner)
        return BookingFlow.of_revision(revision) if revision else None

    @classmethod
    def of(cls, config: Document) -> "Scheduler":
        screen = config["fallback_phone_number_screen"]
        return cls(
            id=encode_id("SchedulerConfig", config["_id"]),
            name=config["name"],
            target_click_elements=config["target_click_elements"],
            fallback_phone_number_screen=FallbackPhoneNumberScreen(
                phone_number=screen["phone_number"], content=ContentConfig(**screen["content"])
            )
            if screen
            else None,
            document=config,
        )
