import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from annotator.core.spatial_index import SpatialIndex

# Small numbers often, so that edges and points coincide; large ones, so that boxes lie far outside the others.
PLACES = st.one_of(st.integers(-20, 20).map(float), st.floats(-1e7, 1e7))
SIZES = st.one_of(st.integers(0, 12).map(float), st.floats(0, 1e6))


@st.composite
def many_boxes(draw: st.DrawFn) -> np.ndarray:
    count = draw(st.integers(0, 60))
    corners = draw(hnp.arrays(np.float64, (count, 2), elements=PLACES))
    sizes = draw(hnp.arrays(np.float64, (count, 2), elements=SIZES))
    return np.concatenate((corners, corners + sizes), axis=1)


def found_by_looking_at_all(boxes: np.ndarray, x: float, y: float, margin: float) -> list[int]:
    x0, y0, x1, y1 = boxes.T
    holds = (x0 <= x + margin) & (x1 >= x - margin) & (y0 <= y + margin) & (y1 >= y - margin)
    return np.flatnonzero(holds).tolist()


@given(many_boxes(), PLACES, PLACES, st.one_of(st.just(0.0), st.floats(0, 1000)))
def test_finds_what_looking_at_every_box_finds(boxes, x, y, margin):
    assert SpatialIndex(boxes).near(x, y, margin).tolist() == found_by_looking_at_all(
        boxes, x, y, margin
    )


@given(many_boxes().filter(len), st.data())
def test_finds_every_box_at_its_corners(boxes, data):
    row = data.draw(st.integers(0, len(boxes) - 1))
    index = SpatialIndex(boxes)
    x0, y0, x1, y1 = boxes[row].tolist()
    for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
        assert row in index.near(x, y)


def test_thousands_of_boxes_of_every_size():
    chance = np.random.default_rng(7)
    corners = chance.random((20_000, 2)) * (3840, 2160)
    sizes = np.exp(chance.normal(2.5, 1.5, (20_000, 2)))
    boxes = np.concatenate((corners, corners + sizes), axis=1)
    index = SpatialIndex(boxes)
    for x, y in (chance.random((300, 2)) * (4000, 2300) - 50).tolist():
        assert index.near(x, y, 3.0).tolist() == found_by_looking_at_all(boxes, x, y, 3.0)


def test_nothing_is_near_where_there_is_nothing():
    assert SpatialIndex(np.zeros((0, 4))).near(0.0, 0.0, 100.0).tolist() == []
    assert len(SpatialIndex(np.zeros((0, 4)))) == 0


@pytest.mark.parametrize("place", [(np.inf, 0.0), (-np.inf, 0.0), (0.0, np.inf)])
def test_a_place_at_no_place(place):
    assert SpatialIndex(np.array([[0.0, 0.0, 5.0, 5.0]])).near(*place).tolist() == []
