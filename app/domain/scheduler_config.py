"""How a widget is set up, as an editor writes it."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.domain.branding import FallbackPhoneNumberScreen
from app.domain.origins import MAX_ORIGIN_LENGTH, normalise_origin
from app.domain.text_checks import TextChecks, judged_by
from app.domain.values import EntityId, Name, Value


def _find_selector_error(checks: TextChecks, text: str) -> str | None:
    return None if checks.is_css_selector(text) else "is not a CSS selector"


CssSelector = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    judged_by(_find_selector_error),
]


def _require_origin(text: str) -> str:
    """Refuse what a browser never sends as `Origin`: anything beyond scheme, host and port."""
    origin = normalise_origin(text)
    if origin is None:
        raise PydanticCustomError("INVALID", "is not an origin such as https://example.com")
    return origin


Origin = Annotated[
    str, StringConstraints(max_length=MAX_ORIGIN_LENGTH), AfterValidator(_require_origin)
]


class SchedulerConfigContent(Value):
    """What an editor writes of a config."""

    name: Name
    target_click_elements: Annotated[tuple[CssSelector, ...], Field(max_length=100)] = ()
    allowed_origins: Annotated[tuple[Origin, ...], Field(max_length=100)] = ()
    brand_kit_id: EntityId | None = None
    booking_flow_router_id: EntityId | None = None
    default_booking_flow_id: EntityId | None = None
    fallback_phone_number_screen: FallbackPhoneNumberScreen | None = None
