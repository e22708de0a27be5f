"""Scheduler configs as clients write them."""

import strawberry

from app.api.content import ContentConfigInput
from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.scalars import CssSelector, PhoneNumber, Url


@strawberry.input(description="Shown when nothing can be booked online.")
class FallbackPhoneNumberScreenInput:
    phone_number: PhoneNumber = strawberry.field(description="Whom to call.")
    content: ContentConfigInput = strawberry.field(description="What a customer reads.")


@strawberry.input(description="A new widget installation.")
class CreateSchedulerConfigInput:
    name: str = strawberry.field(description="The name its editors know it by.")
    target_click_elements: list[CssSelector] = strawberry.field(
        default_factory=list, description="The elements of the page that open the widget."
    )
    allowed_origins: list[Url] = strawberry.field(
        default_factory=list,
        description="The origins of the pages the key works from, as `https://example.com`.",
    )
    brand_kit_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The look.",
        metadata=refers_to(EntityType.BRAND_KIT),
    )
    booking_flow_router_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The routing rules.",
        metadata=refers_to(EntityType.BOOKING_FLOW_ROUTER),
    )
    default_booking_flow_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The flow where no rule matches.",
        metadata=refers_to(EntityType.BOOKING_FLOW),
    )
    fallback_phone_number_screen: FallbackPhoneNumberScreenInput | None = strawberry.field(
        default=strawberry.UNSET, description="Shown when nothing can be booked online."
    )


@strawberry.input(description="Changes of a widget installation; what is left out stays as it is.")
class UpdateSchedulerConfigInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.SCHEDULER_CONFIG)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The name its editors know it by.",
    )
    target_click_elements: list[CssSelector] | None = strawberry.field(
        default=strawberry.UNSET,
        description="The elements of the page that open the widget.",
    )
    allowed_origins: list[Url] | None = strawberry.field(
        default=strawberry.UNSET,
        description="The origins of the pages the key works from, as `https://example.com`.",
    )
    brand_kit_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The look; null for none.",
        metadata=refers_to(EntityType.BRAND_KIT),
    )
    booking_flow_router_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The routing rules; null for none.",
        metadata=refers_to(EntityType.BOOKING_FLOW_ROUTER),
    )
    default_booking_flow_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The flow where no rule matches; null for none.",
        metadata=refers_to(EntityType.BOOKING_FLOW),
    )
    fallback_phone_number_screen: FallbackPhoneNumberScreenInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Shown when nothing can be booked online; null for none.",
    )


@strawberry.input(description="Which to delete.")
class DeleteSchedulerConfigInput:
    id: strawberry.ID = strawberry.field(
        description="Which to delete.", metadata=refers_to(EntityType.SCHEDULER_CONFIG)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version the editor has seen; any version when it is left out.",
    )
