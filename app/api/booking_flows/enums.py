"""The enums of this part of the schema."""

from enum import Enum

from app.api.enums import expose_enum
from app.documents.paging import SortOrder
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.booking_flow.form_fields import InputType
from app.domain.booking_flow.steps import StepType
from app.domain.booking_flow.timeslot_windows import Weekday

__all__ = [
    "BookingFlowOrder",
    "BookingFlowStatus",
    "InputType",
    "StepType",
    "Weekday",
]

expose_enum(
    InputType,
    description="How a field is entered, and which values it takes.",
    values={
        InputType.TEXT: "One line of text.",
        InputType.TEXTAREA: "Several lines of text.",
        InputType.SELECT: "One of the options.",
        InputType.MULTI_SELECT: "Any of the options, as a list.",
        InputType.CHECKBOX: "Yes or no.",
        InputType.NUMBER: "A number.",
        InputType.DATE: "A calendar date.",
        InputType.PHONE: "A telephone number in E.164 form.",
        InputType.EMAIL: "An e-mail address.",
        InputType.ADDRESS: "An object of street, unit, city, state, zip and country.",
    },
)
expose_enum(
    Weekday,
    description="A day of the week.",
    values={weekday: f"{weekday.name.title()}." for weekday in Weekday},
)
expose_enum(
    StepType,
    description="What a step asks of the customer.",
    values={
        StepType.ZIPCODE: "Where the customer lives.",
        StepType.SERVICE_SELECTION: "Which service is needed.",
        StepType.DETAILS: "More about the visit.",
        StepType.TIMESLOT_SELECTION: "When the visit shall be.",
        StepType.CUSTOMER: "Who the customer is.",
        StepType.SUMMARY: "Whether everything is right.",
    },
)
expose_enum(
    BookingFlowStatus,
    description="Where a flow stands.",
    values={
        BookingFlowStatus.DRAFT: "Edited, not offered to customers.",
        BookingFlowStatus.PUBLISHED: "Its newest revision is offered to customers.",
        BookingFlowStatus.DELETED: "Gone for customers and editors.",
    },
)


class BookingFlowOrder(Enum):
    """How a list of flows is sorted."""

    CREATED_AT_DESC = SortOrder("_id", descending=True)
    CREATED_AT_ASC = SortOrder("_id")
    UPDATED_AT_DESC = SortOrder("updated_at", descending=True)
    UPDATED_AT_ASC = SortOrder("updated_at")
    TITLE_ASC = SortOrder("content.title")
    TITLE_DESC = SortOrder("content.title", descending=True)


expose_enum(
    BookingFlowOrder,
    description="How a list of flows is sorted.",
    values={
        BookingFlowOrder.CREATED_AT_DESC: "Newest first.",
        BookingFlowOrder.CREATED_AT_ASC: "Oldest first.",
        BookingFlowOrder.UPDATED_AT_DESC: "Last edited first.",
        BookingFlowOrder.UPDATED_AT_ASC: "Longest unedited first.",
        BookingFlowOrder.TITLE_ASC: "By title, capitals first.",
        BookingFlowOrder.TITLE_DESC: "By title backwards.",
    },
)
