"""Editing services."""

from app.documents.booking_service import BookingService
from app.domain.vendor import BookingServiceContent, VendorData
from app.services.authoring import Author


async def create_booking_service(
    content: BookingServiceContent, *, author: Author
) -> BookingService:
    """Store a service and return it; its link to the vendor waits for the first synchronization."""
    vendor = content.vendor_data
    service = BookingService(
        **author.ownership(),
        service_content=content.service_content,
        vendor_data=None if vendor is None else VendorData(**dict(vendor)),
    )
    await service.insert()
    return service
