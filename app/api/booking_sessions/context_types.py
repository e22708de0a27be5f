"""Where a session comes from, as clients read it."""

import strawberry

from app.api.booking_flow_routers.enums import RouteReason
from app.api.booking_sessions.enums import DeviceType
from app.api.scalars import Url
from app.domain.booking_session import context as domain


@strawberry.type(description="The campaign a visit is attributed to.")
class Utm:
    source: str | None = strawberry.field(description="`utm_source`.")
    medium: str | None = strawberry.field(description="`utm_medium`.")
    campaign: str | None = strawberry.field(description="`utm_campaign`.")
    term: str | None = strawberry.field(description="`utm_term`.")
    content: str | None = strawberry.field(description="`utm_content`.")


@strawberry.type(description="Click identifiers of advertising networks.")
class ClickIds:
    gclid: str | None = strawberry.field(description="Google Ads.")
    fbclid: str | None = strawberry.field(description="Meta.")
    msclkid: str | None = strawberry.field(description="Microsoft Advertising.")
    gbraid: str | None = strawberry.field(description="Google Ads, app to web.")
    wbraid: str | None = strawberry.field(description="Google Ads, web to app.")


@strawberry.type(description="The customer's device.")
class Device:
    type: DeviceType = strawberry.field(description="Its kind.")
    browser: str | None = strawberry.field(description="Its browser.")
    os: str | None = strawberry.field(description="Its operating system.")


@strawberry.type(description="How routing chose the flow.")
class SessionRoute:
    rule_id: strawberry.ID | None = strawberry.field(
        description="The rule that matched; null when none did."
    )
    rule_name: str | None = strawberry.field(description="The rule's name at that time.")
    reason: RouteReason | None = strawberry.field(description="Why the flow was taken.")


@strawberry.type(description="Where a session comes from.")
class SessionContext:
    url: Url | None = strawberry.field(description="The page it started on.")
    referrer: Url | None = strawberry.field(description="Where the visitor came from.")
    utm: Utm = strawberry.field(description="The campaign.")
    click_ids: ClickIds = strawberry.field(description="Click identifiers of advertising networks.")
    device: Device = strawberry.field(description="The customer's device.")
    locale: str | None = strawberry.field(description="The customer's language, as `en-US`.")
    route: SessionRoute | None = strawberry.field(description="How routing chose the flow.")

    @classmethod
    def from_domain(cls, context: domain.SessionContext) -> "SessionContext":
        """Return the context in the schema's type."""
        route = context.route
        return cls(
            url=None if context.url is None else Url(context.url),
            referrer=None if context.referrer is None else Url(context.referrer),
            utm=Utm(**dict(context.utm)),
            click_ids=ClickIds(**dict(context.click_ids)),
            device=Device(**dict(context.device)),
            locale=context.locale,
            route=None
            if route is None
            else SessionRoute(
                rule_id=None if route.rule_id is None else strawberry.ID(route.rule_id),
                rule_name=route.rule_name,
                reason=route.reason,
            ),
        )
