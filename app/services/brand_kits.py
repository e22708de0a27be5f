"""Editing brand kits."""

from app.documents.brand_kit import BrandKit
from app.domain.branding import BrandKitContent
from app.services.authoring import Author


async def create_brand_kit(content: BrandKitContent, *, author: Author) -> BrandKit:
    """Store a brand kit and return it."""
    kit = BrandKit(**author.ownership(), **dict(content))
    await kit.insert()
    return kit
