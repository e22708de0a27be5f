from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.routing.conditions import compile_condition, view_url
from app.domain.routing.explaining import RuleOutcome, explain
from app.domain.routing.matching import RouteDecision, RouteReason, compile_router, match
from app.domain.routing.rules import FlowWeight, RoutingRule
from app.services.patterns import compile_pattern
from tests.domain.routing.builders import (
    ALL_FLOWS,
    FLOW,
    NOW,
    OTHER_FLOW,
    THIRD_FLOW,
    a_rule,
    a_url,
)


def route(
    *rules: RoutingRule,
    url: str = "https://h.example/a",
    published: frozenset[str] = ALL_FLOWS,
    now: datetime = NOW,
    visitor_id: str | None = None,
    default: str | None = None,
) -> RouteDecision:
    return match(
        compile_router(rules, compile_pattern=compile_pattern),
        a_url(url),
        published_flow_ids=published,
        now=now,
        visitor_id=visitor_id,
        default_flow_id=default,
    )


def test_smaller_priority_is_tried_first_whatever_the_order() -> None:
    rules = (a_rule("late", priority=2), a_rule("early", priority=-1))
    assert route(*rules).rule_id == "early"


def test_equal_priorities_are_tried_in_the_order_given() -> None:
    assert route(a_rule("x", "path equals /b"), a_rule("z"), a_rule("y")).rule_id == "z"


def test_every_condition_must_hold() -> None:
    rule = a_rule("r", "path equals /a", "query.q exists")
    assert route(rule).rule_id is None
    assert route(rule, url="https://h.example/a?q").rule_id == "r"


def test_two_conditions_on_a_parameter_may_be_met_by_two_of_its_values() -> None:
    rule = a_rule("r", "query.q equals a", "query.q equals b")
    assert route(rule, url="https://h/?q=a&q=b").rule_id == "r"
    assert route(rule, url="https://h/?q=a").rule_id is None


def test_disabled_rule_does_not_match() -> None:
    assert route(a_rule("off", enabled=False), a_rule("on", priority=2)).rule_id == "on"


def test_rule_whose_flow_is_not_published_does_not_match() -> None:
    rules = (a_rule("draft", booking_flow_id=OTHER_FLOW), a_rule("live", priority=2))
    assert route(*rules, published=frozenset({FLOW})).rule_id == "live"


@pytest.mark.parametrize(
    ("default", "published", "expected"),
    [
        (FLOW, {FLOW}, RouteDecision(booking_flow_id=FLOW, reason=RouteReason.DEFAULT_FLOW)),
        (FLOW, set(), RouteDecision(reason=RouteReason.NO_FLOW)),
        (None, {FLOW}, RouteDecision(reason=RouteReason.NO_FLOW)),
    ],
)
def test_without_a_match_the_published_default_flow_serves(
    default: str | None, published: set[str], expected: RouteDecision
) -> None:
    rule = a_rule("r", "path equals /b")
    assert route(rule, default=default, published=frozenset(published)) == expected


def test_schedule_window_includes_its_start_and_excludes_its_end() -> None:
    rule = a_rule("r", starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    moments = [NOW + timedelta(minutes=minutes) for minutes in (-1, 0, 59, 60)]
    assert [route(rule, now=now).rule_id for now in moments] == [None, "r", "r", None]


def a_split(**fields: int) -> RoutingRule:
    weights = {FLOW: 1, OTHER_FLOW: 3} | fields
    shares = [FlowWeight(booking_flow_id=flow, weight=weight) for flow, weight in weights.items()]
    return a_rule("split", split=tuple(shares))


def visits(rule: RoutingRule, published: frozenset[str] = ALL_FLOWS) -> dict[str, str | None]:
    router = compile_router([rule], compile_pattern=compile_pattern)
    url = a_url("https://h.example/")
    return {
        visitor_id: match(
            router, url, published_flow_ids=published, now=NOW, visitor_id=visitor_id
        ).booking_flow_id
        for visitor_id in map(str, range(4_000))
    }


def test_split_sends_visitors_in_proportion_to_the_weights() -> None:
    counts = Counter(visits(a_split()).values())
    assert counts[FLOW] + counts[OTHER_FLOW] == 4_000
    assert 900 < counts[FLOW] < 1_100


def test_split_keeps_every_visitor_whose_flow_stays_published() -> None:
    rule = a_split(**{THIRD_FLOW: 2})
    before = visits(rule)
    after = visits(rule, frozenset({FLOW, OTHER_FLOW}))
    stayed = {visitor for visitor, flow in before.items() if flow != THIRD_FLOW}
    assert 0 < len(stayed) < len(before)
    assert all(after[visitor] == before[visitor] for visitor in stayed)
    assert set(after.values()) == {FLOW, OTHER_FLOW}


def test_split_serves_a_visitor_without_an_id_the_rules_own_flow() -> None:
    assert route(a_split()).booking_flow_id == FLOW
    assert route(a_split(), published=frozenset({OTHER_FLOW})).booking_flow_id == OTHER_FLOW
    assert route(a_split(), published=frozenset()).reason is RouteReason.NO_FLOW


def test_explanation_says_what_became_of_every_rule_in_order() -> None:
    rules = (
        a_rule("preceded", priority=7),
        a_rule("off", enabled=False),
        a_rule("over", priority=2, ends_at=NOW),
        a_rule("fails", "host exists", "path equals /b", "query.q exists", priority=3),
        a_rule("draft", booking_flow_id=THIRD_FLOW, priority=4),
        a_rule("wins", "path equals /a", priority=5),
        a_rule("fails too", "path equals /b", priority=6),
    )
    router = compile_router(rules, compile_pattern=compile_pattern)
    explanation = explain(
        router, a_url("https://h/a"), published_flow_ids={FLOW}, now=NOW, default_flow_id=FLOW
    )
    assert explanation.decision.rule_id == "wins"
    assert [(one.rule_id, one.outcome) for one in explanation.trace] == [
        ("off", RuleOutcome.DISABLED),
        ("over", RuleOutcome.NOT_IN_FORCE),
        ("fails", RuleOutcome.CONDITION_FAILED),
        ("draft", RuleOutcome.FLOW_NOT_PUBLISHED),
        ("wins", RuleOutcome.MATCHED),
        ("fails too", RuleOutcome.CONDITION_FAILED),
        ("preceded", RuleOutcome.PRECEDED),
    ]
    assert explanation.trace[2].failed_condition == rules[3].conditions[1]


WORDS = ("a", "b", "ab", "A", "")
PATHS = ("/", "/a", "/a/b", "/a/", "/ab", "/a/b/a", "/b//a", "/A")
URLS = st.builds(
    "https://{}{}?{}".format,
    st.sampled_from(("a", "b", "A.b", "a.b:80")),
    st.sampled_from(PATHS),
    st.lists(
        st.builds("{}={}".format, st.sampled_from(("q", "p", "utm_source")), st.sampled_from(WORDS))
    ).map("&".join),
)
OPERATIONS = st.one_of(
    st.just("exists"),
    st.builds("equals {}".format, st.sampled_from(WORDS + PATHS)),
    st.builds("prefix {}".format, st.sampled_from(WORDS + PATHS)),
    st.builds("glob {}".format, st.text("ab/*", max_size=6)),
    st.builds("regex {}".format, st.sampled_from(("a+", ".*b", "/a(/b)*", "(?i)/?a", "["))),
)
CONDITIONS = st.builds(
    "{} {}".format,
    st.sampled_from(("host", "path", "path", "query.q", "query.p", "utm.source")),
    OPERATIONS,
)
RULES = st.lists(
    st.builds(
        lambda conditions, priority, enabled: (conditions, priority, enabled),
        st.lists(CONDITIONS, max_size=3),
        st.integers(0, 3),
        st.sampled_from((True, True, True, False)),
    ),
    max_size=12,
)


def naive_match(rules: list[RoutingRule], url: str) -> str | None:
    subject = view_url(a_url(url))
    for rule in sorted(rules, key=lambda rule: (rule.priority, int(rule.id))):
        tests = (compile_condition(one, compile_pattern=compile_pattern) for one in rule.conditions)
        if rule.enabled and all(test.holds(subject) for test in tests):
            return rule.id
    return None


@settings(max_examples=400, deadline=None)
@given(RULES, URLS)
def test_index_never_changes_which_rule_matches(
    drawn: list[tuple[list[str], int, bool]], url: str
) -> None:
    rules = [
        a_rule(str(number), *conditions, priority=priority, enabled=enabled)
        for number, (conditions, priority, enabled) in enumerate(drawn)
    ]
    expected = naive_match(rules, url)
    assert route(*rules, url=url).rule_id == expected
    router = compile_router(rules, compile_pattern=compile_pattern)
    trace = explain(router, a_url(url), published_flow_ids=ALL_FLOWS, now=NOW).trace
    assert [one.rule_id for one in trace if one.matched] == [one for one in [expected] if one]
