import math
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.labels import Attribute, Label, LabelSchema, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    Polyline,
    Rectangle,
    Skeleton,
    SkeletonElement,
)
from annotator.core.validation import Rule, check_annotation, check_track, check_value
from tests import strategies as some

COLOUR = Attribute("colour", "select", ("red", "green"), id=11)
SPEED = Attribute("speed", "number", minimum=0.0, maximum=200.0, mutable=True, id=12)
GLOVE = Attribute("glove", "checkbox", id=13)
CAR, BOXED, PERSON, SEEN = 1, 2, 3, 4
LABELS = LabelSchema(
    (
        Label("car", attributes=(COLOUR, SPEED), id=CAR),
        Label("boxed", kind="rectangle", id=BOXED),
        Label(
            "person",
            kind="skeleton",
            skeleton=SkeletonTemplate(
                (
                    TemplatePoint("head", kind="any", id=31),
                    TemplatePoint("hand", attributes=(GLOVE,), id=32),
                )
            ),
            id=PERSON,
        ),
        Label("seen", kind="tag", id=SEEN),
    )
)
SIZE = (100, 80)
BOX = Rectangle((10, 10, 20, 20))
RIGHT = {11: "red", 12: 50.0}
HEAD = SkeletonElement(Points([[5, 5]]))
HAND = SkeletonElement(Points([[6, 6]]), attributes={13: True})
RING = np.array([[0, 0], [8, 0], [8, 8]], dtype=float)


def rules(label, shape, attributes=None):
    annotation = Annotation(0, label, shape, {} if attributes is None else attributes)
    return [finding.rule for finding in check_annotation(annotation, LABELS, SIZE)]


KEEPING = [
    (CAR, BOX, RIGHT),
    (CAR, Mask((0, 0), (1, 1), [0, 1]), RIGHT),
    (CAR, None, RIGHT),
    (CAR, BOX, {11: "green", 12: 0.0}),
    (CAR, BOX, {11: "green", 12: 200}),
    (BOXED, BOX, {}),
    (BOXED, Rectangle((0, 0, 100, 80)), {}),
    (SEEN, None, {}),
    (PERSON, Skeleton({31: HEAD, 32: HAND}), {}),
    (PERSON, Skeleton({31: SkeletonElement(BOX)}), {}),
    (PERSON, Skeleton({}), {}),
    (CAR, Polyline([[0, 0], [100, 80]]), RIGHT),
    (CAR, Points([[0, 80]]), RIGHT),
]
BREAKING = [
    ("unknown-label", 99, BOX, {}),
    ("kind-not-allowed", BOXED, Points([[1, 1]]), {}),
    ("kind-not-allowed", BOXED, None, {}),
    ("kind-not-allowed", SEEN, BOX, {}),
    ("kind-not-allowed", PERSON, BOX, {}),
    ("kind-not-allowed", CAR, Skeleton({}), RIGHT),
    ("kind-not-allowed", PERSON, Skeleton({32: replace(HAND, shape=BOX)}), {}),
    ("unknown-attribute", BOXED, BOX, {11: "red"}),
    ("unknown-attribute", PERSON, Skeleton({31: replace(HEAD, attributes={13: True})}), {}),
    ("missing-attribute", CAR, BOX, {11: "red"}),
    ("missing-attribute", PERSON, Skeleton({32: replace(HAND, attributes={})}), {}),
    ("wrong-value", CAR, BOX, {11: "blue", 12: 50.0}),
    ("wrong-value", CAR, BOX, {11: True, 12: 50.0}),
    ("wrong-value", CAR, BOX, {11: "red", 12: "50"}),
    ("wrong-value", CAR, BOX, {11: "red", 12: True}),
    ("wrong-value", PERSON, Skeleton({32: replace(HAND, attributes={13: "yes"})}), {}),
    ("out-of-range", CAR, BOX, {11: "red", 12: -0.1}),
    ("out-of-range", CAR, BOX, {11: "red", 12: 200.5}),
    ("out-of-range", CAR, BOX, {11: "red", 12: 10**300}),
    ("outside-image", BOXED, Rectangle((-1, 0, 5, 5)), {}),
    ("outside-image", BOXED, Rectangle((0, -1, 5, 5)), {}),
    ("outside-image", BOXED, Rectangle((0, 0, 100.5, 5)), {}),
    ("outside-image", BOXED, Rectangle((0, 0, 5, 80.5)), {}),
    ("outside-image", BOXED, Rectangle((0, 0, 100, 80), 45), {}),
    (
        "outside-image",
        PERSON,
        Skeleton({31: HEAD, 32: replace(HAND, shape=Points([[101, 1]]))}),
        {},
    ),
    ("no-area", BOXED, Rectangle((3, 3, 3, 9)), {}),
    ("no-area", CAR, Ellipse((5, 5), (0, 2)), RIGHT),
    ("no-area", CAR, Polygon.from_ring(RING[[0, 1, 0]]), RIGHT),
    ("no-area", CAR, Mask((0, 0), (2, 2), [4]), RIGHT),
    ("no-area", CAR, Cuboid(np.zeros((8, 2))), RIGHT),
    ("unknown-element", PERSON, Skeleton({31: HEAD, 77: HEAD}), {}),
]


@pytest.mark.parametrize(("label", "shape", "attributes"), KEEPING)
def test_what_keeps_the_rules_has_no_finding(label, shape, attributes):
    assert rules(label, shape, attributes) == []


@pytest.mark.parametrize(("rule", "label", "shape", "attributes"), BREAKING)
def test_what_breaks_one_rule_has_one_finding(rule, label, shape, attributes):
    assert rules(label, shape, attributes) == [rule]


def test_every_rule_has_a_case_that_breaks_it():
    assert {rule for rule, *_ in BREAKING} == set(get_args(Rule))


def test_a_finding_names_the_annotation_and_is_a_sentence():
    for _, label, shape, attributes in BREAKING:
        annotation = Annotation(0, label, shape, attributes)
        (finding,) = check_annotation(annotation, LABELS, SIZE)
        assert finding.annotation == annotation.id
        assert finding.text.endswith(".")
        assert "\n" not in finding.text


def test_all_that_is_wrong_is_found_at_once():
    assert rules(CAR, Rectangle((-5, 1, 5, 1)), {11: "blue", 99: 1.0}) == [
        "wrong-value", "unknown-attribute", "missing-attribute", "no-area", "outside-image",
    ]  # fmt: skip


def test_nothing_lies_beyond_a_picture_of_unknown_size():
    annotation = Annotation(0, BOXED, Rectangle((-9, 0, 5, 5)))
    assert check_annotation(annotation, LABELS) == []


@some.fewer
@given(some.labelled({"kinds": ("any", "skeleton")}, max_size=3))
def test_annotations_that_fit_the_schema_have_findings_about_their_place_only(drawn):
    schema, annotations = drawn
    for annotation in annotations:
        found = {finding.rule for finding in check_annotation(annotation, schema)}
        assert found <= {"no-area"}


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


# --- tracks -----------------------------------------------------------------------------------------


def track_rules(*keyframes, label=CAR, attributes=None):
    track = Track(label, keyframes, {11: "red"} if attributes is None else attributes)
    found = check_track(track, LABELS, SIZE)
    assert {finding.annotation for finding in found} <= {track.id}
    return [finding.rule for finding in found]


def test_a_track_has_the_attributes_of_both_its_own_and_its_key_frames():
    first, second = Keyframe(0, BOX, attributes={12: 1.0}), Keyframe(9, BOX, attributes={12: 2.0})
    assert track_rules(first, second) == []
    assert track_rules(first, replace(second, attributes={})) == ["missing-attribute"]
    assert track_rules(first, second, attributes={}) == ["missing-attribute"]


def test_what_is_wrong_on_many_key_frames_is_found_once():
    keyframes = [Keyframe(n, BOX, attributes={12: 999.0}) for n in range(5)]
    assert track_rules(*keyframes) == ["out-of-range"]
    assert track_rules(*keyframes, label=99) == ["unknown-label"]


def test_an_object_that_has_left_may_lie_beyond_the_picture():
    beyond = Rectangle((-20, 0, -10, 10))
    here, gone = Keyframe(0, BOX, attributes={12: 1.0}), Keyframe(9, beyond, attributes={12: 1.0})
    assert track_rules(here, gone) == ["outside-image"]
    assert track_rules(here, replace(gone, outside=True)) == []


def test_a_track_without_key_frames_has_no_findings():
    assert track_rules() == []
