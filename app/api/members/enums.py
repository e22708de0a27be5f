"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.api.organizations.enums import Role
from app.domain.member import MemberStatus

__all__ = [
    "MemberStatus",
    "Role",
]

expose_enum(
    MemberStatus,
    description="Whether a member has come yet.",
    values={
        MemberStatus.INVITED: "Nobody has signed in with the address yet.",
        MemberStatus.ACTIVE: "The person is known and may act.",
    },
)
