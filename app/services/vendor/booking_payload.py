"""A booking as the vendor is told of it."""

from collections.abc import Iterator

from app.documents.booking import Booking
from app.documents.vendor_account import VendorAccount
from app.domain.booking_contact import BookingContact, read_contact
from app.domain.booking_flow.form_fields import FormField
from app.domain.booking_flow.steps import CustomerStep, DetailsStep
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_words import describe_fields, describe_window
from app.domain.vendor import VendorData
from app.servicetitan.payloads.attribution import NewWebBookingAttribution, WebSessionData
from app.servicetitan.payloads.bookings import BookingAddress, ContactType, NewBooking, NewContact

SOURCE = "Online booking"
UNNAMED = "Online customer"
LONGEST_SUMMARY = 4_000


def to_new_booking(
    booking: Booking,
    *,
    flow: FlowIndex,
    vendor_data: VendorData | None,
    account: VendorAccount,
    is_first_time_client: bool,
) -> NewBooking:
    """Return the booking to create; `vendor_data` is what links its service to a job type."""
    contact = read_contact(_fields(flow, CustomerStep), booking.customer)
    return NewBooking(
        source=SOURCE,
        name=contact.name or UNNAMED,
        summary="\n".join(_summarize(booking, flow))[:LONGEST_SUMMARY],
        is_first_time_client=is_first_time_client,
        external_id=booking.id,
        address=_to_address(contact),
        contacts=_to_contacts(contact) or None,
        start=booking.timeslot.start_time if booking.timeslot else None,
        campaign_id=account.campaign_id,
        business_unit_id=account.business_unit_id,
        job_type_id=_to_job_type_id(vendor_data),
    )


def to_web_session(booking: Booking) -> WebSessionData | None:
    """Return where the booking's session came from, or None when nothing is known of it."""
    context = booking.session_context
    data = WebSessionData(
        landing_page_url=context.url,
        referrer_url=context.referrer,
        gclid=context.click_ids.gclid,
        gbraid=context.click_ids.gbraid,
        wbraid=context.click_ids.wbraid,
        fbclid=context.click_ids.fbclid,
        msclkid=context.click_ids.msclkid,
        utm_source=context.utm.source,
        utm_medium=context.utm.medium,
        utm_campaign=context.utm.campaign,
        utm_term=context.utm.term,
        utm_content=context.utm.content,
    )
    return None if data == WebSessionData() else data


def to_attribution(vendor_booking_id: str, data: WebSessionData) -> NewWebBookingAttribution:
    """Return the attribution of a booking that the vendor has."""
    return NewWebBookingAttribution(booking_id=int(vendor_booking_id), web_session_data=data)


def _summarize(booking: Booking, flow: FlowIndex) -> Iterator[str]:
    """Yield what the office has to know, line by line; the vendor has no field for most of it."""
    yield booking.service_title or "A service that was deleted since"
    if booking.timeslot is not None and flow.timeslot_step is not None:
        yield describe_window(booking.timeslot, flow.timeslot_step.type_config.timezone)
    for given in booking.answers:
        yield _say(given.question or "A question deleted since", given.answer or "-")
    for label, value in describe_fields(_fields(flow, DetailsStep), booking.details):
        yield _say(label, value)
    if booking.zipcode is not None:
        yield f"Zip code: {booking.zipcode}"
    if booking.consent is not None:
        yield f"{'Agreed' if booking.consent.is_given else 'Did not agree'}: {booking.consent.text}"
    yield f"Confirmation code: {booking.confirmation_code}"


def _say(asked: str, told: str) -> str:
    return f"{asked} {told}" if asked.endswith("?") else f"{asked}: {told}"


def _fields(flow: FlowIndex, kind: type[CustomerStep | DetailsStep]) -> Iterator[FormField]:
    for step in flow.flow.steps:
        if isinstance(step, kind):
            yield from step.type_config.fields


def _to_address(contact: BookingContact) -> BookingAddress | None:
    return None if contact.address is None else BookingAddress(**dict(contact.address))


def _to_contacts(contact: BookingContact) -> tuple[NewContact, ...]:
    phones = (NewContact(type=ContactType.PHONE, value=each) for each in contact.phones)
    emails = (NewContact(type=ContactType.EMAIL, value=each) for each in contact.emails)
    return (*phones, *emails)


def _to_job_type_id(vendor_data: VendorData | None) -> int | None:
    # Before a synchronization the id is whatever an editor typed.
    if vendor_data is None or not vendor_data.job_type_id.isdecimal():
        return None
    return int(vendor_data.job_type_id)
