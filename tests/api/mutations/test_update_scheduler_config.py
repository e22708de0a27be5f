"""`updateSchedulerConfig`: references and the texts a page depends on."""

from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.documents.driver import Database
from tests.api.client import ApiClient, an_anonymous_client, an_organization
from tests.api.editable import BRAND_KIT, CONFIG, ROUTER
from tests.api.site import PAGE, a_site
from tests.contract.journey import load_operations

WIDGET_BOOT = load_operations("widget.graphql")["WidgetBoot"]


async def refusals(client: ApiClient, **patch: Any) -> list[tuple[str, list[str]]]:
    """Return the codes and paths a new config's update is refused with."""
    config_id = await CONFIG.create(client, "Site")
    payload = await CONFIG.mutate(
        client, "update", {"id": config_id, "expectedVersion": 1, **patch}
    )
    return [(error["code"], error["path"][1:]) for error in payload["userErrors"]]


@pytest.mark.parametrize(
    ("selector", "valid"),
    [
        ("#schedule", True),
        ("a.book, button[data-open='scheduler' i]", True),
        ("nav > a:not(.plain):hover", True),
        (".\\31 0", True),
        ("", False),
        (">", False),
        ("a..b", False),
        ("#1st", False),
        ("a {color: red}", False),
        ("</style>", False),
        (":not(" * 100, False),
    ],
)
async def test_click_targets_are_css_selectors(
    database: Database, selector: str, valid: bool
) -> None:
    client = await an_organization()
    found = await refusals(client, targetClickElements=["#ok", selector])
    code = "INVALID" if selector else "REQUIRED"
    assert found == ([] if valid else [(code, ["targetClickElements", "1"])])


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("+17815550142", True),
        ("+442079460000", True),
        ("+1781555", False),
        ("7815550142", False),
        ("+1 781 555 0142", False),
        ("+9999999999999", False),
        ("call us", False),
    ],
)
async def test_fallback_number_is_one_that_can_be_called(
    database: Database, number: str, valid: bool
) -> None:
    client = await an_organization()
    screen = {"phoneNumber": number, "content": {"title": "Call us"}}
    found = await refusals(client, fallbackPhoneNumberScreen=screen)
    path = ["fallbackPhoneNumberScreen", "phoneNumber"]
    assert found == ([] if valid else [("INVALID", path)])


@pytest.mark.parametrize(
    ("origin", "valid"),
    [
        ("https://harbor.example", True),
        ("http://localhost:3000", True),
        ("https://harbor.example/", False),
        ("https://harbor.example/book", False),
        ("https://user@harbor.example", False),
        ("harbor.example", False),
        ("*", False),
        ("null", False),
        ("https://harbor.example:99999", False),
        ("ftp://harbor.example", False),
    ],
)
async def test_allowed_origins_are_what_browsers_send(
    database: Database, origin: str, valid: bool
) -> None:
    client = await an_organization()
    found = await refusals(client, allowedOrigins=[origin])
    assert found == ([] if valid else [("INVALID", ["allowedOrigins", "0"])])


async def test_icon_of_the_fallback_screen_is_a_lucide_icon(database: Database) -> None:
    client = await an_organization()
    content = {"title": "Call us", "icon": "no-such-icon"}
    screen = {"phoneNumber": "+17815550142", "content": content}
    found = await refusals(client, fallbackPhoneNumberScreen=screen)
    assert found == [("INVALID", ["fallbackPhoneNumberScreen", "content", "icon"])]


async def test_references_to_what_is_not_the_organizations_are_all_reported(
    database: Database,
) -> None:
    client, stranger = await an_organization(), await a_site()

    found = await refusals(
        client,
        brandKitId=await BRAND_KIT.create(stranger.client, "Theirs"),
        bookingFlowRouterId=await ROUTER.create(stranger.client, "Theirs"),
        defaultBookingFlowId=encode_id(EntityType.BOOKING_FLOW, stranger.flow.id),
    )

    assert found == [
        ("NOT_FOUND", ["brandKitId"]),
        ("NOT_FOUND", ["bookingFlowRouterId"]),
        ("NOT_FOUND", ["defaultBookingFlowId"]),
    ]


async def test_publishable_key_survives_an_update_and_dies_with_its_config(
    database: Database,
) -> None:
    site = await a_site()
    config_id = encode_id(EntityType.SCHEDULER_CONFIG, site.config.id)
    boot = {"key": site.config.publishable_key, "context": {"url": PAGE}}
    await CONFIG.mutate(
        site.client, "update", {"id": config_id, "expectedVersion": 1, "name": "Shop"}
    )
    booted = await an_anonymous_client().data(WIDGET_BOOT, boot)

    await CONFIG.mutate(site.client, "delete", {"id": config_id})

    assert booted["scheduler"]["name"] == "Shop"
    assert await an_anonymous_client().data(WIDGET_BOOT, boot) == {"scheduler": None}
