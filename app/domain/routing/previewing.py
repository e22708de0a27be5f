"""What other rules would have made of past visits."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.domain.routing.matching import CompiledRouter, match
from app.domain.routing.urls import UrlProblem, Utm, parse_url
from app.domain.values import EntityId

MAX_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A page that was routed: when, to which flow, and by which rule, None for the default flow."""

    url: str
    utm: Utm
    visitor_id: str | None
    routed_at: datetime
    rule_id: str | None
    booking_flow_id: EntityId
    default_flow_id: EntityId | None


class Change(NamedTuple):
    """From where to where visits move; None is the default flow's rule, or no flow."""

    from_rule_id: str | None
    to_rule_id: str | None
    from_flow_id: EntityId
    to_flow_id: EntityId | None


@dataclass(frozen=True, slots=True)
class Rerouting:
    """How many visits move alike, and the URLs of the first few, each once."""

    change: Change
    count: int
    example_urls: tuple[str, ...]


def find_reroutings(
    router: CompiledRouter,
    visits: Iterable[PastVisit],
    *,
    published_flow_ids: AbstractSet[EntityId],
) -> tuple[Rerouting, ...]:
    """Return the visits that the router would send elsewhere, or there by another rule.

    Each is judged at its own time, by the flows published now.
    """
    found = []
    for visit in visits:
        change = _route_again(router, visit, published_flow_ids)
        if change is not None:
            found.append(Rerouting(change=change, count=1, example_urls=(visit.url,)))
    return merge_reroutings(found)


def merge_reroutings(reroutings: Iterable[Rerouting]) -> tuple[Rerouting, ...]:
    """Return one rerouting for each change, the most frequent first."""
    counts: dict[Change, int] = defaultdict(int)
    examples: dict[Change, dict[str, None]] = defaultdict(dict)
    for one in reroutings:
        counts[one.change] += one.count
        if len(examples[one.change]) < MAX_EXAMPLES:
            examples[one.change] |= dict.fromkeys(one.example_urls)
    return tuple(
        Rerouting(change, counts[change], tuple(examples[change])[:MAX_EXAMPLES])
        for change in sorted(counts, key=lambda change: -counts[change])
    )


def _route_again(
    router: CompiledRouter, visit: PastVisit, published_flow_ids: AbstractSet[EntityId]
) -> Change | None:
    url = parse_url(visit.url, visit.utm)
    if isinstance(url, UrlProblem):
        return None
    decision = match(
        router,
        url,
        published_flow_ids=published_flow_ids,
        now=visit.routed_at,
        visitor_id=visit.visitor_id,
        default_flow_id=visit.default_flow_id,
    )
    before = (visit.rule_id, visit.booking_flow_id)
    if before == (decision.rule_id, decision.booking_flow_id):
        return None
    return Change(visit.rule_id, decision.rule_id, visit.booking_flow_id, decision.booking_flow_id)
