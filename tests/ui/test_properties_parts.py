"""What the properties are made of: facts of several annotations, and shapes changed by their numbers. No window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.annotations import Annotation
from annotator.core.errors import GeometryError
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.core.shapes import Ellipse, Mask, Polygon, PolygonPart, Rectangle
from annotator.ui.properties.facts import MIXED, facts_of, shared_attributes
from annotator.ui.properties.geometry import (
    BOX_FIELDS,
    BoxField,
    box_value,
    count_text,
    number_text,
    place_text,
    size_text,
    with_box_value,
)
from annotator.ui.widgets.plain_tips import plain_tip
from tests import strategies


@given(
    strategies.rectangles(),
    st.sampled_from(BOX_FIELDS),
    st.floats(0.0, 359.0, allow_subnormal=False),
)
def test_a_box_with_one_number_changed_has_that_number_and_keeps_the_others(
    before: Rectangle, field: BoxField, value: float
) -> None:
    after = with_box_value(before, field, value)
    assert box_value(after, field) == pytest.approx(value, abs=1e-6)
    # Another angle turns about the middle; another size keeps the upper left corner, wherever it is turned to.
    moves_corner = field in ("x", "y", "rotation")
    if not moves_corner:
        assert after.corners[0] == pytest.approx(before.corners[0], abs=1e-6)
        others = {"width": "height", "height": "width"}
        assert box_value(after, others[field]) == pytest.approx(
            box_value(before, others[field]), abs=1e-6
        )
    elif field == "rotation":
        assert after.xyxy == before.xyxy
    else:
        assert after.area == pytest.approx(before.area, abs=1e-3)


def test_a_size_below_nothing_is_refused() -> None:
    with pytest.raises(GeometryError):
        with_box_value(Rectangle((0, 0, 5, 5)), "width", -1)


def test_texts_of_shapes() -> None:
    ring = [(0, 0), (10, 0), (10, 10.256)]
    hole = [(6, 1), (8, 1), (8, 2)]
    holed = Polygon((PolygonPart(np.array(ring, dtype=float), (np.array(hole, dtype=float),)),))
    assert (place_text(holed), size_text(holed)) == ("0, 0", "10 × 10.26")
    assert count_text(Polygon.from_ring(ring)) == "3 points"
    assert count_text(holed) == "6 points · 1 part, 1 hole"
    assert count_text(Mask.from_bitmap(np.ones((2, 3), dtype=bool))) == "6 pixels"
    assert count_text(Ellipse((5, 5), (3, 2), 45)) == "radii 3 and 2, turned 45°"
    assert [number_text(value) for value in (1.0, 2.505, -0.1, 100.0, -0.001)] == [
        "1",
        "2.5",
        "-0.1",
        "100",
        "0",
    ]


def test_facts_of_one_and_of_many() -> None:
    pose = Attribute("pose", "select", ("up", "down"), id=1)
    other = Attribute("pose", "select", ("up", "down"), id=2)
    person, dog = (
        Label("person", attributes=(pose,), id=10),
        Label("dog", attributes=(other,), id=11),
    )
    labels = LabelSchema((person, dog))
    box = Rectangle((0, 0, 5, 5))
    columns = AnnotationColumns.from_annotations(
        [
            Annotation(1, 10, box, {1: "up"}, z_order=2, id=1),
            Annotation(1, 11, box, {2: "up"}, z_order=2, occluded=True, id=2),
            Annotation(1, 10, None, {}, source="model", score=0.5, id=3),
        ]
    )
    one = facts_of(columns, np.array([0]), labels)
    assert (one.label, one.kind, one.numbers, one.attributes[0].value) == (
        person, "rectangle", (1,), "up",
    )  # fmt: skip
    both = facts_of(columns, np.array([0, 1]), labels)
    assert (both.label, both.occluded, both.z_order, both.score) == (MIXED, MIXED, 2, None)
    assert [fact.value for fact in both.attributes] == ["up"]
    three = facts_of(columns, np.arange(3), labels)
    assert (three.kind, three.source, three.score) == (MIXED, MIXED, MIXED)
    assert [fact.value for fact in three.attributes] == [MIXED]
    gone = facts_of(columns, np.arange(3), LabelSchema((dog,)))
    assert (gone.label, gone.attributes) == (None, ())


def test_attributes_of_one_name_and_other_values_are_not_shared() -> None:
    first = Label("a", attributes=(Attribute("x", "select", ("1", "2")), Attribute("y", "text")))
    second = Label("b", attributes=(Attribute("x", "select", ("1", "3")), Attribute("y", "text")))
    assert [one.name for one in shared_attributes([first, second])] == ["y"]
    assert shared_attributes([]) == ()


def test_a_tip_shows_markup_letter_by_letter() -> None:
    assert plain_tip("<b>bold</b> & co") == "<qt>&lt;b&gt;bold&lt;/b&gt; &amp; co</qt>"
    assert plain_tip("") == ""
