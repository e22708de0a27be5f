"""Where a session comes from: the page, the campaign, the device and the routing rule matched."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import StringConstraints

from app.domain.routing.matching import RouteReason
from app.domain.routing.urls import MAX_URL_LENGTH
from app.domain.values import Value

MAX_UTM_LENGTH: Final = 200
MAX_CLICK_ID_LENGTH: Final = 500

ShortText = Annotated[str, StringConstraints(max_length=MAX_UTM_LENGTH)]
ClickId = Annotated[str, StringConstraints(max_length=MAX_CLICK_ID_LENGTH)]
UrlText = Annotated[str, StringConstraints(max_length=MAX_URL_LENGTH)]


class DeviceType(StrEnum):
    """What kind of device the widget runs on."""

    MOBILE = "mobile"
    TABLET = "tablet"
    DESKTOP = "desktop"
    BOT = "bot"
    UNKNOWN = "unknown"


class UtmParameters(Value):
    """The campaign a visit is attributed to, from the `utm_*` parameters of its URL."""

    source: ShortText | None = None
    medium: ShortText | None = None
    campaign: ShortText | None = None
    term: ShortText | None = None
    content: ShortText | None = None


class ClickIds(Value):
    """The click identifiers advertising networks add to a URL."""

    gclid: ClickId | None = None
    fbclid: ClickId | None = None
    msclkid: ClickId | None = None
    gbraid: ClickId | None = None
    wbraid: ClickId | None = None


class Device(Value):
    """The customer's device as the widget reports it."""

    type: DeviceType = DeviceType.UNKNOWN
    browser: ShortText | None = None
    os: ShortText | None = None


class RouteTaken(Value):
    """The routing rule that chose the flow; `reason` says why when there is none."""

    rule_id: ShortText | None = None
    rule_name: ShortText | None = None
    reason: RouteReason | None = None


class SessionContext(Value):
    """Everything known about a session when it starts."""

    url: UrlText | None = None
    referrer: UrlText | None = None
    utm: UtmParameters = UtmParameters()
    click_ids: ClickIds = ClickIds()
    device: Device = Device()
    locale: Annotated[str, StringConstraints(max_length=35)] | None = None
    route: RouteTaken | None = None
    visitor_id: Annotated[str, StringConstraints(max_length=100)] | None = None
