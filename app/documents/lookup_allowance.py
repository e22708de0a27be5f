"""How often somebody may still look something up."""

from datetime import UTC, datetime, timedelta

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, DuplicateKeyError, IndexModel, ReturnDocument
from app.domain.values import EntityId

ONE_HOUR = timedelta(hours=1)


class LookupAllowance(StoredDocument):
    """The look-ups of one hour that are counted together; `subject` is no personal data."""

    organization_id: EntityId
    subject: str
    spent_count: int
    expires_at: datetime

    class Settings:
        name = "lookup_allowances"
        indexes = [
            IndexModel([("expires_at", ASCENDING)], name="expires", expireAfterSeconds=60),
        ]

    @classmethod
    async def spend(
        cls, organization_id: EntityId, subject: str, *, limit: int, now: datetime
    ) -> bool:
        """Count one look-up; return whether it is within the limit of this hour."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        allowance_id = f"{organization_id}:{subject}:{hour:%Y%m%d%H}"
        change = {
            "$inc": {"spent_count": 1},
            "$setOnInsert": {
                "organization_id": organization_id,
                "subject": subject,
                "expires_at": hour + ONE_HOUR,
            },
        }
        try:
            count = await cls._change(allowance_id, change)
        except DuplicateKeyError:
            # Somebody else has just inserted it; now it is there.
            count = await cls._change(allowance_id, change)
        return count <= limit

    @classmethod
    async def _change(cls, allowance_id: str, change: dict[str, object]) -> int:
        raw = await cls.get_motor_collection().find_one_and_update(
            {"_id": allowance_id}, change, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(raw["spent_count"])
