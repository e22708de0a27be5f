"""The tenants the stand-in knows."""

from app.domain.values import Value


class StandInAccount(Value):
    """One tenant, the application connected to it, and the application's booking provider."""

    tenant_id: int
    client_id: str
    client_secret: str
    app_key: str
    booking_provider_id: int


DEMO_ACCOUNT = StandInAccount(
    tenant_id=1_000_001,
    client_id="cid.demo",
    client_secret="cs.demo",  # noqa: S106 - it opens nothing but the stand-in.
    app_key="ak.demo",
    booking_provider_id=7_001,
)
