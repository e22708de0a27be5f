"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.branding import ContrastPair

__all__ = [
    "ContrastPair",
]

expose_enum(
    ContrastPair,
    description="A text and what it stands on, as the widget draws them.",
    values={
        ContrastPair.WHITE_ON_PRIMARY: "White text on the primary colour.",
        ContrastPair.WHITE_ON_ACCENT: "White text on the accent colour.",
        ContrastPair.PRIMARY_ON_SECONDARY: "Text in the primary colour on the secondary one.",
        ContrastPair.ACCENT_ON_SECONDARY: "Text in the accent colour on the secondary one.",
    },
)
