"""Display content shared by flows, steps, services and screens (the ContentConfig pattern)."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from app.domain.lucide_icons import LUCIDE_ICON_NAMES
from app.domain.values import Description, Title, Value


def _require_lucide_icon(name: str) -> str:
    if name not in LUCIDE_ICON_NAMES:
        raise PydanticCustomError("INVALID", "is not the name of a Lucide icon")
    return name


IconKey = Annotated[str, AfterValidator(_require_lucide_icon)]


class ContentConfig(Value):
    """What a customer reads: a title, optionally with a longer text and an icon."""

    title: Title
    description: Description | None = None
    icon: IconKey | None = None


class QuestionContent(Value):
    """What a customer reads of a question; `unique_name` identifies it within the organization."""

    title: Title
    unique_name: Annotated[Title, "unique within the organization"]
    help_text: Description | None = None
    icon: IconKey | None = None
