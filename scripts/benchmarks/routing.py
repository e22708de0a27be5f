"""Times resolving a URL, with the index and by a plain loop, and validating mixed rules."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from statistics import median
from time import perf_counter

from rich.console import Console
from rich.table import Table

from app.domain.routing.conditions import view_url
from app.domain.routing.matching import CompiledRouter, compile_router, match
from app.domain.routing.rules import Condition, ConditionOperator, ConditionSource, RoutingRule
from app.domain.routing.urls import ParsedUrl, parse_url
from app.domain.routing.validation import find_problems
from app.services.patterns import compile_pattern

FLOW, OTHER_FLOW = "0" * 24, "1" * 24
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = (10, 100, 1_000)
ROUNDS = 30
PATTERN_EVERY = 50
VALIDATED = 300
WORDS = ("hvac", "plumbing", "roof", "repair", "install", "spring", "town", "north")


def a_condition(number: int) -> Condition:
    """Return the kinds of condition that marketing writes, in turn; one in fifty is a pattern."""
    if (number + 1) % PATTERN_EVERY == 0:
        value = f"/(promo|offers)/{number}-[a-z]+"
        return Condition(
            source=ConditionSource.URL_PATH, operator=ConditionOperator.REGEX, value=value
        )
    source, name, operator, value = (
        (ConditionSource.URL_PATH, None, ConditionOperator.PREFIX, f"/services/area-{number}"),
        (ConditionSource.URL_PATH, None, ConditionOperator.EQUALS, f"/offers/{number}"),
        (ConditionSource.UTM_PARAMETER, "campaign", ConditionOperator.EQUALS, f"spring-{number}"),
        (ConditionSource.QUERY_PARAMETER, "location", ConditionOperator.EQUALS, f"town-{number}"),
        (ConditionSource.URL_PATH, None, ConditionOperator.GLOB, f"/areas/{number}/*/book"),
    )[number % 5]
    return Condition(source=source, name=name, operator=operator, value=value)


def a_router(size: int) -> CompiledRouter:
    rules = (
        RoutingRule(
            id=str(number),
            name=str(number),
            priority=number,
            booking_flow_id=FLOW,
            conditions=(a_condition(number),),
        )
        for number in range(size)
    )
    return compile_router(rules, compile_pattern=compile_pattern)


def some_urls(size: int) -> list[ParsedUrl]:
    """Return URLs that match an early, a middle and a late rule, and one that matches none."""
    texts = [
        f"https://harbor.example/services/area-{size // 2 // 5 * 5}/hvac?gclid=1",
        f"https://harbor.example/offers/{size // 5 * 5 - 4}",
        "https://harbor.example/?utm_campaign=spring-2&utm_source=mail",
        "https://harbor.example/about/us?location=nowhere&utm_campaign=none",
    ]
    return [url for text in texts if isinstance(url := parse_url(text), ParsedUrl)]


def match_by_loop(router: CompiledRouter, url: ParsedUrl) -> str | None:
    subject = view_url(url)
    for compiled in router.rules:
        if compiled.find_failed(subject) is None:
            return compiled.rule.id
    return None


def match_by_index(router: CompiledRouter, url: ParsedUrl) -> str | None:
    return match(router, url, published_flow_ids=frozenset({FLOW}), now=NOW).rule_id


def measure(
    resolve: Callable[[CompiledRouter, ParsedUrl], str | None],
    router: CompiledRouter,
    urls: list[ParsedUrl],
) -> float:
    """Return the median time of one resolution, in microseconds."""
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        for url in urls:
            resolve(router, url)
        times.append((perf_counter() - started) / len(urls) * 1e6)
    return median(times)


def some_mixed_rules() -> list[RoutingRule]:
    """Return rules of every source and operator, three to a priority, over a small vocabulary."""
    texts = (
        (ConditionSource.URL_PATH, None, ConditionOperator.PREFIX, "/services/{a}-{n}"),
        (ConditionSource.URL_PATH, None, ConditionOperator.EQUALS, "/offers/{a}/{n}"),
        (ConditionSource.URL_PATH, None, ConditionOperator.GLOB, "/**/{a}/book-{n}"),
        (ConditionSource.URL_PATH, None, ConditionOperator.REGEX, r"/({a}|{b})/[a-z]+-\d{{1,3}}"),
        (ConditionSource.QUERY_PARAMETER, "q", ConditionOperator.GLOB, "*{a}*{b}*"),
        (ConditionSource.UTM_PARAMETER, "campaign", ConditionOperator.PREFIX, "{a}-{n}"),
        (ConditionSource.UTM_PARAMETER, "source", ConditionOperator.REGEX, "({a}|{b})-{n}.*"),
        (ConditionSource.HOST, None, ConditionOperator.GLOB, "*.{a}-{n}.example"),
    )
    choose = Random(1)
    rules = []
    for number in range(VALIDATED):
        words = {"a": choose.choice(WORDS), "b": choose.choice(WORDS), "n": number}
        conditions = (
            Condition(source=source, name=name, operator=operator, value=text.format(**words))
            for source, name, operator, text in choose.sample(texts, choose.choice((2, 3)))
        )
        rules.append(
            RoutingRule(
                id=str(number),
                name=str(number),
                priority=number // 3,
                booking_flow_id=choose.choice((FLOW, OTHER_FLOW)),
                conditions=tuple(conditions),
            )
        )
    return rules


def measure_validation() -> Table:
    started = perf_counter()
    problems = find_problems(
        some_mixed_rules(),
        compile_pattern=compile_pattern,
        known_flow_ids={FLOW, OTHER_FLOW},
        published_flow_ids={FLOW, OTHER_FLOW},
    )
    seconds = perf_counter() - started
    counts = Counter(problem.code for problem in problems)
    table = Table("rules validated", "seconds", *counts)
    table.add_row(f"{VALIDATED:,}", f"{seconds:.2f}", *(str(count) for count in counts.values()))
    return table


def main() -> None:
    table = Table("rules", "index µs", "plain loop µs", "loop ÷ index")
    for size in SIZES:
        router, urls = a_router(size), some_urls(size)
        answers = [(match_by_index(router, url), match_by_loop(router, url)) for url in urls]
        if any(indexed != plain for indexed, plain in answers):
            raise SystemExit(f"the index disagrees with the loop: {answers}")
        indexed = measure(match_by_index, router, urls)
        plain = measure(match_by_loop, router, urls)
        table.add_row(f"{size:,}", f"{indexed:.1f}", f"{plain:.1f}", f"{plain / indexed:.1f}")
    Console().print(table, measure_validation())


if __name__ == "__main__":
    main()
