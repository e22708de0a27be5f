"""Rules that no URL reaches because the rules before them take them all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.routing.claims import Claim, Claims
from app.domain.routing.languages.limits import UndecidedError
from app.domain.routing.matching import CompiledRouter, CompiledRule, is_in_force
from app.domain.routing.rules import RoutingRule
from app.domain.routing.witnesses import Witness, WitnessFinder

Moment = datetime | None
"""A moment, or an open end of time."""


@dataclass(frozen=True, slots=True)
class ShadowSearch:
    """The rules that can take URLs from later ones, and the means to find URLs that escape them.

    `takers` says of each position in the router whether the rule takes part.
    """

    router: CompiledRouter
    takers: Sequence[bool]
    finder: WitnessFinder

    def find_cover(self, position: int) -> tuple[int, ...] | None:
        """Return the positions of rules that take all of a rule's URLs, None if one escapes them.

        No positions at all means that no URL satisfies the rule to begin with. Raises
        UndecidedError.
        """
        rule = self.router.rules[position].rule
        earlier = [other for other in range(position) if self.takers[other]]
        cover: set[int] = set()
        for moment in _find_moments(rule, [self.router.rules[other].rule for other in earlier]):
            present = {
                other for other in earlier if _is_present(self.router.rules[other].rule, moment)
            }
            taken = self._find_cover_among(position, present)
            if taken is None:
                return None
            cover |= self._find_single_cover(position, taken) or taken
        return tuple(sorted(cover))

    def _find_cover_among(self, position: int, present: set[int]) -> set[int] | None:
        """Search a URL of the rule that none of the rules at `present` takes.

        Each URL found either escapes them or names a rule that takes it; the search goes on among
        the URLs that fail one of that rule's conditions, for each of them in turn, until nothing
        is left. The rules named on the way are the cover.
        """
        required = self._claims_of(self.router.rules[position])
        cover: set[int] = set()
        pending: list[Claims] = [()]
        seen: set[frozenset[Claim]] = set()
        undecided: UndecidedError | None = None
        limit = self.finder.budget.make_limit()
        while pending:
            limit.check()
            forbidden = pending.pop()
            try:
                witness = self.finder.find_url(required, forbidden)
            except UndecidedError as error:
                # Another branch may still lead to a URL that escapes.
                undecided = error
                continue
            if witness is None:
                continue
            taker = self._find_taker(witness, present)
            if taker is None:
                return None
            cover.add(taker)
            ways_out = self._find_ways_out(taker, required, forbidden)
            fresh = [one for one in ways_out if frozenset(one) not in seen]
            seen.update(map(frozenset, fresh))
            pending += fresh
        if undecided is not None:
            raise undecided
        return cover

    def _find_ways_out(self, taker: int, required: Claims, forbidden: Claims) -> list[Claims]:
        """Return what a URL must fail besides `forbidden` for the taker not to take it."""
        claims = self._claims_of(self.router.rules[taker])
        return [(*forbidden, claim) for claim in claims if claim not in required]

    def _find_single_cover(self, position: int, cover: set[int]) -> set[int] | None:
        """Return one rule of the cover that would do alone."""
        for one in sorted(cover) if len(cover) > 1 else ():
            if self._find_cover_among(position, {one}) is not None:
                return {one}
        return None

    def _find_taker(self, witness: Witness, present: set[int]) -> int | None:
        candidates = self.router.index.find_candidates(witness.subject)
        return next(
            (
                position
                for position in candidates
                if position in present
                and self.router.rules[position].find_failed(witness.subject) is None
            ),
            None,
        )

    def _claims_of(self, compiled: CompiledRule) -> Claims:
        return self.finder.make_claims(compiled.conditions)


def share_a_moment(first: RoutingRule, second: RoutingRule) -> bool:
    """Tell whether the schedule windows of two rules overlap."""
    return _begins_before_end(first, second) and _begins_before_end(second, first)


def _begins_before_end(first: RoutingRule, second: RoutingRule) -> bool:
    return first.starts_at is None or second.ends_at is None or first.starts_at < second.ends_at


def _find_moments(rule: RoutingRule, others: Iterable[RoutingRule]) -> Iterator[Moment]:
    """Yield one moment of each period of the rule's window in which the same others are in force.

    None is the moment before any that a rule names.
    """
    yield rule.starts_at
    named = {one for other in others for one in (other.starts_at, other.ends_at) if one}
    for moment in sorted(named):
        started = rule.starts_at is None or rule.starts_at < moment
        if started and (rule.ends_at is None or moment < rule.ends_at):
            yield moment


def _is_present(rule: RoutingRule, moment: Moment) -> bool:
    return rule.starts_at is None if moment is None else is_in_force(rule, moment)
