"""How a scheduler looks and how it is called when online booking is closed."""

from typing import Annotated

from pydantic import StringConstraints

from app.domain.content import ContentConfig
from app.domain.values import EntityId, Name, Value

HexColor = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", to_upper=True)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$")]
"""A phone number in E.164 form; whether it is assigned is checked where it enters."""


class BrandColors(Value):
    """The colour scheme, each `#RRGGBB`."""

    primary: HexColor
    secondary: HexColor
    accent: HexColor


class BrandKitContent(Value):
    """What an editor writes of a brand kit."""

    name: Name
    colors: BrandColors
    logo_file_id: EntityId | None = None


class FallbackPhoneNumberScreen(Value):
    """Shown when no flow can be booked online."""

    phone_number: PhoneNumber
    content: ContentConfig
