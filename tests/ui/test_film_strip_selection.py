import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.ui.film_strip.selection import StripSelection

POSITIONS = st.sets(st.integers(0, 50))


def array(positions: set[int]) -> np.ndarray:
    return np.array(sorted(positions), dtype=np.int64)


@given(POSITIONS, POSITIONS, st.integers(0, 50))
def test_it_is_an_ordered_set(first: set[int], second: set[int], one: int) -> None:
    selection = StripSelection()
    selection.set_to(array(first))
    assert set(selection.positions.tolist()) == first
    selection.add(array(second))
    assert selection.positions.tolist() == sorted(first | second)
    selection.toggle(one)
    assert selection.positions.tolist() == sorted((first | second) ^ {one})
    assert (one in selection) == (one not in first | second)
    selection.clear()
    assert len(selection) == 0


@given(POSITIONS, POSITIONS)
def test_what_is_no_longer_there_is_not_selected(chosen: set[int], there: set[int]) -> None:
    selection = StripSelection()
    selection.set_to(array(chosen))
    selection.anchor = min(chosen, default=None)

    changed = selection.keep(array(there), len(there))

    assert (selection.anchor is None) == (min(chosen, default=None) not in there)

    assert selection.positions.tolist() == sorted(chosen & there)
    assert changed == bool(chosen - there)


def test_without_gaps_the_number_of_frames_is_enough() -> None:
    selection = StripSelection()
    selection.set_to(array({3, 9}))
    selection.anchor = 9

    assert selection.keep(None, 9)
    assert selection.positions.tolist() == [3]
    assert selection.anchor is None
    assert not selection.keep(None, 9)
