"""People who act for an organization."""

from datetime import datetime

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, DuplicateKeyError, IndexModel, ReturnDocument
from app.domain.access import Role
from app.domain.member import MemberStatus
from app.domain.values import EntityId, Name

_BOUND = {"subject": {"$type": "string"}}


class Member(VersionedDocument):
    """A person with a role in one organization; the same person may be a member of several.

    `issuer` and `subject` say who it is at the OpenID Connect issuer, once that is known; until
    then the member is invited by `email`, which is in lower case.
    """

    email: str
    name: Name
    role: Role
    status: MemberStatus
    issuer: str | None = None
    subject: str | None = None
    joined_at: datetime | None = None

    class Settings:
        name = "members"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("email", ASCENDING)],
                name="organization_email",
                unique=True,
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("issuer", ASCENDING), ("subject", ASCENDING)],
                name="organization_issuer_subject",
                unique=True,
                partialFilterExpression=_BOUND,
            ),
            # The embedded database finds nobody by a partial index.
            IndexModel([("issuer", ASCENDING), ("subject", ASCENDING)], name="issuer_subject"),
            IndexModel([("email", ASCENDING), ("status", ASCENDING)], name="email_status"),
        ]

    @classmethod
    async def list_memberships(cls, *, issuer: str, subject: str) -> list["Member"]:
        """Return a person's memberships in all organizations, the oldest first."""
        query = {"issuer": issuer, "subject": subject}
        return await cls.find(query).sort("_id").to_list()

    @classmethod
    async def accept_invitations(
        cls, email: str, *, issuer: str, subject: str, now: datetime
    ) -> None:
        """Bind every open invitation of the address to the person at the issuer."""
        invited = {"email": email, "status": MemberStatus.INVITED.value}
        async for member in cls.find(invited):
            await member.bind(issuer=issuer, subject=subject, now=now)

    async def bind(self, *, issuer: str, subject: str, now: datetime) -> None:
        """Make an invitation a membership, unless it is another's or was withdrawn by now."""
        changes = {
            "issuer": issuer,
            "subject": subject,
            "status": MemberStatus.ACTIVE.value,
            "joined_at": now,
            "updated_at": now,
        }
        try:
            await self.get_motor_collection().find_one_and_update(
                {"_id": self.id, "status": MemberStatus.INVITED.value, "email": self.email},
                {"$set": changes, "$inc": {"version": 1}},
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return  # The person is a member there already, under another address.

    @classmethod
    async def has_other_owner(cls, organization_id: EntityId, *, than: EntityId) -> bool:
        """Return whether an active member of role OWNER remains without the one named."""
        query = {
            "organization_id": organization_id,
            "role": Role.OWNER.value,
            "status": MemberStatus.ACTIVE.value,
        }
        async for member in cls.find(query):
            if member.id != than:
                return True
        return False
