import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.geometry import Box
from annotator.core.labels import Attribute, Label, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import (
    SHAPE_KINDS,
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    Polyline,
    Rectangle,
    Shape,
    Skeleton,
    SkeletonElement,
)
from annotator.core.validation import (
    check_annotation,
    check_keyframe,
    check_track,
    check_value,
)
from tests import strategies as some

COLOUR = Attribute("colour", "select", ("red", "green"))
SPEED = Attribute("speed", "number", minimum=0.0, maximum=200.0)
GLOVE = Attribute("glove", "checkbox")
PLATE = Attribute("plate", "text")

# Shapes drawn in the middle reach beyond it when they are turned, but never beyond the picture.
MIDDLE: Box = (1000.0, 1000.0, 1640.0, 1480.0)
SIZE = (3000, 3000)
SCHEMA = some.SCHEMA


def rules_of(annotation: Annotation, label: Label | None = None, size=SIZE) -> list[str]:
    label = SCHEMA[annotation.label] if label is None else label
    return [rule for rule, _ in check_annotation(annotation, label, size)]


def _shows_area(shape: Shape | None) -> bool:
    """Whether no cuboid in it, whose corners are drawn anywhere, has come out flat."""
    if isinstance(shape, Skeleton):
        return all(_shows_area(element.shape) for element in shape.elements.values())
    if not isinstance(shape, Cuboid):
        return True
    # The area of a quadrangle from its diagonals.
    (ax, ay), (bx, by) = shape.points[3] - shape.points[0], shape.points[1] - shape.points[2]
    return bool(abs(ax * by - ay * bx) > 1.0)


def sound(**options) -> st.SearchStrategy[Annotation]:
    """Annotations that fit the schema and lie within the picture."""
    drawn = some.annotations(SCHEMA, area=MIDDLE, **options)
    return drawn.filter(lambda one: _shows_area(one.shape))


# --- what keeps the rules ---------------------------------------------------------------------------


@given(sound())
def test_what_fits_its_label_and_lies_within_its_picture_breaks_no_rule(annotation):
    assert rules_of(annotation) == []


@some.fewer
@given(some.labelled({"kinds": ("any", "skeleton")}, max_size=3, area=MIDDLE))
def test_what_fits_any_schema_breaks_no_rule(drawn):
    schema, annotations = drawn
    for annotation in annotations:
        if _shows_area(annotation.shape):
            assert rules_of(annotation, schema[annotation.label]) == []


@some.fewer
@given(some.tracks(area=MIDDLE))
def test_tracks_that_fit_their_label_break_no_rule(track):
    label = SCHEMA[track.label]
    assert check_track(track, label) == []
    for keyframe in track.keyframes:
        if _shows_area(keyframe.shape):
            assert check_keyframe(keyframe, label, SIZE) == []


@given(sound(kinds=SHAPE_KINDS), st.data())
def test_a_value_may_be_missing(annotation, data):
    kept = data.draw(st.sets(st.sampled_from([*annotation.attributes, 0])))
    some_left = {key: value for key, value in annotation.attributes.items() if key in kept}
    assert rules_of(replace(annotation, attributes=some_left)) == []


# --- each rule is broken by what it is about, and by nothing else --------------------------------------


@given(sound(), st.data())
def test_a_kind_that_the_label_is_not_for(annotation, data):
    label = SCHEMA[annotation.label]
    if annotation.kind != "skeleton":
        others = [
            kind for kind in (*SHAPE_KINDS, "tag") if kind not in (annotation.kind, "skeleton")
        ]
        label = replace(label, kind=data.draw(st.sampled_from(others)))
    else:
        label = replace(label, kind="any", skeleton=None)
    assert rules_of(annotation, label) == ["kind"]


@given(sound(), st.one_of(st.text(), st.booleans(), some.numbers()))
def test_a_value_of_an_attribute_that_the_label_does_not_have(annotation, value):
    assert rules_of(annotation.with_attribute(99, value)) == ["unknown-attribute"]


@given(sound(), st.sampled_from(("blue", True, 1.0)))
def test_a_value_that_the_attribute_does_not_allow(annotation, value):
    label = SCHEMA[annotation.label]
    label = replace(label, attributes=(*label.attributes, replace(COLOUR, name="c", id=99)))
    assert rules_of(annotation.with_attribute(99, value), label) == ["wrong-value"]
    assert rules_of(annotation.with_attribute(99, "red"), label) == []


@given(sound(), st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_outside_the_range(annotation, value):
    label = SCHEMA[annotation.label]
    label = replace(label, attributes=(*label.attributes, replace(SPEED, name="v", id=99)))
    broken = rules_of(annotation.with_attribute(99, value), label)
    assert broken == ([] if 0 <= value <= 200 else ["out-of-range"])


@given(sound(kinds=("skeleton",)))
def test_a_point_that_the_skeleton_does_not_have(annotation):
    elements = {**annotation.shape.elements, 99: SkeletonElement(Points([[1200, 1200]]))}
    assert rules_of(replace(annotation, shape=Skeleton(elements))) == ["unknown-element"]


@given(sound(kinds=("skeleton",)), st.sampled_from((21, 22, 23)))
def test_a_point_of_a_skeleton_that_is_of_another_kind(annotation, point):
    elements = dict(annotation.shape.elements)
    elements[point] = replace(elements[point], shape=Polyline([[1200, 1200], [1300, 1200]]))
    assert rules_of(replace(annotation, shape=Skeleton(elements))) == ["element-kind"]


@given(sound(kinds=("skeleton",)), st.sampled_from(("yes", 1.0)))
def test_values_of_the_points_of_a_skeleton(annotation, value):
    elements = dict(annotation.shape.elements)
    elements[23] = replace(elements[23], attributes={24: value})
    assert rules_of(replace(annotation, shape=Skeleton(elements))) == ["wrong-value"]
    elements[23] = replace(elements[23], attributes={77: value})
    assert rules_of(replace(annotation, shape=Skeleton(elements))) == ["unknown-attribute"]


@st.composite
def flat_shapes(draw) -> Shape:
    """Shapes of every kind that can have an area, without one."""
    ax, ay = draw(some.places(MIDDLE))
    bx, by = draw(some.places(MIDDLE))
    on_a_line = [
        (ax + share * (bx - ax), ay + share * (by - ay))
        for share in draw(st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8))
    ]
    return draw(
        st.sampled_from(
            (
                Rectangle.from_corners((ax, ay), (ax, by), draw(some.rotations())),
                Rectangle.from_corners((ax, ay), (bx, ay), draw(some.rotations())),
                Ellipse((ax, ay), (0.0, abs(bx - ax)), draw(some.rotations())),
                Polygon.from_ring(on_a_line),
                Cuboid(on_a_line),
                Mask((int(ax), int(ay)), (2, 3), [6]),
            )
        )
    )


@given(flat_shapes())
def test_a_shape_without_an_area(shape):
    assert rules_of(Annotation(0, 1, shape)) == ["no-area"]
    skeleton = Label(
        "s", kind="skeleton", skeleton=SkeletonTemplate((TemplatePoint("p", kind="any", id=5),))
    )
    element = SkeletonElement(shape)
    assert rules_of(Annotation(0, 1, Skeleton({5: element})), skeleton) == ["no-area"]
    hidden = replace(element, outside=True)
    assert rules_of(Annotation(0, 1, Skeleton({5: hidden})), skeleton) == []


def test_a_cuboid_seen_from_its_edge_has_an_area():
    front = [(1000, 1000), (1000, 1100), (1000, 1000), (1000, 1100)]
    back = [(1050, 1000), (1050, 1100), (1150, 1000), (1150, 1100)]
    for faces in (front + back, back + front):
        assert rules_of(Annotation(0, 1, Cuboid(faces))) == []


@given(
    sound(kinds=SHAPE_KINDS), st.sampled_from(("left", "top", "right", "bottom")), st.floats(1, 9e3)
)
def test_a_shape_that_reaches_beyond_its_picture(annotation, side, by):
    shape = annotation.shape
    if isinstance(shape, Skeleton):
        assume(not all(element.outside for element in shape.elements.values()))
    x0, y0, x1, y1 = shape.box
    dx = {"left": -x0 - by, "right": SIZE[0] - x1 + by}.get(side, 0.0)
    dy = {"top": -y0 - by, "bottom": SIZE[1] - y1 + by}.get(side, 0.0)
    moved = replace(annotation, shape=shape.moved_by(dx, dy))
    assert set(rules_of(moved)) == {"beyond-picture"}
    assert rules_of(moved, size=None) == []


@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize(("by", "is_beyond"), [(0.0, False), (0.009, False), (0.011, True)])
def test_a_hair_beside_the_edge_is_not_beyond_it(side, by, is_beyond):
    box = [0.0, 0.0, 640.0, 480.0]
    box[side] += by if side >= 2 else -by
    broken = rules_of(Annotation(0, 1, Rectangle(tuple(box))), size=(640, 480))
    assert broken == (["beyond-picture"] if is_beyond else [])


@given(sound(kinds=("skeleton",)))
def test_points_that_are_not_in_the_picture_may_lie_anywhere(annotation):
    elements = dict(annotation.shape.elements)
    elements[21] = SkeletonElement(Points([[-500, 9000]]), outside=True)
    assert rules_of(replace(annotation, shape=Skeleton(elements))) == []


def test_all_that_is_wrong_is_found_at_once():
    label = Label("car", kind="polygon", attributes=(replace(COLOUR, id=1), replace(SPEED, id=2)))
    shape = Rectangle((-5, 1, 5, 1))
    annotation = Annotation(0, label.id, shape, {1: "blue", 2: -1.0, 3: "x"})
    found = check_annotation(annotation, label, (100, 100))
    assert [rule for rule, _ in found] == [
        "kind", "wrong-value", "out-of-range", "unknown-attribute", "no-area", "beyond-picture",
    ]  # fmt: skip
    assert all(text.endswith(".") and "\n" not in text for _, text in found)


# --- tracks -----------------------------------------------------------------------------------------


@given(some.annotations(kinds=SHAPE_KINDS), st.sampled_from((1, 2, 3)))
def test_a_key_frame_is_judged_as_an_annotation_is(annotation, label_id):
    label = SCHEMA[label_id]
    keyframe = Keyframe(0, annotation.shape, attributes=annotation.attributes)
    expected = check_annotation(annotation, label, (640, 480))
    assert check_keyframe(keyframe, label, (640, 480)) == expected


@given(some.annotations(kinds=SHAPE_KINDS), st.sampled_from((1, 2, 3)))
def test_where_an_object_has_left_its_shape_does_not_matter(annotation, label_id):
    label = SCHEMA[label_id]
    keyframe = Keyframe(0, annotation.shape, outside=True, attributes=annotation.attributes)
    everywhere = check_annotation(annotation, label, None)
    expected = [breach for breach in everywhere if breach[0] != "no-area"]
    assert check_keyframe(keyframe, label, (1, 1)) == expected


def test_what_a_track_holds_for_all_its_key_frames():
    label = Label("car", attributes=(replace(COLOUR, id=1), replace(SPEED, id=2)))
    beyond = Keyframe(0, Rectangle((-9, -9, -9, -9)))
    assert check_track(Track(label.id, (beyond,), {1: "red"}), label) == []
    for rule, attributes in (
        ("wrong-value", {1: "blue"}), ("out-of-range", {2: 201.0}), ("unknown-attribute", {3: "x"}),
    ):  # fmt: skip
        ((found, _),) = check_track(Track(label.id, (beyond,), attributes), label)
        assert found == rule


# --- single values ----------------------------------------------------------------------------------

KEEPING = [
    (COLOUR, "green"),
    (SPEED, 0.0),
    (SPEED, 200),
    (GLOVE, False),
    (PLATE, ""),
]
BREAKING = [
    ("wrong-value", COLOUR, "blue"),
    ("wrong-value", COLOUR, True),
    ("wrong-value", SPEED, "50"),
    ("wrong-value", SPEED, True),
    ("wrong-value", GLOVE, "yes"),
    ("wrong-value", PLATE, 1.0),
    ("out-of-range", SPEED, -0.1),
    ("out-of-range", SPEED, 200.5),
    ("out-of-range", SPEED, 10**300),
]


@pytest.mark.parametrize(("attribute", "value"), KEEPING)
def test_a_value_that_keeps_the_rules_has_no_finding(attribute, value):
    assert list(check_value(attribute, value)) == []


@pytest.mark.parametrize(("rule", "attribute", "value"), BREAKING)
def test_a_value_that_breaks_a_rule_has_one_finding_which_is_a_sentence(rule, attribute, value):
    ((found, text),) = check_value(attribute, value)
    assert found == rule
    assert text.endswith(".")
    assert "\n" not in text


@given(some.attributes(), st.one_of(st.text(), st.booleans(), st.floats()))
def test_exactly_the_values_an_attribute_reads_are_allowed(attribute, value):
    found = list(check_value(attribute, value))
    kinds = {"checkbox": bool, "number": float}
    if type(value) is not kinds.get(attribute.kind, str):
        assert [rule for rule, _ in found] == ["wrong-value"]
    elif attribute.kind in ("select", "radio"):
        assert bool(found) == (value not in attribute.values)
    elif attribute.kind == "number":
        low = -math.inf if attribute.minimum is None else attribute.minimum
        high = math.inf if attribute.maximum is None else attribute.maximum
        assert bool(found) == (not (math.isfinite(value) and low <= value <= high))
    else:
        assert found == []
