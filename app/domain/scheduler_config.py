"""How a widget is set up, as an editor writes it."""

from collections.abc import Iterator
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.domain.branding import FallbackPhoneNumberScreen
from app.domain.problems import Problem, ProblemCode
from app.domain.values import EntityId, Name, Value

CssSelector = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _require_origin(text: str) -> str:
    """Refuse what a browser never sends as `Origin`: anything beyond scheme, host and port."""
    try:
        parts = urlsplit(text)
        valid_port = parts.port is None or parts.port > 0
    except ValueError:
        valid_port = False
    else:
        valid_port = valid_port and parts.scheme in {"http", "https"} and bool(parts.hostname)
    if not valid_port or text != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise PydanticCustomError("INVALID", "is not an origin such as https://example.com")
    return text.lower()


Origin = Annotated[str, StringConstraints(max_length=300), AfterValidator(_require_origin)]


class SchedulerConfigContent(Value):
    """What an editor writes of a config."""

    name: Name
    target_click_elements: Annotated[tuple[CssSelector, ...], Field(max_length=100)] = ()
    allowed_origins: Annotated[tuple[Origin, ...], Field(max_length=100)] = ()
    brand_kit_id: EntityId | None = None
    booking_flow_router_id: EntityId | None = None
    default_booking_flow_id: EntityId | None = None
    fallback_phone_number_screen: FallbackPhoneNumberScreen | None = None


class ConfigTextChecks(Protocol):
    """Judges texts by rules too large for the domain."""

    def is_phone_number(self, text: str) -> bool:
        """Whether `text` is a possible phone number in E.164 form."""
        ...

    def is_css_selector(self, text: str) -> bool:
        """Whether a browser would take `text` as a selector."""
        ...


def find_text_problems(
    content: SchedulerConfigContent, *, checks: ConfigTextChecks
) -> Iterator[Problem]:
    """Yield an INVALID for each selector and phone number that is none."""
    for index, selector in enumerate(content.target_click_elements):
        if not checks.is_css_selector(selector):
            path = ("target_click_elements", index)
            yield Problem(code=ProblemCode.INVALID, message="is not a CSS selector", path=path)
    screen = content.fallback_phone_number_screen
    if screen is not None and not checks.is_phone_number(screen.phone_number):
        yield Problem(
            code=ProblemCode.INVALID,
            message="is not a phone number that can be called",
            path=("fallback_phone_number_screen", "phone_number"),
        )
