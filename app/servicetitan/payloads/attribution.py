"""Attribution: which visit and campaign a booking came from."""

from app.servicetitan.payloads.base import Payload


class WebSessionData(Payload):
    """The web session a booking was made in; our session context, one to one."""

    landing_page_url: str | None = None
    referrer_url: str | None = None
    gclid: str | None = None
    gbraid: str | None = None
    wbraid: str | None = None
    fbclid: str | None = None
    msclkid: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_adgroup: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    google_analytics_client_id: str | None = None


class NewWebBookingAttribution(Payload):
    """The attribution of one booking of the vendor's."""

    booking_id: int
    web_session_data: WebSessionData
