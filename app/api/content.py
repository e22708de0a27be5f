"""Display content, as clients read and write it."""

import strawberry

from app.api.scalars import LucideIconKey
from app.domain import content as domain


@strawberry.type(description="What a customer reads: a title, optionally a text and an icon.")
class ContentConfig:
    title: str = strawberry.field(description="The heading.")
    description: str | None = strawberry.field(description="A longer text.")
    icon: LucideIconKey | None = strawberry.field(description="An icon beside the title.")

    @classmethod
    def from_domain(cls, content: domain.ContentConfig) -> "ContentConfig":
        """Return the content in the schema's type."""
        icon = None if content.icon is None else LucideIconKey(content.icon)
        return cls(title=content.title, description=content.description, icon=icon)


def to_optional_content(content: domain.ContentConfig | None) -> ContentConfig | None:
    """Return the content in the schema's type, or None where there is none."""
    return None if content is None else ContentConfig.from_domain(content)


@strawberry.input(description="What a customer reads: a title, optionally a text and an icon.")
class ContentConfigInput:
    title: str = strawberry.field(description="The heading, 1 to 200 characters.")
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="A longer text, at most 2,000 characters."
    )
    icon: LucideIconKey | None = strawberry.field(
        default=strawberry.UNSET, description="An icon beside the title."
    )
