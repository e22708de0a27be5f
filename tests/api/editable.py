"""The editable kinds of entity, made through the API, for what holds of all of them."""

from dataclasses import dataclass
from typing import Any

from tests.api.client import ApiClient

PRIMARY = {"primary": "#0B5FA5", "secondary": "#F2F6FA", "accent": "#E4572E"}


@dataclass(frozen=True)
class EditableKind:
    """A kind of entity: its fields in the schema, and inputs that make it with a label."""

    field: str
    plural: str
    label_path: tuple[str, ...]

    @property
    def type_name(self) -> str:
        return self.field[0].upper() + self.field[1:]

    @property
    def order(self) -> str:
        """Return what its label is called in the values of `orderBy`."""
        return self.label_path[-1].upper()

    @property
    def selection(self) -> str:
        """Return the selection of its label."""
        *outer, last = self.label_path
        return " { ".join([*outer, last]) + " }" * len(outer)

    def content(self, label: str) -> dict[str, Any]:
        """Return the input of an entity with this label, and nothing but what is required."""
        unique = {"uniqueName": f"{label} name"} if self.field == "bookingQuestion" else {}
        colors = {"colors": PRIMARY} if self.field == "brandKit" else {}
        *outer, last = self.label_path
        content: dict[str, Any] = {last: label, **unique}
        for name in reversed(outer):
            content = {name: content}
        return {**content, **colors}

    def label_of(self, node: Any) -> str:
        for name in self.label_path:
            node = node[name]
        return str(node)

    async def create(self, client: ApiClient, label: str) -> str:
        """Return the id of a new entity."""
        payload = await self.mutate(client, "create", self.content(label))
        assert payload["userErrors"] == []
        return str(payload[self.field]["id"])

    async def mutate(self, client: ApiClient, verb: str, input_: dict[str, Any]) -> Any:
        """Return the payload of a mutation: the entity's id, version and label, and the errors."""
        mutation = f"{verb}{self.type_name}"
        operation = f"""mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
            {mutation}(input: $input) {{
                {self.field} {{ id version {self.selection} }}
                userErrors {{ code message path }}
            }}
        }}"""
        return (await client.data(operation, {"input": input_}))[mutation]

    async def find(self, client: ApiClient, global_id: str) -> Any:
        """Return the entity's id, version and label, or None."""
        query = f"""query ($id: ID!) {{
            {self.field}(id: $id) {{ id version {self.selection} }}
        }}"""
        return (await client.data(query, {"id": global_id}))[self.field]

    async def list_labels(self, client: ApiClient, arguments: str = "") -> list[str]:
        """Return the labels of a connection's nodes."""
        connection = await self.list(client, arguments)
        return [self.label_of(node) for node in connection["nodes"]]

    async def list(self, client: ApiClient, arguments: str = "") -> Any:
        """Return a connection."""
        query = f"""{{ {self.plural}{arguments} {{
            totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ id {self.selection} }}
        }} }}"""
        return (await client.data(query))[self.plural]


BRAND_KIT = EditableKind("brandKit", "brandKits", ("name",))
SERVICE = EditableKind("bookingService", "bookingServices", ("serviceContent", "title"))
QUESTION = EditableKind("bookingQuestion", "bookingQuestions", ("questionContent", "title"))
CATEGORY = EditableKind("bookingAnswerCategory", "bookingAnswerCategories", ("title",))
CONFIG = EditableKind("schedulerConfig", "schedulerConfigs", ("name",))
ROUTER = EditableKind("bookingFlowRouter", "bookingFlowRouters", ("name",))

KINDS = (BRAND_KIT, SERVICE, QUESTION, CATEGORY, CONFIG, ROUTER)
KIND_NAMES = [kind.field for kind in KINDS]
