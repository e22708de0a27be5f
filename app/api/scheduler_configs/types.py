"""Scheduler configs as clients read them: the whole for editors, what is public for widgets."""

from typing import Annotated

import strawberry

from app.api.booking_flow_routers.inputs import RoutingContextInput
from app.api.booking_flow_routers.types import BookingFlowRouter, load_flow
from app.api.booking_flows.types import BookingFlow
from app.api.brand_kits.types import BrandKit
from app.api.content import ContentConfig
from app.api.context import Info
from app.api.errors import bad_user_input
from app.api.ids import EntityType, encode_id
from app.api.inputs import read_input
from app.api.node import Node
from app.api.scalars import CssSelector, PhoneNumber, Url
from app.documents import scheduler_config as documents
from app.domain.branding import FallbackPhoneNumberScreen as DomainScreen
from app.domain.refusal import Refused
from app.loaders.base import OwnedId, owned
from app.services.booking_sessions.start import PageContext
from app.services.routing import find_route, read_url


@strawberry.type(description="Shown when nothing can be booked online.")
class FallbackPhoneNumberScreen:
    phone_number: PhoneNumber = strawberry.field(description="Whom to call.")
    content: ContentConfig = strawberry.field(description="What a customer reads.")

    @classmethod
    def from_domain(cls, screen: DomainScreen) -> "FallbackPhoneNumberScreen":
        """Return the screen in the schema's type."""
        return cls(
            phone_number=PhoneNumber(screen.phone_number),
            content=ContentConfig.from_domain(screen.content),
        )


async def load_brand_kit(info: Info, brand_kit_id: OwnedId | None) -> BrandKit | None:
    """Return the kit through the request's loader, or None when there is none."""
    if brand_kit_id is None:
        return None
    kit = await info.context.loaders.brand_kits.load(brand_kit_id)
    return None if kit is None else BrandKit.from_document(kit)


@strawberry.interface(description="What a widget is set up with.")
class SchedulerBase(Node):
    name: str = strawberry.field(description="The name its editors know it by.")
    target_click_elements: list[CssSelector] = strawberry.field(
        description="The elements of the page that open the widget."
    )
    fallback_phone_number_screen: FallbackPhoneNumberScreen | None = strawberry.field(
        description="Shown when nothing can be booked online."
    )
    document: strawberry.Private[documents.SchedulerConfig]

    @strawberry.field(description="The look; null when none is set.")
    async def brand_kit(self, info: Info) -> BrandKit | None:
        config = self.document
        return await load_brand_kit(info, owned(config.organization_id, config.brand_kit_id))


@strawberry.type(description="A scheduler as its widget sees it.")
class Scheduler(SchedulerBase):
    @strawberry.field(
        description="The published flow the page is routed to; null shows the fallback screen."
    )
    async def booking_flow(
        self,
        info: Info,
        context: Annotated[
            RoutingContextInput, strawberry.argument(description="The page the widget is on.")
        ],
    ) -> BookingFlow | None:
        try:
            page = read_input(context, PageContext)
            url = read_url(page)
        except Refused as refused:
            messages = "; ".join(problem.message for problem in refused.problems)
            raise bad_user_input(messages, argument="context") from refused
        route = await find_route(
            self.document, url, now=info.context.now, visitor_id=page.visitor_id
        )
        if route.revision_id is None:
            return None
        revision = await info.context.loaders.revisions.load(
            OwnedId(self.document.organization_id, route.revision_id)
        )
        return None if revision is None else BookingFlow.from_revision(revision)


@strawberry.type(description="One widget installation.")
class SchedulerConfig(SchedulerBase):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    publishable_key: str = strawberry.field(description="What the widget identifies itself by.")
    allowed_origins: list[Url] = strawberry.field(
        description="The pages' origins the key works from."
    )

    @strawberry.field(description="The routing rules; null when none are set.")
    async def booking_flow_router(self, info: Info) -> BookingFlowRouter | None:
        config = self.document
        router_id = owned(config.organization_id, config.booking_flow_router_id)
        if router_id is None:
            return None
        router = await info.context.loaders.routers.load(router_id)
        return None if router is None else BookingFlowRouter.from_document(router)

    @strawberry.field(description="The flow where no rule matches; null when none is set.")
    async def default_booking_flow(self, info: Info) -> BookingFlow | None:
        config = self.document
        return await load_flow(info, owned(config.organization_id, config.default_booking_flow_id))

    @classmethod
    def from_document(cls, config: documents.SchedulerConfig) -> "SchedulerConfig":
        """Return the config in the schema's type."""
        return cls(
            id=encode_id(EntityType.SCHEDULER_CONFIG, config.id),
            version=config.version,
            name=config.name,
            publishable_key=config.publishable_key,
            allowed_origins=[Url(origin) for origin in config.allowed_origins],
            target_click_elements=[CssSelector(text) for text in config.target_click_elements],
            fallback_phone_number_screen=to_fallback_screen(config),
            document=config,
        )


def to_fallback_screen(config: documents.SchedulerConfig) -> FallbackPhoneNumberScreen | None:
    """Return the config's screen in the schema's type, or None where there is none."""
    screen = config.fallback_phone_number_screen
    return None if screen is None else FallbackPhoneNumberScreen.from_domain(screen)


def to_scheduler(config: documents.SchedulerConfig) -> Scheduler:
    """Return what the widget of a config sees."""
    return Scheduler(
        id=encode_id(EntityType.SCHEDULER_CONFIG, config.id),
        name=config.name,
        target_click_elements=[CssSelector(text) for text in config.target_click_elements],
        fallback_phone_number_screen=to_fallback_screen(config),
        document=config,
    )
