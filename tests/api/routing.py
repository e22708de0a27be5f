"""Routers and their rules as clients write them."""

from typing import Any

from app.api.ids import EntityType, decode_id, encode_id
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.driver import new_id
from app.documents.scheduler_config import SchedulerConfig
from tests.api.client import ApiClient
from tests.api.site import Site
from tests.contract.journey import load_operations

CREATE = load_operations("admin.graphql")["CreateBookingFlowRouter"]


def flow_id(flow: BookingFlow | str) -> str:
    """Return the global id of a flow."""
    raw_id = flow if isinstance(flow, str) else flow.id
    return encode_id(EntityType.BOOKING_FLOW, raw_id)


def a_condition(text: str) -> dict[str, Any]:
    """Read a condition such as `QUERY_PARAMETER.q PREFIX ab`."""
    source, operator, *value = text.split(" ", 2)
    source, _, name = source.partition(".")
    condition: dict[str, Any] = {"source": source, "operator": operator}
    if name:
        condition["name"] = name
    return condition | ({"value": value[0]} if value else {})


def a_rule(
    rule_id: str, flow: BookingFlow | str, *conditions: str, priority: int = 1, **fields: Any
) -> dict[str, Any]:
    return {
        "id": rule_id,
        "name": f"Rule {rule_id}",
        "priority": priority,
        "bookingFlowId": flow_id(flow),
        "conditions": [a_condition(condition) for condition in conditions],
        **fields,
    }


async def another_flow(site: Site) -> BookingFlow:
    """Publish the site's flow a second time as a flow of its own."""
    [revision_id] = site.flow.revision_ids
    revision = await BookingFlowRevision.get_owned(site.organization_id, revision_id)
    assert revision is not None
    flow: BookingFlow = site.flow.model_copy(update={"id": new_id(), "revision_ids": [new_id()]})
    copied = {"id": flow.revision_ids[0], "booking_flow_id": flow.id}
    await flow.insert()
    await revision.model_copy(update=copied).insert()
    return flow


async def create_router(client: ApiClient, *rules: dict[str, Any]) -> dict[str, Any]:
    """Return the router as `createBookingFlowRouter` answers it."""
    input_ = {"name": f"Router {new_id()}", "rules": list(rules)}
    payload = (await client.data(CREATE, {"input": input_}))["createBookingFlowRouter"]
    assert payload["userErrors"] == []
    router: dict[str, Any] = payload["bookingFlowRouter"]
    return router


async def use_router(site: Site, router: dict[str, Any]) -> None:
    """Make the site's widget use the router."""
    raw_id = decode_id(EntityType.BOOKING_FLOW_ROUTER, router["id"])
    await SchedulerConfig.get_motor_collection().update_one(
        {"_id": site.config.id}, {"$set": {"booking_flow_router_id": raw_id}}
    )
