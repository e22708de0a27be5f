import re
from collections.abc import Iterable
from datetime import timedelta
from functools import reduce
from itertools import chain, combinations, product
from operator import and_

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.routing.conditions import Subject, compile_condition, view_url
from app.domain.routing.matching import compile_router, satisfies
from app.domain.routing.problems import RoutingProblem, RoutingProblemCode
from app.domain.routing.rules import FlowWeight, RoutingRule
from app.domain.routing.validation import find_problems
from app.domain.severity import Severity
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

Code = RoutingProblemCode


def problems_of(
    *rules: RoutingRule,
    known: frozenset[str] = ALL_FLOWS,
    published: frozenset[str] = ALL_FLOWS,
) -> tuple[RoutingProblem, ...]:
    problems = find_problems(
        rules,
        compile_pattern=compile_pattern,
        known_flow_ids=known,
        published_flow_ids=published,
    )
    verify_witnesses(rules, problems)
    return problems


def verify_witnesses(rules: Iterable[RoutingRule], problems: Iterable[RoutingProblem]) -> None:
    router = compile_router(rules, compile_pattern=compile_pattern)
    for problem in problems:
        if problem.code is Code.AMBIGUOUS_RULES:
            assert problem.witness_url is not None
            url = a_url(problem.witness_url)
            at_fault = [one for one in router.rules if one.rule.id in problem.rule_ids]
            assert len(at_fault) == 2
            assert all(satisfies(one, url) for one in at_fault)


def codes_of(*rules: RoutingRule) -> list[tuple[RoutingProblemCode, tuple[str, ...]]]:
    return [(problem.code, problem.rule_ids) for problem in problems_of(*rules)]


def two_rules(first: str, second: str) -> tuple[RoutingRule, RoutingRule]:
    """Two rules of equal priority; conditions are separated by semicolons."""
    return (
        a_rule("first", *filter(None, first.split("; "))),
        a_rule("second", *filter(None, second.split("; ")), booking_flow_id=OTHER_FLOW),
    )


def is_ambiguous(first: str, second: str) -> bool:
    codes = [code for code, _ in codes_of(*two_rules(first, second))]
    assert Code.UNDECIDED not in codes
    return Code.AMBIGUOUS_RULES in codes


@pytest.mark.parametrize(
    ("first", "second", "ambiguous"),
    [
        ("", "", True),
        ("path equals /a", "path equals /b", False),
        ("path equals /a", "path equals /a/", True),
        ("path equals /a", "path equals /A", False),
        ("host equals A", "host equals a", True),
        ("path prefix /a", "path prefix /a/b", True),
        ("path prefix /a", "path prefix /ab", False),
        ("path prefix /a", "path equals /a-b", False),
        ("path glob /a/*", "path glob /*/b", True),
        ("path glob /a/*", "path glob /*/b/*", False),
        ("path glob /a/**", "path glob /**/b", True),
        ("path glob /a/**/b", "path regex /a/b", True),
        ("path regex /[a-f]+", "path regex /[f-z]{2}\\d*", True),
        ("path regex /[a-e]+", "path regex /[f-z]{2}\\d*", False),
        # These overlap in texts that normalisation never gives.
        ("path regex /a/", "path glob /a/*", False),
        ("path regex /a//b", "path glob /a/**", False),
        ("path regex /a.+", "path regex .*/", False),
        ("host regex (.*\\.)?XN--[a-z-]+", "host exists", False),
        ("host regex a:80", "host exists", False),
        ("host regex A+", "host glob a*a", True),
        ("host prefix www.", "host glob *.example.com", True),
        ("query.q equals a", "query.q equals b", True),
        ("query.q regex a+", "query.q regex b+", True),
        ("query.q regex [^\\x00-\\x{10ffff}]", "", False),
        ("utm.source equals a", "utm.source equals b", False),
        ("utm.source equals A", "utm.source regex [^b-z]", True),
        ("utm.source equals a", "query.utm_source equals b", True),
        ("utm.source equals a; query.utm_source equals A", "query.utm_source equals b", True),
        ("utm.source regex (?-i:A)", "", False),
        ("path regex /\\bfoo\\b.*", "path equals /foo-bar", True),
        ("path regex /\\bfoo\\b.*", "path regex /foo\\w", False),
        ("path regex /\\pL+", "path regex /\\d+", False),
        ("path regex /\\pL+", "path regex /[^a-z]{3}\\x{3b1}", True),
        ("path regex /caf.", "path equals /café", True),
    ],
)
def test_overlap_of_two_rules(first: str, second: str, ambiguous: bool) -> None:
    assert is_ambiguous(first, second) is ambiguous
    assert is_ambiguous(second, first) is ambiguous


def test_ambiguity_is_an_error_with_both_rules_and_a_readable_witness() -> None:
    rules = two_rules("path glob /services/*; utm.campaign prefix Spring", "query.q equals a b")
    (problem,) = problems_of(*rules)
    assert problem.severity is Severity.ERROR
    assert problem.rule_ids == ("first", "second")
    assert problem.witness_url == ("https://www.example.com/services/a?utm_campaign=spring&q=a+b")


@pytest.mark.parametrize(
    "changes",
    [
        {"priority": 2},
        {"enabled": False},
        {"booking_flow_id": FLOW},
        {"starts_at": NOW},
    ],
)
def test_rules_that_cannot_clash_are_not_ambiguous(changes: dict[str, object]) -> None:
    first = a_rule("first", "query.q equals a", ends_at=NOW)
    if "starts_at" not in changes:
        first = first.model_copy(update={"ends_at": None})
    fields: dict[str, object] = {"booking_flow_id": OTHER_FLOW} | changes
    assert codes_of(first, a_rule("second", "query.q equals b", **fields)) == []


def test_split_with_a_second_flow_is_ambiguous_with_a_rule_for_the_first() -> None:
    split = (
        FlowWeight(booking_flow_id=FLOW, weight=1),
        FlowWeight(booking_flow_id=OTHER_FLOW, weight=1),
    )
    rules = (a_rule("one", "query.a exists"), a_rule("two", "query.b exists", split=split))
    assert codes_of(*rules) == [(Code.AMBIGUOUS_RULES, ("one", "two"))]


@pytest.mark.parametrize(
    ("conditions", "cover"),
    [
        (["path prefix /a"], ["path prefix /a/b"]),
        (["path prefix /a", ""], ["path equals /b"]),
        (["path equals /a", "path glob /a/**"], ["path prefix /a"]),
        (["host regex [a-m].*", "host regex [n-z].*"], ["host glob n*"]),
        (["utm.source exists"], ["utm.source equals a"]),
        (["utm.source exists"], ["query.utm_source equals A"]),
        (["query.q exists"], ["query.q prefix a"]),
        (["query.q regex (?s).*"], ["query.q exists"]),
        (["path glob **"], [""]),
        (
            ["query.q equals a; query.q equals b"],
            ["query.q equals b; path prefix /; query.q equals a"],
        ),
        (["path prefix /a; query.q exists", "path glob /*"], ["path equals /a"]),
    ],
)
def test_rule_whose_urls_are_all_taken_is_shadowed(conditions: list[str], cover: list[str]) -> None:
    earlier = [
        a_rule(f"earlier {number}", *filter(None, text.split("; ")), priority=number)
        for number, text in enumerate(conditions)
    ]
    late = a_rule("late", *filter(None, cover[0].split("; ")), priority=9)
    shadows = [ids for code, ids in codes_of(*earlier, late) if code is Code.SHADOWED_RULE]
    assert [ids[0] for ids in shadows] == ["late"]
    assert len(shadows[0]) > 1


@pytest.mark.parametrize(
    ("earlier", "late"),
    [
        ("path regex /a/.*", "path prefix /a"),
        ("path prefix /a/b", "path prefix /a"),
        ("query.q equals a", "query.q exists"),
        ("path regex .*", "path exists"),
        ("utm.source equals a", "query.utm_source equals a"),
    ],
)
def test_rule_that_some_url_reaches_is_not_shadowed(earlier: str, late: str) -> None:
    assert codes_of(a_rule("earlier", earlier), a_rule("late", late, priority=2)) == []


def test_several_rules_that_cover_one_together_are_all_named() -> None:
    rules = (
        a_rule("far", "path equals /z", priority=0),
        a_rule("low", "host regex [a-m].*", priority=1),
        a_rule("high", "host regex [n-z].*", priority=2),
        a_rule("late", "host regex [a-z]+\\.example", priority=3),
    )
    assert codes_of(*rules) == [(Code.SHADOWED_RULE, ("late", "low", "high"))]


def test_one_rule_that_covers_another_alone_is_named_alone() -> None:
    rules = (
        a_rule("part", "path equals /a", priority=0),
        a_rule("whole", "path prefix /a", priority=1),
        a_rule("late", "path prefix /a", "query.q exists", priority=2),
    )
    assert codes_of(*rules) == [(Code.SHADOWED_RULE, ("late", "whole"))]


def test_unsatisfiable_rule_is_reported_alone() -> None:
    rule = a_rule("never", "path equals /a", "path equals /b")
    (problem,) = problems_of(rule)
    assert (problem.code, problem.rule_ids) == (Code.SHADOWED_RULE, ("never",))
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize("changes", [{"enabled": False}, {"ends_at": NOW}, {"starts_at": NOW}])
def test_rule_that_is_not_always_there_shadows_nothing(changes: dict[str, object]) -> None:
    assert codes_of(a_rule("early", **changes), a_rule("late", priority=2)) == []


def test_rules_that_relieve_each_other_shadow_a_rule_of_the_whole_time() -> None:
    tomorrow = NOW + timedelta(days=1)
    before, after = a_rule("before", ends_at=NOW), a_rule("after", starts_at=NOW)
    late = a_rule("late", priority=2)
    assert codes_of(before, after, late) == [(Code.SHADOWED_RULE, ("late", "before", "after"))]
    gap = a_rule("after", starts_at=tomorrow)
    assert codes_of(before, gap, late) == []
    inside = a_rule("late", starts_at=tomorrow, priority=2)
    assert codes_of(before, gap, inside) == [(Code.SHADOWED_RULE, ("late", "after"))]


def test_rule_with_an_unpublished_flow_shadows_nothing_but_is_reported() -> None:
    rules = (a_rule("draft", booking_flow_id=OTHER_FLOW), a_rule("late", priority=2))
    (problem,) = problems_of(*rules, published=frozenset({FLOW}))
    assert (problem.code, problem.rule_ids) == (Code.UNPUBLISHED_FLOW, ("draft",))
    assert problem.severity is Severity.WARNING


def test_unknown_flow_is_an_error() -> None:
    (problem,) = problems_of(a_rule("r", booking_flow_id=THIRD_FLOW), known=frozenset({FLOW}))
    assert (problem.code, problem.severity) == (Code.UNKNOWN_FLOW, Severity.ERROR)


def test_invalid_pattern_is_an_error_and_takes_no_part_in_comparisons() -> None:
    rules = (a_rule("bad", "path regex a(?=b)"), a_rule("good", booking_flow_id=OTHER_FLOW))
    (problem,) = problems_of(*rules)
    assert (problem.code, problem.rule_ids) == (Code.INVALID_PATTERN, ("bad",))
    assert problem.severity is Severity.ERROR


def test_duplicate_id_is_reported_once() -> None:
    rules = [a_rule("same", "query.q exists", priority=number) for number in (3, 2, 1)]
    problems = [one for one in problems_of(*rules) if one.code is Code.DUPLICATE_RULE_ID]
    assert [(one.rule_ids, one.severity) for one in problems] == [(("same",), Severity.ERROR)]


EXPLOSIVE = "path regex /(a|b)*a(a|b){{{}}}(c|d)*"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (EXPLOSIVE.format(100), "path regex /(a|b)*b(a|b){100}e"),
        ("path regex /(a{999}|b{999}|c{999}|d{999})", "path regex /\\w*z"),
        ("path regex /\\C+z", "path regex /x+z"),
    ],
)
def test_pattern_beyond_the_bounds_is_undecided_never_fine(first: str, second: str) -> None:
    problems = problems_of(*two_rules(first, second))
    undecided = [one for one in problems if one.code is Code.UNDECIDED]
    assert ("first", "second") in [one.rule_ids for one in undecided]
    assert {one.severity for one in undecided} == {Severity.WARNING}


def test_other_parts_of_the_url_still_decide_when_a_pattern_is_beyond_the_bounds() -> None:
    rules = two_rules("path regex /\\C+; host equals a", "path regex /\\d+; host equals b")
    assert Code.AMBIGUOUS_RULES not in [code for code, _ in codes_of(*rules)]
    assert ("first", "second") not in [ids for _, ids in codes_of(*rules)]


def test_witness_longer_than_a_url_may_be_is_undecided() -> None:
    long = "; ".join(f"query.{name} equals {'ü' * 1_500}" for name in "abcd")
    assert (Code.UNDECIDED, ("first", "second")) in codes_of(*two_rules(long, ""))


# The exhaustive check. Every boolean combination of these conditions that some URL brings about is
# brought about by one of the URLs below, so listing them decides overlap and shadow by brute force.
HOST_CONDITIONS = [
    "host equals A",
    "host prefix a",
    "host glob *b",
    "host regex A|b",
    "host exists",
]
PATH_CONDITIONS = [
    *("path equals /", "path equals /a", "path equals /A", "path prefix /a", "path prefix /"),
    *("path glob /a/*", "path glob /**", "path glob /*b", "path glob /*/b", "path glob /**/b"),
    *("path regex /(a|b)+", "path regex (?i)/A.*", "path regex .*b", "path regex [^b]+"),
]
QUERY_CONDITIONS = ["query.q equals a", "query.q equals ", "query.q prefix a", "query.q glob *b"]
QUERY_CONDITIONS += ["query.q regex a|ab", "query.q exists"]
UTM_CONDITIONS = ["utm.source equals A", "utm.source prefix a", "utm.source regex B+|a"]
UTM_CONDITIONS += ["utm.source exists", "query.utm_source equals A", "query.utm_source equals a"]
UTM_CONDITIONS += ["query.utm_source exists", "query.utm_source glob *b"]

UTM_VALUES = ("a", "A", "b", "B", "ab", "c", "ac")
SEGMENTS = ("a", "b", "A", "ab", "ba", "c", "cb", "%0A", "%0Ab", "a%0A", "A%0Ab", "Ab", "bb")


def subsets(values: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return chain.from_iterable(combinations(values, size) for size in range(len(values) + 1))


def queries(name: str, lists: Iterable[Iterable[str]]) -> list[str]:
    return ["https://h/?" + "&".join(f"{name}={value}" for value in values) for values in lists]


HOSTS = [f"https://{host}/" for host in ("a", "b", "ab", "ac", "c", "cb")]
PATHS = [
    "https://h/" + "/".join(segments)
    for depth, known in enumerate(((), SEGMENTS, SEGMENTS, ("a", "b", "A", "c", "%0A")))
    for segments in product(known, repeat=depth)
]
QUERIES = queries("q", subsets(("a", "b", "ab", "", "c", "ac")))
UTM_QUERIES = queries(
    "utm_source",
    (
        (first, *others)
        for first in UTM_VALUES
        for others in subsets(tuple(one for one in UTM_VALUES if one != first))
    ),
)
DIMENSIONS: list[tuple[list[str], list[Subject]]] = [
    (conditions, [view_url(a_url(url)) for url in urls])
    for conditions, urls in (
        (HOST_CONDITIONS, HOSTS),
        (PATH_CONDITIONS, PATHS),
        (QUERY_CONDITIONS, QUERIES),
        (UTM_CONDITIONS, ["https://h/", *UTM_QUERIES]),
    )
]
PASSING: dict[str, frozenset[int]] = {
    text: frozenset(
        number
        for number, subject in enumerate(subjects)
        if compile_condition(
            a_rule("r", text).conditions[0], compile_pattern=compile_pattern
        ).holds(subject)
    )
    for conditions, subjects in DIMENSIONS
    for text in conditions
}


def list_outcomes(rules: list[list[str]]) -> set[int]:
    """Return each set of rules, as bits, that some URL satisfies without the others."""
    masks: list[set[int]] = []
    for conditions, subjects in DIMENSIONS:
        wanted = [[PASSING[one] for one in rule if one in conditions] for rule in rules]
        masks.append(
            {
                sum(
                    1 << bit
                    for bit, passing in enumerate(wanted)
                    if all(number in one for one in passing)
                )
                for number in range(len(subjects))
            }
        )
    return {reduce(and_, choice) for choice in product(*masks)}


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from((FLOW, OTHER_FLOW)),
            st.lists(
                st.one_of(
                    *(st.sampled_from(conditions) for conditions, _ in DIMENSIONS),
                ),
                min_size=1,
                max_size=3,
            ),
        ),
        min_size=2,
        max_size=5,
    )
)
@example([(0, FLOW, ["path glob /**/b"]), (0, OTHER_FLOW, ["path equals /"])])
def test_no_overlap_or_shadow_is_missed_or_invented(
    drawn: list[tuple[int, str, list[str]]],
) -> None:
    drawn.sort(key=lambda rule: rule[0])
    rules = [
        a_rule(str(number), *conditions, priority=priority, booking_flow_id=flow)
        for number, (priority, flow, conditions) in enumerate(drawn)
    ]
    outcomes = list_outcomes([conditions for _, _, conditions in drawn])
    ambiguous = {
        (str(first), str(second))
        for first, second in combinations(range(len(rules)), 2)
        if rules[first].priority == rules[second].priority
        and rules[first].booking_flow_id != rules[second].booking_flow_id
        and any(outcome >> first & outcome >> second & 1 for outcome in outcomes)
    }
    reached = {str((outcome & -outcome).bit_length() - 1) for outcome in outcomes if outcome}
    problems = problems_of(*rules)
    assert {one.rule_ids for one in problems if one.code is Code.AMBIGUOUS_RULES} == ambiguous
    shadowed = {one.rule_ids[0] for one in problems if one.code is Code.SHADOWED_RULE}
    assert shadowed == {rule.id for rule in rules} - reached
    assert not re.search("undecided", repr(problems))
