"""Tallies: adding up, being stored in views, and being read again."""

from array import array
from typing import Any

import pytest

from app.domain.analytics.cells import Cell
from app.domain.analytics.encoded_tally import (
    decode_tally,
    encode_tally,
    row_id,
    row_of,
    sum_bands,
    sum_counts,
)
from app.domain.analytics.intervals import Interval, join
from app.domain.analytics.scope import SessionFilter
from app.domain.analytics.tally import CountSection, Tally, TimeSection
from app.domain.analytics.views import View, find_view, simplify
from tests.domain.booking_session.builders import NOW


def a_cell(*, campaign: str | None = None, device: str = "mobile") -> Cell:
    return Cell("flow", 1, "revision", "rule", None, None, campaign, device)


def a_tally(*, campaign: str | None = None) -> Tally:
    tally, cell = Tally(), a_cell(campaign=campaign)
    tally.count(CountSection.GROUPS, cell, ("active", 2, "s", ("a", "b")))
    tally.add_times(TimeSection.STEP_TIMES, cell, ("s",), [70, 5, 5])
    tally.add_times(TimeSection.QUARTERS, cell, ("active",), [9, 8, 9])
    return tally


def test_stored_tallies_are_read_as_they_were_whatever_visitors_wrote() -> None:
    for campaign in (None, "", "None", "[0]", '"],["', "$set.a", "é\u2028\0\ud800", "x" * 200):
        tally, cell = a_tally(campaign=campaign), a_cell(campaign=campaign)

        again = decode_tally(encode_tally(tally, View.FULL))

        assert again.counts == tally.counts
        assert again.times[TimeSection.STEP_TIMES] == {(cell, ("s",)): array("q", [5, 5, 70])}
        assert again.times[TimeSection.QUARTERS] == {(cell, ("active",)): array("q", [8, 9, 9])}


def test_names_under_which_times_are_stored_are_safe_whatever_fields_are_called() -> None:
    names = {
        row_id(TimeSection.FIELD_TIMES, row_of(a_cell(), ("s", field)))
        for field in ("", "a.b", "$set", "\0", "a" * 1_000)
    }

    assert len(names) == 5
    assert {name.isalnum() and len(name) == 24 for name in names} == {True}


def test_tallies_add_up_cell_by_cell_and_rows_are_summed_over_days() -> None:
    days = [
        encode_tally(a_tally(campaign=campaign), View.FULL) for campaign in ("spring", "spring")
    ]

    counted = list(sum_counts([day.sections[CountSection.GROUPS] for day in days]))
    (times,) = sum_bands([day.sections[TimeSection.STEP_TIMES] for day in days])

    spring = a_cell(campaign="spring")
    assert counted == [(spring, ("active", 2, "s", ("a", "b")), 2)]
    assert (times.cell, times.key, sum(times.numbers)) == (spring, ("s",), 6)


def test_a_view_adds_up_what_it_does_not_tell_apart() -> None:
    tally = a_tally(campaign="spring")
    tally.add(a_tally(campaign="autumn"))

    plain = decode_tally(encode_tally(tally, View.PLAIN))
    by_campaign = decode_tally(encode_tally(tally, View.UTM_CAMPAIGN))

    assert list(plain.counts[CountSection.GROUPS].values()) == [2]
    assert [list(times) for times in plain.times[TimeSection.STEP_TIMES].values()] == [
        [5, 5, 5, 5, 70, 70]
    ]
    campaigns = {cell.utm_campaign for cell, _ in by_campaign.counts[CountSection.GROUPS]}
    assert campaigns == {"spring", "autumn"}


@pytest.mark.parametrize(
    ("wanted", "apart_by", "view"),
    [
        ({}, None, View.PLAIN),
        ({"booking_flow_id": "flow", "revision": 1}, None, View.PLAIN),
        ({"includes_bots": True}, None, View.PLAIN),
        ({"device_type": "bot"}, None, View.PLAIN),
        ({"device_type": "mobile"}, None, View.DEVICE),
        ({"routing_rule_id": "rule"}, None, View.ROUTING_RULE),
        ({"utm_source": "google"}, "utm_source", View.UTM_SOURCE),
        ({}, "utm_campaign", View.UTM_CAMPAIGN),
        ({"utm_medium": "cpc"}, "device_type", View.FULL),
        ({"device_type": "bot"}, "utm_medium", View.UTM_MEDIUM),
        ({"utm_source": "google", "utm_medium": "cpc"}, None, View.FULL),
    ],
)
def test_the_coarsest_view_is_read_that_can_answer(
    wanted: dict[str, Any], apart_by: str | None, view: View
) -> None:
    scope = SessionFilter.model_validate(wanted)

    assert find_view(scope, apart_by=apart_by) is view


@pytest.mark.parametrize("view", list(View))
def test_bots_count_only_when_they_are_asked_for_in_every_view(view: View) -> None:
    bot, other = (simplify(a_cell(device=device), view) for device in ("bot", "mobile"))
    bots_only = SessionFilter.model_validate({"device_type": "bot"})

    assert [each.is_in(SessionFilter()) for each in (bot, other)] == [False, True]
    assert [each.is_in(bots_only) for each in (bot, other)] == [True, False]
    assert bot.is_in(SessionFilter(includes_bots=True))


def test_intervals_that_meet_become_one() -> None:
    moments = [NOW.replace(hour=hour) for hour in range(6)]
    pairs = [(3, 4), (0, 1), (1, 2), (5, 5)]

    joined = join(Interval(moments[start], moments[end]) for start, end in pairs)

    assert joined == (Interval(moments[0], moments[2]), Interval(moments[3], moments[4]))
