"""Tallies: adding up, and being stored and read again."""

from array import array

from app.domain.analytics.cells import Cell
from app.domain.analytics.intervals import Interval, join
from app.domain.analytics.scope import SessionFilter
from app.domain.analytics.tally import (
    CountSection,
    Tally,
    TimeSection,
    decode_sections,
    encode_sections,
)
from tests.domain.booking_session.builders import NOW


def a_cell(*, campaign: str | None = None, device: str = "mobile") -> Cell:
    return Cell("flow", 1, "revision", None, None, None, campaign, device)


def a_tally(*, campaign: str | None = None) -> Tally:
    tally = Tally()
    tally.count(CountSection.GROUPS, a_cell(campaign=campaign), ("active", 2, "s", ("a", "b")))
    tally.add_times(TimeSection.STEP_TIMES, a_cell(campaign=campaign), ("s",), [70, 5, 5])
    return tally


def test_stored_tallies_are_read_as_they_were_whatever_visitors_wrote() -> None:
    for campaign in (None, "", "None", "[0]", '"],["', "$set.a", "é\u2028\0", "x" * 200):
        tally = a_tally(campaign=campaign)

        again = decode_sections(encode_sections(tally))

        assert again.counts == tally.counts
        assert again.times[TimeSection.STEP_TIMES] == {
            (a_cell(campaign=campaign), ("s",)): array("q", [5, 5, 70])
        }


def test_tallies_add_up_cell_by_cell() -> None:
    total = Tally()
    for campaign in ("spring", "spring", None):
        total.add(a_tally(campaign=campaign))

    spring = SessionFilter(utm_campaign="spring")
    assert [number for *_, number in total.counted(CountSection.GROUPS, spring)] == [2]
    assert [list(times) for _, times in total.timed(TimeSection.STEP_TIMES, spring)] == [
        [70, 5, 5] * 2
    ]
    assert sum(number for *_, number in total.counted(CountSection.GROUPS, SessionFilter())) == 3


def test_bots_count_only_when_they_are_asked_for() -> None:
    bot, wanted = a_cell(device="bot"), {"device_type": "bot"}

    assert not bot.is_in(SessionFilter())
    assert bot.is_in(SessionFilter(includes_bots=True))
    assert bot.is_in(SessionFilter.model_validate(wanted))
    assert not a_cell().is_in(SessionFilter.model_validate(wanted))


def test_intervals_that_meet_become_one() -> None:
    moments = [NOW.replace(hour=hour) for hour in range(6)]
    pairs = [(3, 4), (0, 1), (1, 2), (5, 5)]

    joined = join(Interval(moments[start], moments[end]) for start, end in pairs)

    assert joined == (Interval(moments[0], moments[2]), Interval(moments[3], moments[4]))
