"""Every mutation of staff leaves a record of who did what to what, and no secret with it."""

import json
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type, is_leaf_type

from app.api.schema import schema
from app.documents.audit_record import AuditRecord
from app.documents.driver import Database
from app.services.audit import read_snapshot
from app.services.vendor.access import VendorAccess
from tests.api.client import ApiClient
from tests.api.editable import KINDS
from tests.api.mutations.test_change_booking import at
from tests.api.mutations.test_retry_vendor_booking import a_failed_booking
from tests.api.mutations.test_vendor_account import SECRETS, an_input
from tests.api.routing import a_rule
from tests.api.sessions import Office
from tests.api.site import Site, a_site
from tests.services.booking_sessions.builders import LATER, a_place
from tests.services.timeslots.visits import AFTERNOON
from tests.services.vendor.conftest import shared_stand_in, stand_in, vendor
from tests.services.webhooks.builders import TOOLS

__all__ = ["shared_stand_in", "stand_in", "vendor"]

MUTATIONS = schema._schema.mutation_type
assert MUTATIONS is not None
OF_CUSTOMERS = {
    "startBookingSession",
    "recordBookingSessionEvents",
    "completeBookingSession",
    "abandonBookingSession",
}
"""What these do is recorded as the session's own events."""

SUMMARY_STEP = {"summary": {"stepConfig": {"title": "Check"}, "typeConfig": {}}}


class Staff:
    """An owner who does everything there is to do, once; `secrets` is what nobody may see again."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.client: ApiClient = site.client
        self.secrets: set[str] = set(SECRETS)
        self.done: list[str] = []

    async def do(self, mutation: str, **input_: Any) -> Any:
        """Return the changed object, or the whole payload of a mutation that changes several."""
        payload_type = get_named_type(MUTATIONS.fields[mutation].type)  # type: ignore[union-attr]
        assert isinstance(payload_type, GraphQLObjectType)
        operation = f"""mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
            {mutation}(input: $input) {{ {_selection(payload_type)} }} }}"""
        payload = (await self.client.data(operation, {"input": input_}))[mutation]
        assert payload.pop("userErrors") == [], (mutation, payload)
        self.done.append(mutation)
        self.secrets.update(text for text in [payload.get("secret")] if text)
        objects = [each for each in payload.values() if isinstance(each, dict) and "id" in each]
        return objects[0] if objects else payload

    async def edit_content(self) -> None:
        for kind in KINDS:
            if kind.field == "bookingFlowRouter":
                continue
            made = await self.do(f"create{kind.type_name}", **kind.content("Old"))
            changed = {"id": made["id"], "expectedVersion": 1}
            await self.do(f"update{kind.type_name}", **changed, **kind.content("New"))
            await self.do(f"delete{kind.type_name}", id=made["id"])

    async def edit_routers(self) -> None:
        rule = a_rule("r", self.site.flow, "HOST EQUALS harbor.example")
        router = await self.do("createBookingFlowRouter", name="Rules", rules=[rule])
        await self.do("updateBookingFlowRouter", id=router["id"], expectedVersion=1, name="Ways")
        await self.do(
            "reorderBookingFlowRoutingRules", id=router["id"], expectedVersion=2, ruleIds=["r"]
        )
        await self.do("deleteBookingFlowRouter", id=router["id"])

    async def edit_drafts(self) -> None:
        flow = await self.do("createBookingFlow", content={"title": "New"})
        await self.do(
            "updateBookingFlow", id=flow["id"], expectedVersion=1, content={"title": "Visit"}
        )
        await self.do(
            "addBookingFlowStep", bookingFlowId=flow["id"], expectedVersion=2, step=SUMMARY_STEP
        )
        step = (await self._steps(flow["id"]))[0]
        await self.do(
            "updateBookingFlowStep", id=step, expectedVersion=3, stepConfig={"title": "Look"}
        )
        await self.do("reorderBookingFlowSteps", id=flow["id"], expectedVersion=4, stepIds=[step])
        await self.do("removeBookingFlowStep", stepId=step, expectedVersion=5)
        await self.do("duplicateBookingFlow", id=flow["id"])
        await self.do("deleteBookingFlow", id=flow["id"])
        await self.do("restoreBookingFlow", id=flow["id"])

    async def publish(self) -> None:
        """Publish an own copy of the site's flow, roll it back, and take it from the public."""
        export = "query ($id: ID!) { exportBookingFlow(id: $id) }"
        original = await self.do("duplicateBookingFlow", id=await self._flow_id())
        document = (await self.client.data(export, {"id": original["id"]}))["exportBookingFlow"]
        imported = await self.do("importBookingFlow", document=document)
        flow = {"id": imported["id"]}
        await self.do("publishBookingFlow", **flow, expectedVersion=imported["version"])
        version = imported["version"] + 1
        await self.do("rollbackBookingFlow", **flow, expectedVersion=version, revision=1)
        await self.do("unpublishBookingFlow", **flow, expectedVersion=version + 1)

    async def edit_graphs(self) -> None:
        flow = await self.do("duplicateBookingFlow", id=await self._flow_id())
        graph_step = (await self._steps(flow["id"]))[1]
        await self.do(
            "setServiceSelectionGraph",
            stepId=graph_step,
            expectedVersion=1,
            rootNodeId="q",
            nodes=[],
            edges=[],
        )
        question = await self.do(
            "createBookingQuestion", questionContent={"title": "Q", "uniqueName": "unique"}
        )
        await self.do(
            "addQuestionToGraph",
            stepId=graph_step,
            expectedVersion=2,
            questionId=question["id"],
        )

    async def manage_people(self) -> None:
        key = await self.do("createApiKey", name="CI", role="EDITOR")
        await self.do("rotateApiKey", id=key["id"])
        await self.do("revokeApiKey", id=key["id"])
        member = await self.do(
            "inviteMember", email="ana@harbor.example", name="Ana", role="EDITOR"
        )
        await self.do("updateMemberRole", id=member["id"], expectedVersion=1, role="ANALYST")
        await self.do("removeMember", id=member["id"])

    async def manage_webhooks(self) -> None:
        self.client.webhooks = TOOLS
        hook = {"url": "https://hooks.example/a", "eventTypes": ["BOOKING_COMPLETED"]}
        endpoint = await self.do("createWebhookEndpoint", **hook)
        await self.do(
            "updateWebhookEndpoint", id=endpoint["id"], expectedVersion=1, description="CRM"
        )
        await self.do("rotateWebhookSecret", id=endpoint["id"], expectedVersion=2)
        delivery = await self.do("sendTestWebhook", id=endpoint["id"])
        await self.do("redeliverWebhook", id=delivery["id"])
        await self.do("deleteWebhookEndpoint", id=endpoint["id"])

    async def work_with_bookings(self) -> None:
        place = await a_place(organization_id=self.site.organization_id)
        office = Office(self.client, place)
        self.client.now = LATER
        _, booking_id = await office.a_booking()
        start_time, end_time = (at(moment) for moment in AFTERNOON)
        await self.do("rescheduleBooking", id=booking_id, startTime=start_time, endTime=end_time)
        await self.do("cancelBooking", id=booking_id)
        await self.do("retryVendorBooking", id=await a_failed_booking(office))
        self.client.now = None
        await self.do("erasePersonalData", email="rosa@harbor.example")

    async def work_with_the_vendor(self, vendor: VendorAccess) -> None:
        self.client.vendor = vendor
        account = await self.do("connectVendor", **an_input())
        await self.do(
            "updateVendorAccount", id=account["id"], expectedVersion=1, capacityEnabled=True
        )
        await self.do("syncVendorJobTypes", importNew=True)
        await self.do("disconnectVendor", id=account["id"])

    async def change_settings(self) -> None:
        query = "{ viewer { organization { id version } } }"
        organization = (await self.client.data(query))["viewer"]["organization"]
        await self.do(
            "updateOrganizationSettings",
            id=organization["id"],
            expectedVersion=organization["version"],
        )

    async def _flow_id(self) -> str:
        query = "{ bookingFlows(first: 100) { nodes { id status } } }"
        nodes = (await self.client.data(query))["bookingFlows"]["nodes"]
        return next(str(node["id"]) for node in nodes if node["status"] == "PUBLISHED")

    async def _steps(self, flow_id: str) -> list[str]:
        query = """query ($id: ID!) { bookingFlow(id: $id) {
            steps { ... on BookingFlowStepBase { id } } } }"""
        steps = (await self.client.data(query, {"id": flow_id}))["bookingFlow"]["steps"]
        return [str(step["id"]) for step in steps]


def _selection(payload: GraphQLObjectType) -> str:
    parts = []
    for name, field in payload.fields.items():
        named = get_named_type(field.type)
        if name == "userErrors":
            parts.append("userErrors { code message path }")
        elif is_leaf_type(named):
            parts.append(name)
        elif isinstance(named, GraphQLUnionType):
            parts.append(f"{name} {{ __typename }}")
        else:
            known = [each for each in ("id", "version") if each in getattr(named, "fields", {})]
            parts.append(f"{name} {{ __typename {' '.join(known)} }}")
    return " ".join(parts)


@pytest.fixture
async def staff(database: Database, vendor: VendorAccess) -> Staff:
    staff = Staff(await a_site())
    await staff.edit_content()
    await staff.edit_routers()
    await staff.edit_drafts()
    await staff.publish()
    await staff.edit_graphs()
    await staff.manage_people()
    await staff.manage_webhooks()
    await staff.work_with_bookings()
    await staff.work_with_the_vendor(vendor)
    await staff.change_settings()
    return staff


async def test_every_mutation_of_staff_is_recorded_without_secrets(staff: Staff) -> None:
    expected = set(MUTATIONS.fields) - OF_CUSTOMERS  # type: ignore[union-attr]
    records = await AuditRecord.find({"organization_id": staff.site.organization_id}).to_list()

    assert set(staff.done) == expected, "each mutation of the schema is tried"
    assert expected - {record.mutation for record in records} == set()
    for record in records:
        assert record.api_key_id == "a" * 24, record.mutation
        assert record.status.value == "applied", record.mutation
        states = [await read_snapshot(state) for state in (record.before, record.after)]
        assert any(state is not None for state in states), record.mutation
        text = json.dumps(states)
        assert [secret for secret in staff.secrets if secret in text] == [], record.mutation
