from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.ui.film_strip.layout import (
    LEAST,
    MOST,
    StripLayout,
    height_for,
    strip_height,
    wanted_first,
)

LAYOUTS = st.builds(
    StripLayout,
    count=st.integers(1, 100_000),
    height=st.integers(LEAST, MOST),
    view=st.integers(50, 4000),
)


def test_at_first_a_strip_is_96_high() -> None:
    assert strip_height(LEAST) == 96
    assert height_for(96) == LEAST
    assert height_for(10) == LEAST
    assert height_for(1000) == MOST
    assert height_for(strip_height(150)) == 150


def test_a_task_without_frames_has_no_places() -> None:
    empty = StripLayout(0, 64, 800)

    assert empty.width == empty.furthest == 0
    assert empty.number_at(10) is None
    assert list(empty.seen(0)) == []


@given(LAYOUTS, st.data())
def test_a_place_in_a_picture_belongs_to_its_frame(
    layout: StripLayout, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, layout.count - 1))
    x, _, width, _ = layout.picture_place(number)

    assert layout.number_at(x) == layout.number_at(x + width - 1) == number
    assert layout.number_at(-5) is None
    assert layout.number_at(layout.width + 20) is None


@given(LAYOUTS, st.data())
def test_exactly_the_frames_in_sight_are_seen(layout: StripLayout, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, layout.furthest))
    seen = layout.seen(offset)

    assert len(seen) <= layout.view // layout.step + 2
    for number in (seen.start - 1, seen.stop):
        if 0 <= number < layout.count:
            x, _, width, _ = layout.picture_place(number)
            assert x + width <= offset or x >= offset + layout.view
    for number in (seen.start, seen.stop - 1):
        assert layout.left(number) - 4 <= offset + layout.view
        assert layout.left(number) + layout.step >= offset


@given(LAYOUTS, st.data())
def test_a_frame_is_brought_into_sight_whole(layout: StripLayout, data: st.DataObject) -> None:
    assume(layout.view >= layout.picture[0] + 16)
    number = data.draw(st.integers(0, layout.count - 1))
    offset = data.draw(st.integers(0, layout.furthest))

    wanted = layout.offset_to_show(number, offset)

    assert 0 <= wanted <= layout.furthest
    assert layout.is_whole(number, wanted)
    # Once it is there, nothing moves any more.
    assert layout.offset_to_show(number, wanted) == wanted


def test_the_next_frame_moves_the_strip_by_one_frame_at_most() -> None:
    layout = StripLayout(1000, 64, 800)
    offset = 0
    for number in range(500):
        moved = layout.offset_to_show(number, offset)
        assert 0 <= moved - offset <= layout.step
        # The one after it is in sight, too.
        assert layout.is_whole(min(number + 1, 999), moved)
        offset = moved


def test_a_frame_far_away_comes_to_the_middle() -> None:
    layout = StripLayout(1000, 64, 800)

    offset = layout.offset_to_show(500, 0)

    assert layout.left(500) + layout.picture[0] / 2 - offset == pytest.approx(400, abs=1)


@given(LAYOUTS, st.integers(LEAST, MOST), st.data())
def test_what_is_looked_at_stays_when_the_strip_grows(
    before: StripLayout, height: int, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, before.furthest))
    x = data.draw(st.integers(0, before.view - 1))
    after = replace(before, height=height)

    moved = after.same_place(before, offset, x)

    assert 0 <= moved <= after.furthest
    if 0 < moved < after.furthest:
        looked_at = (offset + x - 4) / before.step
        assert (moved + x - 4) / after.step == pytest.approx(looked_at, abs=0.02)


def test_the_shown_frame_is_wanted_first_then_what_is_in_sight_then_what_comes() -> None:
    assert wanted_first(range(10, 14), 100, 12, 1) == [12, 10, 11, 13, 14, 15, 16, 17, 9, 8]
    assert wanted_first(range(10, 14), 100, 12, -1) == [12, 10, 11, 13, 9, 8, 7, 6, 14, 15]
    assert wanted_first(range(10, 14), 100, 50, 1)[:4] == [10, 11, 12, 13]
    assert wanted_first(range(0), 0, -1, 1) == []


@given(
    count=st.integers(1, 500), data=st.data(), direction=st.sampled_from((-1, 1)), shown=st.integers(-1, 499)
)  # fmt: skip
def test_each_wanted_frame_is_there_and_wanted_once(
    count: int, data: st.DataObject, direction: int, shown: int
) -> None:
    first = data.draw(st.integers(0, count - 1))
    seen = range(first, data.draw(st.integers(first, count)))

    wanted = wanted_first(seen, count, shown, direction)
    assert set(seen) <= set(wanted) <= set(range(count))
    assert len(set(wanted)) == len(wanted)
    assert set(wanted) == set(range(min(wanted, default=0), max(wanted, default=-1) + 1))
