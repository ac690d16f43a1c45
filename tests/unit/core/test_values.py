"""What the fields of annotations and labels may hold."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import InvalidValueError
from annotator.core.labels import Attribute, Label, TemplatePoint
from annotator.core.shapes import Points, Rectangle, Skeleton, SkeletonElement
from annotator.core.values import finite_number

BOX = Rectangle((0, 0, 4, 3))
ANNOTATION = Annotation(1, 2, BOX)
KEYFRAME = Keyframe(1, BOX)
TRACK = Track(2, (KEYFRAME,))

INTEGERS = [
    *((ANNOTATION, name) for name in ("id", "frame", "label", "group", "z_order")),
    *((KEYFRAME, name) for name in ("frame", "z_order")),
    *((TRACK, name) for name in ("id", "label", "group")),
    *((Label("cat"), name) for name in ("id", "parent")),
    (Attribute("age"), "id"),
    (TemplatePoint("nose"), "id"),
]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7.0), (" -2.5 ", -2.5), ("1e3", 1000.0),
        ("", None), ("x", None), ("nan", None), ("-inf", None), ("1e999", None), ("1_000", None),
    ],
)  # fmt: skip
def test_numbers_that_are_written(text, number):
    assert finite_number(text) == number


@pytest.mark.parametrize(("value", "name"), INTEGERS)
@pytest.mark.parametrize("kind", [np.int8, np.int32, np.int64, np.uint16, bool])
def test_whole_numbers_become_ints(value, name, kind):
    changed = replace(value, **{name: kind(1)})
    assert getattr(changed, name) == 1
    assert type(getattr(changed, name)) is int


@pytest.mark.parametrize(("value", "name"), INTEGERS)
@pytest.mark.parametrize("wrong", [1.5, "7", object(), 2**63, -(2**63) - 1, np.float64(2.0)])
def test_what_is_no_whole_number_of_64_bits_is_refused(value, name, wrong):
    with pytest.raises(InvalidValueError, match=r"\.$"):
        replace(value, **{name: wrong})


@pytest.mark.parametrize("value", [ANNOTATION, KEYFRAME])
@pytest.mark.parametrize("score", [np.float32(0.5), np.float16(0.5), np.float64(0.5)])
def test_a_score_becomes_a_float(value, score):
    changed = replace(value, score=score)
    assert changed.score == 0.5
    assert type(changed.score) is float


@pytest.mark.parametrize("score", [float("nan"), "0.5", b"x", object(), np.float32("nan"), 2])
def test_what_is_no_score_is_refused(score):
    with pytest.raises(InvalidValueError):
        replace(ANNOTATION, score=score)


def with_attributes(attributes):
    yield replace(ANNOTATION, attributes=attributes).attributes
    yield replace(KEYFRAME, attributes=attributes).attributes
    yield replace(TRACK, attributes=attributes).attributes
    yield SkeletonElement(Points([[1, 2]]), attributes=attributes).attributes


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a", "a"), (np.str_("b"), "b"), (True, True), (np.bool_(1), True), (3, 3.0),
        (np.int32(4), 4.0), (np.float32(0.5), 0.5), (2.5, 2.5),
    ],
)  # fmt: skip
def test_attribute_values_become_texts_flags_and_floats(given, kept):
    for attributes in with_attributes({np.int64(9): given}):
        assert attributes == {9: kept}
        assert [type(key) for key in attributes] == [int]
        assert type(attributes[9]) is type(kept)


@pytest.mark.parametrize(
    "attributes",
    [
        {1: None}, {1: []}, {1: float("nan")}, {1: float("-inf")}, {1: 10**400}, {1: "\ud800"},
        {1: b"x"}, {1: object()}, {"1": "a"}, {2**63: "a"},
    ],
)  # fmt: skip
def test_what_is_no_attribute_value_is_refused(attributes):
    makers = [
        lambda: replace(ANNOTATION, attributes=attributes),
        lambda: replace(KEYFRAME, attributes=attributes),
        lambda: replace(TRACK, attributes=attributes),
        lambda: SkeletonElement(Points([[1, 2]]), attributes=attributes),
    ]
    for make in makers:
        with pytest.raises(InvalidValueError, match=r"\.$"):
            make()


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "wrong",
    [
        float("nan"), [float("inf")], {"a": np.float32(1)}, {1: "a"}, "\ud800", {"\ud800": 1}, 2**64,
        -(2**63) - 1, b"x", {1, 2}, object(), deep(100_000),
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [ANNOTATION, KEYFRAME, TRACK, Label("cat")])
def test_what_is_no_json_is_no_foreign_value(value, wrong):
    with pytest.raises(InvalidValueError, match=r"\.$"):
        replace(value, foreign={"coco": wrong})


def test_json_is_a_foreign_value():
    foreign = {"coco": {"id": 2**64 - 1, "a": [None, True, -1.5, "é", {}], "deep": deep(50)}}
    assert replace(ANNOTATION, foreign=foreign).foreign == foreign


def test_elements_of_a_skeleton_have_ids():
    element = SkeletonElement(Points([[1, 2]]))
    assert [type(point) for point in Skeleton({np.int64(4): element}).elements] == [int]
    with pytest.raises(InvalidValueError):
        Skeleton({"nose": element})


@pytest.mark.parametrize(
    "make",
    [
        lambda: Label(7),
        lambda: Label("cat", 0xFF),
        lambda: Label("cat", hotkey="\ud800"),
        lambda: Attribute("a", "select", ("\ud800",)),
        lambda: Attribute("a", "text", default="\ud800"),
        lambda: Attribute("a", "number", minimum="1"),
        lambda: TemplatePoint("nose", x=None),
    ],
)
def test_labels_hold_what_can_be_written(make):
    with pytest.raises(InvalidValueError, match=r"\.$"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda text: Points([[text, 1.0]]),
        lambda text: Rectangle((text, 0, 1, 1)),
        lambda text: Annotation(1, 2, None, source=text),
        lambda text: Attribute("size", kind=text),
        lambda text: TemplatePoint("nose", kind=text),
        lambda text: Label("cat", kind=text),
    ],
)
def test_what_is_quoted_makes_no_sentence_endless(make: Callable[[Any], object]) -> None:
    with pytest.raises(InvalidValueError) as raised:
        make("x\n" * 100_000)
    assert len(str(raised.value)) < 200
    assert "\n" not in str(raised.value)
