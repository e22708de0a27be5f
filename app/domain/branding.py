"""How a scheduler looks and how it is called when online booking is closed."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from app.domain.content import ContentConfig
from app.domain.text_checks import TextChecks, judged_by
from app.domain.values import EntityId, Name, Value

HexColor = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", to_upper=True)]


def _find_number_error(checks: TextChecks, text: str) -> str | None:
    return None if checks.is_phone_number(text) else "is not a phone number that can be called"


PhoneNumber = Annotated[
    str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$"), judged_by(_find_number_error)
]
"""A phone number in E.164 form; whether it can be called is checked where it enters."""


class BrandColors(Value):
    """The colour scheme, each `#RRGGBB`."""

    primary: HexColor
    secondary: HexColor
    accent: HexColor


class ContrastPair(StrEnum):
    """A text and what it stands on, as the widget draws them."""

    WHITE_ON_PRIMARY = "white_on_primary"
    WHITE_ON_ACCENT = "white_on_accent"
    PRIMARY_ON_SECONDARY = "primary_on_secondary"
    ACCENT_ON_SECONDARY = "accent_on_secondary"


class ContrastWarning(Value):
    """Two colours too much alike; both ratios are n in n : 1, of which 21 is the most."""

    pair: ContrastPair
    ratio: float
    needed: float


TEXT_CONTRAST = 4.5
"""The ratio normal text needs by WCAG 2.2, success criterion 1.4.3 (level AA)."""

_LINEAR_BELOW = 0.04045


def find_contrast_warnings(colors: BrandColors) -> tuple[ContrastWarning, ...]:
    """Return the texts that some people cannot read in these colours."""
    white = "#FFFFFF"
    pairs = {
        ContrastPair.WHITE_ON_PRIMARY: (white, colors.primary),
        ContrastPair.WHITE_ON_ACCENT: (white, colors.accent),
        ContrastPair.PRIMARY_ON_SECONDARY: (colors.primary, colors.secondary),
        ContrastPair.ACCENT_ON_SECONDARY: (colors.accent, colors.secondary),
    }
    ratios = {pair: contrast_ratio(*both) for pair, both in pairs.items()}
    return tuple(
        ContrastWarning(pair=pair, ratio=ratio, needed=TEXT_CONTRAST)
        for pair, ratio in ratios.items()
        if ratio < TEXT_CONTRAST
    )


def contrast_ratio(one: HexColor, other: HexColor) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines `contrast ratio`."""
    darker, lighter = sorted((_relative_luminance(one), _relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _relative_luminance(color: HexColor) -> float:
    red, green, blue = (_linear(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= _LINEAR_BELOW:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)


class BrandKitContent(Value):
    """What an editor writes of a brand kit."""

    name: Name
    colors: BrandColors
    logo_file_id: EntityId | None = None


class FallbackPhoneNumberScreen(Value):
    """Shown when no flow can be booked online."""

    phone_number: PhoneNumber
    content: ContentConfig
