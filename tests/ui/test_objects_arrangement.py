"""The order of the list of objects, without a window."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.annotations import Annotation
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.core.shapes import Rectangle
from annotator.ui.objects.arrangement import (
    NOTHING_ARRANGED,
    ORDERS,
    Arrangement,
    Wanted,
    arranged,
    difference,
)

COLOUR = Attribute("color", "select", ("red", "blue"), id=1)
BUS = Label("bus", id=11)
CAR = Label("car", attributes=(COLOUR,), id=10)
LABELS = LabelSchema((BUS, CAR))


def box(x: float, size: float, label: Label, **options: object) -> Annotation:
    return Annotation(1, label.id, Rectangle((x, 0, x + size, size)), **options)  # type: ignore[arg-type]


FOUND = [
    box(30, 5, CAR, id=101, attributes={1: "red"}),
    box(10, 50, BUS, id=102, z_order=3),
    Annotation(1, CAR.id, None, {1: "blue"}, id=103),
    box(20, 20, CAR, id=104, attributes={1: "blue"}, z_order=-1),
]
COLUMNS = AnnotationColumns.from_annotations(FOUND)
ALL = np.ones(len(FOUND), dtype=bool)


def ids(wanted: Wanted, listed: np.ndarray = ALL) -> list[int]:
    return arranged(COLUMNS, LABELS, listed, wanted).ids.tolist()


def test_orders():
    expected = {
        "oldest": [101, 102, 103, 104],
        "newest": [104, 103, 102, 101],
        "label": [102, 101, 103, 104],
        "size": [102, 104, 101, 103],
        "left": [102, 104, 101, 103],
        "top": [102, 101, 103, 104],
    }
    assert {order: ids(Wanted(order)) for order in ORDERS} == expected


def test_words_are_looked_for_in_label_kind_attribute_and_number():
    assert ids(Wanted(search="blue")) == [103, 104]
    assert ids(Wanted(search="tag")) == [103]
    assert ids(Wanted(search="BU")) == [102]
    assert ids(Wanted(search="4")) == [104]
    assert ids(Wanted(search="car red")) == [101]
    assert ids(Wanted(search="label:car area>30")) == [104]
    # Half a condition is a text like any other.
    assert ids(Wanted(search="label:")) == []


def test_groups_have_heads_with_their_numbers():
    found = arranged(COLUMNS, LABELS, ALL, Wanted("newest", is_grouped=True))
    assert found.ids.tolist() == [11, 102, 10, 104, 103, 101]
    assert found.heads.tolist() == [True, False, True, False, False, False]
    assert found.numbers.tolist() == [1, 2, 3, 4, 3, 1]
    folded = arranged(COLUMNS, LABELS, ALL, Wanted(is_grouped=True, folded=frozenset({10})))
    assert folded.ids.tolist() == [11, 102, 10]
    assert folded.found == 4
    assert folded.rows_of([10, 104, 102]).tolist() == [1]


def test_what_is_left_out_keeps_the_numbers_of_the_others():
    found = arranged(COLUMNS, LABELS, np.array([True, False, True, True]), Wanted())
    assert found.ids.tolist() == [101, 103, 104]
    assert found.numbers.tolist() == [1, 3, 4]


def test_a_label_that_is_gone_comes_last():
    columns = AnnotationColumns.from_annotations([*FOUND, replace(FOUND[0], label=99, id=100)])
    found = arranged(columns, LABELS, np.ones(5, dtype=bool), Wanted("label", is_grouped=True))
    assert found.ids.tolist()[-2:] == [99, 100]
    assert len(arranged(columns, LabelSchema(), np.ones(5, dtype=bool), Wanted("label"))) == 5


lists = st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=8, unique=True)


@given(lists, lists)
def test_the_difference_leads_from_one_to_the_other(old: list, new: list):
    first, second = (
        Arrangement(
            np.array([one for one, _ in rows], dtype=np.int64),
            np.array([head for _, head in rows], dtype=bool),
            np.zeros(len(rows), dtype=np.int64),
            0,
        )
        for rows in (old, new)
    )
    start, gone, come = difference(first, second)
    assert [*old[:start], *new[start : start + come], *old[start + gone :]] == new
    assert (gone == come == 0) == (old == new)


def test_nothing_has_no_difference():
    assert difference(NOTHING_ARRANGED, NOTHING_ARRANGED) == (0, 0, 0)
