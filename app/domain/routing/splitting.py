"""The choice between the flows of one rule."""

from collections.abc import Set as AbstractSet
from hashlib import sha256
from math import log

from app.domain.routing.rules import FlowWeight, RoutingRule
from app.domain.values import EntityId


def choose_flow(
    rule: RoutingRule, *, published_flow_ids: AbstractSet[EntityId], visitor_id: str | None
) -> EntityId | None:
    """Return the published flow the visitor is sent to, None when the rule has none.

    Weighted rendezvous hashing: the same visitor always gets the same flow of a rule, flows get
    visitors in proportion to their weights, and when a flow goes only its own visitors move.
    """
    published = [flow_id for flow_id in rule.flow_ids if flow_id in published_flow_ids]
    if visitor_id is None or len(published) <= 1:
        return published[0] if published else None
    shares = [share for share in rule.split if share.booking_flow_id in published_flow_ids]
    return min(shares, key=lambda share: _distance(rule.id, share, visitor_id)).booking_flow_id


def _distance(rule_id: str, share: FlowWeight, visitor_id: str) -> float:
    identity = "\0".join((rule_id, share.booking_flow_id, visitor_id))
    digest = sha256(identity.encode(errors="replace")).digest()
    fraction = (int.from_bytes(digest[:6], "big") + 1) / (2**48 + 1)
    return -log(fraction) / share.weight
