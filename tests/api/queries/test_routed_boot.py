"""Booting a widget whose config has a router."""

from app.api.ids import EntityType, decode_id
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.driver import CommandCounter, Database
from tests.api.client import an_anonymous_client
from tests.api.routing import a_rule, another_flow, create_router, flow_id, use_router
from tests.api.site import Site, a_site

BOOT = """query ($key: String!, $context: RoutingContextInput!) {
  scheduler(publishableKey: $key) { bookingFlow(context: $context) { id } }
}"""


async def boot(site: Site) -> str:
    context = {"url": "https://h.example/heat"}
    variables = {"key": site.config.publishable_key, "context": context}
    data = await an_anonymous_client().data(BOOT, variables)
    global_id: str = data["scheduler"]["bookingFlow"]["id"]
    return global_id


async def test_rules_are_loaded_once_per_version_and_a_new_version_counts_at_once(
    database: Database, command_counter: CommandCounter
) -> None:
    site = await a_site()
    other = await another_flow(site)
    router = await create_router(site.client, a_rule("r", other, "URL_PATH EQUALS /heat"))
    await use_router(site, router)
    loads, flows = [], []

    for _ in range(2):
        with command_counter.counting() as commands:
            flows.append(await boot(site))
        loads.append(commands.count("find booking_flow_routers"))
    raw_id = decode_id(EntityType.BOOKING_FLOW_ROUTER, router["id"])
    await BookingFlowRouter.get_motor_collection().update_one(
        {"_id": raw_id}, {"$set": {"rules": []}, "$inc": {"version": 1}}
    )
    flows.append(await boot(site))

    # The first asks for the version and then for the rules.
    assert loads == [2, 1]
    assert flows == [flow_id(other), flow_id(other), flow_id(site.flow)]
