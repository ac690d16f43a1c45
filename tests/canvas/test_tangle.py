import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.canvas.tangle import MOST_FILLED, MOST_SMOOTH, tangle_of, tangles_of


def circle(count: int) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return 50 + 40 * np.stack((np.cos(angle), np.sin(angle)), axis=1)


def scribble(count: int) -> np.ndarray:
    return np.random.default_rng(count).random((count, 2)) * 500


@pytest.mark.parametrize("count", [25, 100, 5000])
def test_what_a_level_line_crosses_twice(count):
    assert tangle_of(circle(count)) == pytest.approx(2.0)


def test_scribbles_are_told_from_outlines():
    rough = circle(1000) * np.random.default_rng(1).normal(1, 0.02, (1000, 1))
    assert tangle_of(rough) < MOST_FILLED
    assert MOST_SMOOTH < tangle_of(scribble(100)) < MOST_FILLED < tangle_of(scribble(1000))


def test_few_points_are_never_tangled():
    assert tangle_of(scribble(20)) == 0.0
    assert tangle_of(np.zeros((1, 2))) == 0.0


def test_a_level_line_of_points_is_no_scribble():
    assert tangle_of(np.column_stack((np.arange(100.0), np.zeros(100)))) == 0.0


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(0, 1000))
def test_rings_end_to_end_are_as_each_alone(lengths, seed):
    rings = [np.random.default_rng(seed + i).random((n, 2)) for i, n in enumerate(lengths)]
    edges = np.concatenate(([0], np.cumsum(lengths)))
    alone = [tangle_of(ring) for ring in rings]
    assert tangles_of(np.concatenate(rings), edges).tolist() == pytest.approx(alone, abs=1e-6)
