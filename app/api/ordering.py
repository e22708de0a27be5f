"""How lists of editable entities are sorted."""

from enum import Enum

from app.api.enums import expose_enum
from app.documents.paging import SortOrder

NAME = "name"
TITLE = "title"


class NamedOrder(Enum):
    """The orders of entities that have a name."""

    CREATED_AT_DESC = SortOrder("_id", descending=True)
    CREATED_AT_ASC = SortOrder("_id")
    UPDATED_AT_DESC = SortOrder("updated_at", descending=True)
    UPDATED_AT_ASC = SortOrder("updated_at")
    NAME_ASC = SortOrder(NAME)
    NAME_DESC = SortOrder(NAME, descending=True)


class TitledOrder(Enum):
    """The orders of entities that have a title."""

    CREATED_AT_DESC = SortOrder("_id", descending=True)
    CREATED_AT_ASC = SortOrder("_id")
    UPDATED_AT_DESC = SortOrder("updated_at", descending=True)
    UPDATED_AT_ASC = SortOrder("updated_at")
    TITLE_ASC = SortOrder(TITLE)
    TITLE_DESC = SortOrder(TITLE, descending=True)


def titled_by(path: str, order: TitledOrder) -> SortOrder:
    """Return the sort order of documents that keep their title at `path`."""
    return order.value._replace(field=path) if order.value.field == TITLE else order.value


expose_enum(
    NamedOrder,
    description="How a list of named entities is sorted.",
    values={
        NamedOrder.CREATED_AT_DESC: "Newest first.",
        NamedOrder.CREATED_AT_ASC: "Oldest first.",
        NamedOrder.UPDATED_AT_DESC: "Last edited first.",
        NamedOrder.UPDATED_AT_ASC: "Longest unedited first.",
        NamedOrder.NAME_ASC: "By name, capitals first.",
        NamedOrder.NAME_DESC: "By name backwards.",
    },
)
expose_enum(
    TitledOrder,
    description="How a list of titled entities is sorted.",
    values={
        TitledOrder.CREATED_AT_DESC: "Newest first.",
        TitledOrder.CREATED_AT_ASC: "Oldest first.",
        TitledOrder.UPDATED_AT_DESC: "Last edited first.",
        TitledOrder.UPDATED_AT_ASC: "Longest unedited first.",
        TitledOrder.TITLE_ASC: "By title, capitals first.",
        TitledOrder.TITLE_DESC: "By title backwards.",
    },
)
