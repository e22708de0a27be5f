"""The search for a URL that satisfies some conditions and fails others, exact for all operators.

The parts of a URL are independent, so each is searched by itself: the host, the path, and the
values of every parameter. A UTM condition speaks of the first value of its `utm_*` parameter, a
query condition of any value, so both are settled together for that parameter.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from app.domain.routing.claims import HOST, PATH, Claim, Claims, Place, begin_apart
from app.domain.routing.conditions import CompiledCondition, Subject, view_url
from app.domain.routing.folding import fold
from app.domain.routing.languages.automata import Automaton
from app.domain.routing.languages.charsets import CharSet
from app.domain.routing.languages.limits import Budget, UndecidedError
from app.domain.routing.languages.search import find_shortest_text
from app.domain.routing.languages.syntax import read_pattern
from app.domain.routing.languages.unicode_classes import find_unicode_class
from app.domain.routing.patterns import PatternCompiler
from app.domain.routing.rules import Condition, ConditionOperator
from app.domain.routing.urls import ParsedUrl, normalise_path, parse_host, parse_url

# The texts that `parse_url` may give for a host or a path, and those among them it never gives.
_HOSTS = r"[^\x00-\x20\x7f#%/:<>?@\[\\\]^|]+|\[[0-9a-f:.]+\]"
_NEVER_HOSTS = r"(?s:(.*\.)?xn--.*)"
_PATHS = r"/|(/[^/]+)+"
_STEPS_PER_CLAIM = 10
_STEPS_PER_UNICODE_CLASS = 200_000
_UNDECIDED = "no URL within the limits of length could be found"


@dataclass(frozen=True, slots=True)
class Witness:
    """A URL found, as text and as conditions see it."""

    url: str
    subject: Subject


_Question = tuple[Place, frozenset[Claim], frozenset[Claim]]


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts wanted at one place: all of `required` pass, none of `forbidden` does."""

    place: Place
    required: Claims
    forbidden: Claims

    def admits(self, text: str) -> bool:
        """Tell whether `text` is one of them."""
        return (
            _is_possible(self.place, text)
            and all(claim.test(text) for claim in self.required)
            and not any(claim.test(text) for claim in self.forbidden)
        )


@dataclass(slots=True)
class WitnessFinder:
    """Finds URLs; remembers what it found out about each place."""

    budget: Budget
    compile_pattern: PatternCompiler
    _claims: dict[Condition, Claim] = field(default_factory=dict)
    _automata: dict[tuple[str, bool, bool], Automaton] = field(default_factory=dict)
    _classes: dict[str, CharSet] = field(default_factory=dict)
    _answers: dict[_Question, tuple[str, ...] | UndecidedError | None] = field(default_factory=dict)

    def make_claims(self, conditions: Iterable[CompiledCondition]) -> Claims:
        """Return the claims of a rule, each once."""
        claims = (self._claims.setdefault(one.condition, Claim(one)) for one in conditions)
        return tuple(dict.fromkeys(claims))

    def find_url(self, required: Claims, forbidden: Claims = ()) -> Witness | None:
        """Return a URL that satisfies all of `required` and none of `forbidden`, or None.

        None means there is no such URL; a URL has passed the matcher itself. Raises UndecidedError
        when neither can be told within the budget.
        """
        self.budget.spend(_STEPS_PER_CLAIM * (1 + len(required) + len(forbidden)))
        found: dict[Place, tuple[str, ...]] = {HOST: ("www.example.com",), PATH: ("/",)}
        undecided: UndecidedError | None = None
        for place, texts in _group_by_place(required, forbidden).items():
            answer = self._find_texts(texts)
            if answer is None:
                return None
            if isinstance(answer, UndecidedError):
                undecided = answer
            else:
                found[place] = answer
        if undecided is not None:
            raise UndecidedError(*undecided.args)
        return _verify(_build_url(found), required, forbidden)

    def _find_texts(self, texts: _Texts) -> tuple[str, ...] | UndecidedError | None:
        """Return the texts to put at a place, several for a repeated parameter."""
        question = (texts.place, frozenset(texts.required), frozenset(texts.forbidden))
        if question not in self._answers:
            self._answers[question] = self._answer(texts)
        return self._answers[question]

    def _answer(self, texts: _Texts) -> tuple[str, ...] | UndecidedError | None:
        try:
            if texts.place not in (HOST, PATH):
                return self._find_values(texts)
            text = self._find_text(texts)
        except UndecidedError as error:
            return error
        return None if text is None else (text,)

    def _find_values(self, texts: _Texts) -> tuple[str, ...] | None:
        """Return values of a parameter; none at all, for an absent one, where that will do."""
        if not texts.required:
            return ()
        first, first_not = _split_by_source(texts.required), _split_by_source(texts.forbidden)
        values: list[str] = []
        if first.utm or first_not.utm:
            value = self._find_text(_Texts(texts.place, first.utm, texts.forbidden))
            if value is None:
                return None
            values.append(value)
        for claim in first.query:
            if not any(map(claim.test, values)):
                value = self._find_text(_Texts(texts.place, (claim,), first_not.query))
                if value is None:
                    return None
                values.append(value)
        return tuple(values)

    def _find_text(self, texts: _Texts) -> str | None:
        required = texts.required
        if any(one.condition.operator is ConditionOperator.EXISTS for one in texts.forbidden):
            return None
        if begin_apart(required):
            return None
        guesses = [claim.beginning for claim in required] or [_default_text(texts.place)]
        guess = next(filter(texts.admits, guesses), None)
        if guess is not None:
            return guess
        if _has_one_candidate(texts):
            # The candidate is the literal, which was among the guesses.
            return None
        return self._search(texts)

    def _search(self, texts: _Texts) -> str | None:
        accepting = [self._automaton_of(claim) for claim in texts.required]
        rejecting = [self._automaton_of(claim) for claim in texts.forbidden]
        if texts.place == PATH:
            accepting.append(self._automaton(_PATHS, ignore_case=False, folded=False))
        if texts.place == HOST:
            accepting.append(self._automaton(_HOSTS, ignore_case=False, folded=True))
            rejecting.append(self._automaton(_NEVER_HOSTS, ignore_case=False, folded=True))
        text = find_shortest_text(accepting, rejecting, budget=self.budget)
        return fold(text) if text is not None and texts.place == HOST else text

    def _automaton_of(self, claim: Claim) -> Automaton:
        is_regex = claim.condition.operator is ConditionOperator.REGEX
        ignore_case = is_regex and claim.is_folded
        return self._automaton(claim.regex, ignore_case=ignore_case, folded=claim.is_folded)

    def _automaton(self, regex: str, *, ignore_case: bool, folded: bool) -> Automaton:
        key = (regex, ignore_case, folded)
        if key not in self._automata:
            self._automata[key] = Automaton(
                read_pattern(
                    regex, ignore_case=ignore_case, find_unicode_class=self._find_unicode_class
                ),
                folded=folded,
            )
            self.budget.spend(self._automata[key].work)
        return self._automata[key]

    def _find_unicode_class(self, name: str) -> CharSet:
        if name not in self._classes:
            # Charged even if remembered from before, so that the same rules always get as far.
            self.budget.spend(_STEPS_PER_UNICODE_CLASS)
            found = find_unicode_class(name, compile_pattern=self.compile_pattern)
            self._classes[name] = found
        return self._classes[name]


@dataclass(frozen=True, slots=True)
class _BySource:
    utm: Claims
    query: Claims


def _split_by_source(claims: Claims) -> _BySource:
    return _BySource(
        utm=tuple(claim for claim in claims if claim.is_folded),
        query=tuple(claim for claim in claims if not claim.is_folded),
    )


def _group_by_place(required: Claims, forbidden: Claims) -> dict[Place, _Texts]:
    groups: dict[Place, tuple[list[Claim], list[Claim]]] = defaultdict(lambda: ([], []))
    for claim in required:
        groups[claim.place][0].append(claim)
    for claim in forbidden:
        groups[claim.place][1].append(claim)
    return {
        place: _Texts(place, tuple(wanted), tuple(unwanted))
        for place, (wanted, unwanted) in groups.items()
    }


def _has_one_candidate(texts: _Texts) -> bool:
    """Tell whether a literal leaves a single text to try, case included."""
    claims = (*texts.required, *texts.forbidden)
    all_folded = all(claim.is_folded for claim in claims)
    return any(
        claim.literal is not None and (all_folded or not claim.is_folded)
        for claim in texts.required
    )


def _is_possible(place: Place, text: str) -> bool:
    """Tell whether `parse_url` can give the text for the place."""
    if place == HOST:
        return parse_host(text) == text
    return place != PATH or normalise_path(text) == text


def _default_text(place: Place) -> str:
    return {HOST: "www.example.com", PATH: "/"}.get(place, "")


def _build_url(found: dict[Place, tuple[str, ...]]) -> str:
    names = (place for place in found if place not in (HOST, PATH))
    pairs = [(place[1], value) for place in names for value in found[place]]
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"https://{found[HOST][0]}{quote(found[PATH][0])}{query}"


def _verify(url: str, required: Claims, forbidden: Claims) -> Witness:
    parsed = parse_url(url)
    if not isinstance(parsed, ParsedUrl):
        raise UndecidedError(_UNDECIDED)
    subject = view_url(parsed)
    holds = all(claim.compiled.holds(subject) for claim in required)
    if not holds or any(claim.compiled.holds(subject) for claim in forbidden):
        raise UndecidedError(_UNDECIDED)
    return Witness(url=url, subject=subject)
