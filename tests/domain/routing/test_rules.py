from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.routing.rules import Condition, FlowWeight
from tests.domain.routing.builders import FLOW, NOW, OTHER_FLOW, a_rule


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source": "query_parameter", "operator": "exists"}, "needs the parameter's name"),
        ({"source": "utm_parameter", "operator": "exists"}, "needs the parameter's name"),
        (
            {"source": "utm_parameter", "name": "utm_source", "operator": "exists"},
            "one of source, medium, campaign, term, content",
        ),
        ({"source": "host", "name": "x", "operator": "exists"}, "takes no name"),
        ({"source": "url_path", "name": "x", "operator": "exists"}, "takes no name"),
        ({"source": "host", "operator": "exists", "value": "x"}, "takes no value"),
        ({"source": "host", "operator": "equals"}, "needs a value"),
        ({"source": "url_path", "operator": "regex"}, "needs a value"),
        ({"source": "host", "operator": "equals", "value": "\ud800"}, "unicode string"),
        ({"source": "host", "operator": "equals", "value": "x" * 2_001}, "2000 characters"),
    ],
)
def test_condition_whose_fields_do_not_fit_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Condition.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rule_id": ""}, "at least 1 character"),
        ({"rule_id": "x" * 101}, "at most 100 characters"),
        ({"starts_at": NOW, "ends_at": NOW}, "start before it ends"),
        ({"starts_at": NOW.replace(tzinfo=None)}, "timezone"),
        ({"split": (FlowWeight(booking_flow_id=OTHER_FLOW, weight=1),)}, "own flow"),
        ({"split": (FlowWeight(booking_flow_id=FLOW, weight=1),) * 2}, "each flow once"),
    ],
)
def test_rule_whose_fields_do_not_fit_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        a_rule(**fields)


def test_rule_with_21_conditions_is_refused() -> None:
    with pytest.raises(ValidationError, match="at most 20"):
        a_rule("r", *["host exists"] * 21)


def test_rule_survives_storage() -> None:
    split = (FlowWeight(booking_flow_id=FLOW, weight=3),)
    rule = a_rule("r", "query.q equals ", split=split, ends_at=NOW + timedelta(days=1))
    stored = rule.model_dump(mode="json")
    assert stored["conditions"][0]["source"] == "query_parameter"
    assert type(rule).model_validate(stored) == rule
