import pytest

from app.domain.branding import (
    BrandColors,
    ContrastPair,
    contrast_ratio,
    find_contrast_warnings,
)


# The ratios are those W3C's and WebAIM's checkers show, to two places.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.00),
        ("#FFFFFF", "#FFFFFF", 1.00),
        ("#777777", "#FFFFFF", 4.48),
        ("#767676", "#FFFFFF", 4.54),
        ("#FF0000", "#FFFFFF", 4.00),
        ("#0000FF", "#FFFFFF", 8.59),
        ("#00FF00", "#000000", 15.30),
    ],
)
def test_contrast_is_that_of_wcag_either_way_round(one: str, other: str, ratio: float) -> None:
    assert round(contrast_ratio(one, other), 2) == ratio
    assert contrast_ratio(one, other) == contrast_ratio(other, one)


def test_readable_colours_have_no_warning() -> None:
    colors = BrandColors(primary="#0B5FA5", secondary="#F2F6FA", accent="#B02A0C")
    assert find_contrast_warnings(colors) == ()


def test_colours_too_much_alike_are_named_with_their_contrast() -> None:
    colors = BrandColors(primary="#777777", secondary="#FFFFFF", accent="#767676")

    warnings = find_contrast_warnings(colors)

    assert [(w.pair, round(w.ratio, 2), w.needed) for w in warnings] == [
        (ContrastPair.WHITE_ON_PRIMARY, 4.48, 4.5),
        (ContrastPair.PRIMARY_ON_SECONDARY, 4.48, 4.5),
    ]
