"""Generated parts of pages replace what was there, and what is out of date is noticed."""

import pytest
from entity_diagram import diagram
from generated_parts import replace_part
from settings_reference import settings_table

from app.settings import Settings

PAGE = "before\n<!-- x: generated -->\nold\n<!-- x: end -->\nafter\n"


def test_part_is_replaced_and_the_rest_stays() -> None:
    replaced = replace_part(PAGE, name="x", content=r"new \1")

    assert replaced == PAGE.replace("old", r"new \1")


def test_page_without_the_part_is_refused() -> None:
    with pytest.raises(ValueError, match="y: generated"):
        replace_part(PAGE, name="y", content="new")


def test_every_setting_has_a_row_with_its_default() -> None:
    table = settings_table()

    assert len(table.splitlines()) == 2 + len(Settings.model_fields)
    assert "| `SCHEDULER_PORT` | `8000` |" in table
    assert "| `SCHEDULER_LOG_LEVEL` | `info` |" in table
    assert "| `SCHEDULER_WEBHOOKS_ALLOW_PRIVATE` | `false` |" in table
    assert "| `SCHEDULER_ADMIN_ORIGINS` | none |" in table


def test_diagram_knows_references_of_every_kind() -> None:
    lines = {line.strip() for line in diagram().splitlines()}

    assert 'Booking["bookings"]' in lines
    assert 'Booking }o--|| BookingSession : "booking_session_id"' in lines
    assert 'SchedulerConfig }o--o| BrandKit : "brand_kit_id"' in lines
    assert 'BookingFlowRouter }o--o{ BookingFlow : "rules.booking_flow_id"' in lines
    nodes = "steps.type_config.nodes.question_id"
    assert f'BookingFlowRevision }}o--o{{ BookingQuestion : "{nodes}"' in lines
