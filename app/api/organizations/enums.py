"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.access import Role

__all__ = [
    "Role",
]

expose_enum(
    Role,
    description="What an API key or a member may do.",
    values={
        Role.OWNER: "Everything, the keys included.",
        Role.EDITOR: "Read and edit everything but the keys.",
        Role.ANALYST: "Read everything.",
    },
)
