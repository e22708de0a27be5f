"""People of an organization."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from app.domain.access import Role
from app.domain.text_checks import TextChecks, judged_by
from app.domain.values import Name, Value


class MemberStatus(StrEnum):
    """Whether a member has come yet."""

    INVITED = "invited"
    ACTIVE = "active"


def _find_address_error(checks: TextChecks, text: str) -> str | None:
    return None if checks.is_email_address(text) else "is not an email address"


# Issuers and people write addresses in any case; whoever gets the mail is the same.
MemberEmail = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=254),
    judged_by(_find_address_error),
]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


class Invitation(Value):
    """Whom an owner lets in; with the `subject` the person has at the issuer, at once."""

    email: MemberEmail
    name: Name
    role: Role
    subject: Subject | None = None
