"""How finely a tally tells sessions apart: the coarser, the less there is to read.

Sessions of a day have nearly as many combinations of campaign, source, rule and device as there are
sessions. A report that asks for none of these reads numbers that do not tell them apart, and so
does not grow with them.
"""

from enum import StrEnum
from typing import Any

from app.domain.analytics.cells import Cell
from app.domain.analytics.scope import BOT_DEVICE_TYPES, SessionFilter

OTHER_DEVICE = ""
"""The device of everybody but bots where devices are not told apart."""


class View(StrEnum):
    """What sessions are told apart by, beside the revision and whether they are bots'.

    The coarsest stand first.
    """

    PLAIN = "plain"
    ROUTING_RULE = "routing_rule"
    UTM_SOURCE = "utm_source"
    UTM_MEDIUM = "utm_medium"
    UTM_CAMPAIGN = "utm_campaign"
    DEVICE = "device"
    FULL = "full"


KEPT_FIELDS: dict[View, frozenset[str]] = {
    View.PLAIN: frozenset(),
    View.ROUTING_RULE: frozenset({"routing_rule_id"}),
    View.UTM_SOURCE: frozenset({"utm_source"}),
    View.UTM_MEDIUM: frozenset({"utm_medium"}),
    View.UTM_CAMPAIGN: frozenset({"utm_campaign"}),
    View.DEVICE: frozenset({"device_type"}),
}
"""The fields of a cell that a view keeps; `FULL` keeps all."""

VIEW_FIELDS = frozenset[str]().union(*KEPT_FIELDS.values())


def simplify(cell: Cell, view: View) -> Cell:
    """Return the cell as the view tells it: the same for all that it does not tell apart."""
    if view is View.FULL:
        return cell
    dropped = VIEW_FIELDS - KEPT_FIELDS[view]
    changes: dict[str, Any] = dict.fromkeys(dropped)
    if "device_type" in dropped:
        changes["device_type"] = cell.device_type if cell.is_bot else OTHER_DEVICE
    return cell._replace(**changes)


def find_view(wanted: SessionFilter, *, apart_by: str | None) -> View:
    """Return the coarsest view to which a filter can be applied.

    With `apart_by` one that keeps that field of a cell, too.
    """
    needed = {name for name in VIEW_FIELDS if getattr(wanted, name) is not None}
    if wanted.device_type in BOT_DEVICE_TYPES:
        needed.discard("device_type")
    if apart_by is not None:
        needed.add(apart_by)
    fitting = (view for view in View if needed <= KEPT_FIELDS.get(view, VIEW_FIELDS))
    return next(fitting)
