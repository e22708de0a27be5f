"""Which operations are known to boot a widget."""

import pytest
from graphql import parse

from app.api.widget_boot.plans import find_boot_plan
from tests.contract.journey import load_operations

WIDGET_BOOT = load_operations("widget.graphql")["WidgetBoot"]


def test_widgets_own_operation_boots_and_is_decided_by_key_and_page() -> None:
    plan = find_boot_plan(parse(WIDGET_BOOT))

    assert plan is not None
    assert plan.operation_name == "WidgetBoot"
    variables = {"key": "wpk_1", "context": {"url": "https://a.example/"}, "more": 1}
    assert plan.read_key(variables) == "wpk_1"
    assert plan.other_variables(variables) == {}


@pytest.mark.parametrize(
    "document",
    [
        '{ scheduler(publishableKey: "k") { name } }',
        'query ($c: X!) { scheduler(publishableKey: "k") { a: bookingFlow(context: $c) { id } '
        "b: bookingFlow(context: $c) { version } } }",
        'query ($c: X!) { scheduler(publishableKey: "k") { ...F } } '
        "fragment F on Scheduler { bookingFlow(context: $c) { id } }",
        'query ($x: Boolean!) { scheduler(publishableKey: "k") { name @include(if: $x) } }',
    ],
)
def test_query_for_one_scheduler_boots(document: str) -> None:
    assert find_boot_plan(parse(document)) is not None


@pytest.mark.parametrize(
    "document",
    [
        "{ viewer { role } }",
        '{ scheduler(publishableKey: "k") { name } viewer { role } }',
        '{ ...F } fragment F on Query { scheduler(publishableKey: "k") { name } }',
        'query ($x: Boolean!) { scheduler(publishableKey: "k") @skip(if: $x) { name } }',
        'mutation { scheduler(publishableKey: "k") { name } }',
        'query A { scheduler(publishableKey: "k") { name } } query B { viewer { role } }',
        # A page within the document, two pages, and a page that matters twice.
        '{ scheduler(publishableKey: "k") { bookingFlow(context: {url: "u"}) { id } } }',
        'query ($c: X!, $d: X!) { scheduler(publishableKey: "k") { a: bookingFlow(context: $c) '
        "{ id } b: bookingFlow(context: $d) { id } } }",
        'query ($c: X!) { scheduler(publishableKey: "k") { bookingFlow(context: $c) { id } '
        "name(x: $c) } }",
    ],
)
def test_anything_else_does_not(document: str) -> None:
    assert find_boot_plan(parse(document)) is None
