"""Boxes over what everybody must not see of a photo: kept no smaller than they were drawn, and only on the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.redaction import BOXES_MOST, WHOLE, Box, bounded, box_fault

parts = st.floats(0, 1, exclude_min=True)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x, y = draw(st.floats(0, 0.9999)), draw(st.floats(0, 0.9999))
    return Box(x=x, y=y, w=max(1e-6, (1 - x) * draw(parts)), h=max(1e-6, (1 - y) * draw(parts)))


@given(boxes())
def test_a_box_is_kept_no_smaller_and_stays_on_the_picture(box: Box) -> None:
    (kept,) = bounded([box])
    assert box_fault(kept) is None
    # What binary fractions are wrong by.
    slack = 1e-9
    assert kept.x <= box.x + slack
    assert kept.y <= box.y + slack
    assert kept.x + kept.w >= min(1, box.x + box.w) - slack
    assert kept.y + kept.h >= min(1, box.y + box.h) - slack


@given(st.lists(boxes(), max_size=BOXES_MOST + 5))
def test_what_was_kept_is_kept_as_it_is(drawn: list[Box]) -> None:
    kept = bounded(drawn)
    assert bounded(kept) == kept
    assert len(kept) <= BOXES_MOST


def test_what_needs_too_many_boxes_is_hidden_whole() -> None:
    many = [Box(x=0.01 * each, y=0.0, w=0.01, h=0.5) for each in range(BOXES_MOST + 1)]
    assert bounded(many) == (WHOLE,)
    assert len(bounded(many[1:])) == BOXES_MOST


@pytest.mark.parametrize(
    ("box", "side"),
    [
        (Box(x=-0.1, y=0.0, w=0.5, h=0.5), "x"),
        (Box(x=0.0, y=1.0, w=0.5, h=0.5), "y"),
        (Box(x=0.6, y=0.0, w=0.5, h=0.5), "w"),
        (Box(x=0.0, y=0.0, w=0.0, h=0.5), "w"),
        (Box(x=0.0, y=0.6, w=0.5, h=0.5), "h"),
        (Box(x=float("nan"), y=0.0, w=0.5, h=0.5), "x"),
        (WHOLE, None),
    ],
)
def test_a_side_that_is_off_the_picture_is_named(box: Box, side: str | None) -> None:
    assert box_fault(box) == side
