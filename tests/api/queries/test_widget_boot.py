import pytest

from app.documents.driver import CommandCounter, Database
from tests.api.client import an_anonymous_client
from tests.api.site import PAGE, Site, a_site
from tests.contract.journey import load_operations

WIDGET_BOOT = load_operations("widget.graphql")["WidgetBoot"]


def boot_variables(site: Site) -> dict[str, object]:
    return {"key": site.config.publishable_key, "context": {"url": PAGE}}


async def commands_of_boot(site: Site, counter: CommandCounter) -> list[str]:
    # The first boot reads the revision, which never changes and is kept.
    await an_anonymous_client().data(WIDGET_BOOT, boot_variables(site))
    with counter.counting() as commands:
        data = await an_anonymous_client().data(WIDGET_BOOT, boot_variables(site))
    nodes = data["scheduler"]["bookingFlow"]["steps"][1]["typeConfig"]["nodes"]
    assert all(node["question"] for node in nodes if node["__typename"] == "QuestionReferenceNode")
    assert all(node["service"] for node in nodes if node["__typename"] == "ServiceReferenceNode")
    return sorted(commands)


async def test_boot_costs_the_same_commands_for_90_questions_as_for_3(
    database: Database, command_counter: CommandCounter
) -> None:
    small = await commands_of_boot(await a_site(questions=3), command_counter)
    large = await commands_of_boot(await a_site(questions=90), command_counter)

    assert small == large
    assert small == [
        "find booking_answer_categories",
        "find booking_flows",
        "find booking_questions",
        "find booking_services",
        "find brand_kits",
        "find scheduler_configs",
    ]


async def test_unknown_key_boots_nothing(database: Database) -> None:
    data = await an_anonymous_client().data(
        WIDGET_BOOT, {"key": "wpk_unknown", "context": {"url": PAGE}}
    )

    assert data == {"scheduler": None}


@pytest.mark.parametrize(
    ("origin", "served"),
    [
        (None, True),
        ("https://harbor.example", True),
        ("https://HARBOR.example", True),
        ("https://scheduler.example", True),
        ("https://harbor.example.evil.example", False),
        ("http://harbor.example", False),
        ("null", False),
    ],
)
async def test_key_works_from_its_allowed_origins_and_our_own_only(
    database: Database, origin: str | None, served: bool
) -> None:
    site = await a_site(origins=("https://harbor.example",))

    answer = await an_anonymous_client(origin=origin).execute(WIDGET_BOOT, boot_variables(site))

    if served:
        assert answer["data"]["scheduler"]["name"] == "Website"
    else:
        assert answer["data"] == {"scheduler": None}
        assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


@pytest.mark.parametrize("url", ["", "not a url", "ftp://harbor.example/", "https://"])
async def test_malformed_url_is_bad_user_input(database: Database, url: str) -> None:
    site = await a_site()
    variables = {"key": site.config.publishable_key, "context": {"url": url}}

    answer = await an_anonymous_client().execute(WIDGET_BOOT, variables)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["errors"][0]["path"] == ["scheduler", "bookingFlow"]
