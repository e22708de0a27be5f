"""The look of a scheduler."""

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.branding import BrandColors
from app.domain.values import EntityId, Name


class BrandKit(VersionedDocument):
    """Colours and a logo, reused across scheduler configs."""

    name: Name
    colors: BrandColors
    logo_file_id: EntityId | None = None

    class Settings:
        name = "brand_kits"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("name", ASCENDING)],
                name="organization_name",
                unique=True,
            )
        ]
