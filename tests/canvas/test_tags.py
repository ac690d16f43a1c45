import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from annotator.canvas.tags import (
    MAX_TAG_WIDTH,
    REACH_X,
    REACH_Y,
    TAG_GAP,
    TAG_HEIGHT,
    _contrast,
    readable_on,
    shown_tags,
)
from annotator.canvas.theme import DARK
from annotator.core.geometry import COORDINATE_LIMIT
from annotator.core.labels import PALETTE


@st.composite
def scenes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    count = draw(st.integers(1, 40))
    corners = draw(hnp.arrays(np.float64, (count, 2), elements=st.floats(-500, 500)))
    sizes = draw(hnp.arrays(np.float64, (count, 2), elements=st.floats(0, 300)))
    widths = draw(hnp.arrays(np.int64, count, elements=st.integers(20, MAX_TAG_WIDTH)))
    return np.concatenate((corners, corners + sizes), axis=1), widths


def plates(boxes: np.ndarray, widths: np.ndarray, scale: float) -> np.ndarray:
    left = np.rint(boxes[:, 0] * scale)
    top = np.rint(boxes[:, 1] * scale) - TAG_HEIGHT - TAG_GAP
    return np.stack((left, top, left + widths, top + TAG_HEIGHT), axis=1)


@given(scenes(), st.floats(0.1, 8))
def test_plates_never_cover_each_other(scene, scale):
    boxes, widths = scene
    shown = plates(boxes, widths, scale)[shown_tags(boxes, widths, scale)]
    for i, first in enumerate(shown):
        for second in shown[:i]:
            apart = (
                first[2] <= second[0]
                or second[2] <= first[0]
                or first[3] <= second[1]
                or second[3] <= first[1]
            )
            assert apart


@given(scenes(), st.floats(0.1, 8))
def test_the_largest_that_fits_always_shows_its_plate(scene, scale):
    boxes, widths = scene
    sizes = (boxes[:, 2:] - boxes[:, :2]) * scale
    fits = (sizes[:, 0] >= 0.7 * widths) & (sizes[:, 1] >= TAG_HEIGHT / 2)
    shown = shown_tags(boxes, widths, scale)
    assert not np.any(shown & ~fits)
    if fits.any():
        largest = np.argmax(np.where(fits, sizes[:, 0] * sizes[:, 1], -1.0))
        assert shown[largest]


@given(scenes(), st.floats(0.1, 8), st.integers(0, 39))
def test_what_is_far_away_changes_nothing(scene, scale, index):
    """Only so can a part be painted anew, and only so do plates stay while the view pans."""
    boxes, widths = scene
    index %= len(boxes)
    places = plates(boxes, widths, scale)
    near = (np.abs(places[:, 0] - places[index, 0]) < REACH_X) & (
        np.abs(places[:, 1] - places[index, 1]) < REACH_Y
    )
    alone = shown_tags(boxes[near], widths[near], scale)
    assert (
        alone[np.flatnonzero(near).tolist().index(index)] == shown_tags(boxes, widths, scale)[index]
    )


def test_no_shapes_no_plates():
    assert shown_tags(np.zeros((0, 4)), np.zeros(0, dtype=np.int64), 1.0).tolist() == []


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#e4572e", "#e4572e", 1.0)],
)
def test_contrast_is_that_of_the_guidelines(first, second, ratio):
    assert _contrast(QColor(first), QColor(second)) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("colour", PALETTE)
def test_our_colours_bear_the_dark_text(colour):
    ground, dark = QColor(colour), QColor(DARK.tag_text)
    assert readable_on(ground, dark) == dark
    assert _contrast(dark, ground) >= 4.5


@given(st.integers(0, 0xFFFFFF))
def test_on_any_other_colour_it_is_the_easier_one_to_read(number):
    ground, dark = QColor(f"#{number:06x}"), QColor(DARK.tag_text)
    text = readable_on(ground, dark)
    ratios = {one.name(): _contrast(one, ground) for one in (dark, QColor(Qt.GlobalColor.white))}
    # A middle grey is as far from either, and as near as 4.2 at the worst.
    assert ratios[text.name()] == max(ratios.values()) >= 4.2


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=20))
def test_shapes_that_lie_far_apart_show_the_same_plates(places):
    """Groups of shapes, each of which lies at the far end of all coordinates or at the near one."""
    near = np.array([(x * 0.5, y * 0.25, x * 0.5 + 3, y * 0.25 + 2) for x, y in places])
    widths = np.full(len(near), 60)
    alone = shown_tags(near, widths, 64.0)
    far = near + COORDINATE_LIMIT // 2
    both = shown_tags(np.concatenate((near, far)), np.concatenate((widths, widths)), 64.0)
    assert both.tolist() == [*alone.tolist(), *shown_tags(far, widths, 64.0).tolist()]
