"""The simple filter: its text form, and what passes it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.annotations import SOURCES, Annotation
from annotator.core.labels import Attribute, Label, LabelSchema, attribute_text
from annotator.core.query import (
    ATTRIBUTE_OPERATORS,
    COMPARISONS,
    MEASURES,
    NO_FILTER,
    AttributeTest,
    Filter,
    FilterError,
    MeasureTest,
    parse_filter,
)
from annotator.core.query_matching import mask, matches
from annotator.core.shapes import ANNOTATION_KINDS, Rectangle
from tests import strategies

COLOUR = Attribute("color", "select", ("red", "blue"), id=1)
SPEED = Attribute("speed", "number", id=2)
PARKED = Attribute("parked", "checkbox", id=3)
NOTE = Attribute("score", "text", id=4)
CAR = Label("car", attributes=(COLOUR, SPEED, PARKED, NOTE), id=10)
BUS = Label("Bus", attributes=(COLOUR,), id=11)
LABELS = LabelSchema((CAR, BUS))

texts = st.text(strategies.LINE_CHARACTERS, max_size=8)
several = {"max_size": 3}


@st.composite
def filters(draw: DrawFn) -> Filter:
    """Any filter."""
    measures = st.builds(
        MeasureTest,
        st.sampled_from(MEASURES),
        st.sampled_from(COMPARISONS),
        st.floats(allow_nan=False, allow_infinity=False),
    )
    tests = st.builds(AttributeTest, texts, st.sampled_from(ATTRIBUTE_OPERATORS), texts)
    return Filter(
        tuple(draw(st.lists(texts, **several))),
        tuple(draw(st.lists(st.sampled_from(ANNOTATION_KINDS), **several))),
        draw(st.sampled_from((None, True, False))),
        tuple(draw(st.lists(st.sampled_from(SOURCES), **several))),
        tuple(draw(st.lists(measures, **several))),
        tuple(draw(st.lists(tests, **several))),
        tuple(draw(st.lists(texts, **several))),
    )


@given(filters())
def test_reading_what_was_written_gives_the_same_filter(wanted: Filter) -> None:
    assert parse_filter(str(wanted)) == wanted


@given(st.text('abl:"\\,=<>!~ -5.', max_size=20))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    try:
        wanted = parse_filter(text)
    except FilterError as error:
        said = str(error)
    else:
        said = "."
        assert parse_filter(str(wanted)) == wanted
    assert said.endswith(".")


def test_the_text_of_the_manual_means_what_it_says() -> None:
    wanted = parse_filter(
        'label:car,"traffic light" occluded:yes area>500 color=red note~"a b" old'
    )
    assert wanted == Filter(
        labels=("car", "traffic light"),
        occluded=True,
        measures=(MeasureTest("area", ">", 500.0),),
        attributes=(AttributeTest("color", "=", "red"), AttributeTest("note", "~", "a b")),
        words=("old",),
    )
    assert str(wanted) == (
        'label:car,"traffic light" occluded:yes area>500 color=red note~"a b" old'
    )


def test_a_quoted_name_is_an_attribute() -> None:
    assert parse_filter('"score">3').attributes == (AttributeTest("score", ">", "3"),)
    assert parse_filter("score>3").measures == (MeasureTest("score", ">", 3.0),)
    assert str(parse_filter('"score">3')) == '"score">3'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("label:", "A value is missing after “label”."),
        ("label:a label:b", "is there twice"),
        ("kind:circle", "There is no kind “circle”"),
        ("source:me", "There is no source “me”"),
        ("occluded:perhaps", "yes or no"),
        ("score>much", "is not a number"),
        ("score>1e999", "is not a number"),
        ("score~1", "compared with one number"),
        ("label>3", "followed by a colon"),
        ('"open', "not closed"),
        ("color=a,b", "quote a comma"),
        ("a ,", "stands alone"),
        ('a"b"', "has no place"),
    ],
)
def test_what_means_nothing_is_told(text: str, sentence: str) -> None:
    with pytest.raises(FilterError, match=sentence):
        parse_filter(text)


def test_an_empty_filter_is_false() -> None:
    assert not parse_filter("  ")
    assert parse_filter("a")


# What passes ------------------------------------------------------------------------------------------


def _passes(wanted: Filter, one: Annotation) -> bool:
    """The definition, said for a single value in plain words."""
    label = LABELS.get(one.label)
    names = {name.casefold() for name in wanted.labels}
    box = (math.nan,) * 4 if one.shape is None else one.shape.box
    width, height = box[2] - box[0], box[3] - box[1]
    measures = {
        "score": math.nan if one.score is None else one.score,
        "width": width, "height": height, "area": width * height,
    }  # fmt: skip
    compare = {
        "=": lambda a, b: a == b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    }  # fmt: skip
    values = {
        attribute.name: one.attributes[attribute.id]
        for attribute in (label.attributes if label else ())
        if attribute.id in one.attributes
    }

    def has(test: AttributeTest) -> bool:
        if test.name not in values:
            return False
        value = values[test.name]
        text = attribute_text(value)
        try:
            wanted_number = float(test.value)
        except ValueError:
            wanted_number = math.nan
        if isinstance(value, bool):
            equal = test.value in (("yes", "true", "1") if value else ("no", "false", "0"))
        elif isinstance(value, str):
            equal = text.casefold() == test.value.casefold()
        else:
            equal = wanted_number == value
        if test.operator in ("=", "!="):
            return equal == (test.operator == "=")
        if test.operator == "~":
            return test.value.casefold() in text.casefold()
        try:
            own = math.nan if isinstance(value, bool) else float(text)
        except ValueError:
            own = math.nan
        return compare[test.operator](own, wanted_number)

    said = [one.kind, *([label.name] if label else [])]
    for name, value in values.items():
        said += [name] if value is True else [] if value is False else [attribute_text(value)]
    return (
        (not names or (label is not None and label.name.casefold() in names))
        and (not wanted.kinds or one.kind in wanted.kinds)
        and (wanted.occluded is None or one.occluded == wanted.occluded)
        and (not wanted.sources or one.source in wanted.sources)
        and all(compare[m.comparison](measures[m.measure], m.value) for m in wanted.measures)
        and all(has(test) for test in wanted.attributes)
        and all(any(word.casefold() in text.casefold() for text in said) for word in wanted.words)
    )


@st.composite
def likely_filters(draw: DrawFn) -> Filter:
    """Filters that something may pass."""
    measures = st.builds(
        MeasureTest,
        st.sampled_from(MEASURES),
        st.sampled_from(COMPARISONS),
        st.sampled_from((0.0, 0.5, 10.0, 100.0, 10_000.0)),
    )
    tests = st.builds(
        AttributeTest,
        st.sampled_from(("color", "speed", "parked", "score", "nothing")),
        st.sampled_from(ATTRIBUTE_OPERATORS),
        st.sampled_from(("red", "BLUE", "e", "yes", "0", "3", "3.5", "")),
    )
    most = draw(st.sampled_from((0, 1, 1, 2)))
    return Filter(
        tuple(draw(st.lists(st.sampled_from(("CAR", "bus", "dog")), max_size=most))),
        tuple(draw(st.lists(st.sampled_from(ANNOTATION_KINDS), max_size=most * 3))),
        draw(st.sampled_from((None, None, True, False))),
        tuple(draw(st.lists(st.sampled_from(SOURCES), max_size=most))),
        tuple(draw(st.lists(measures, max_size=most))),
        tuple(draw(st.lists(tests, max_size=most))),
        tuple(draw(st.lists(st.sampled_from(("a", "Re", "rect", "parked")), max_size=most))),
    )


@st.composite
def annotations(draw: DrawFn) -> Annotation:
    """Annotations with one of the labels, or with one that is not there."""
    one = draw(st.builds(lambda a: a, strategies.annotations()))
    label = draw(st.sampled_from((CAR, CAR, BUS, None)))
    values = {
        1: draw(st.sampled_from(("red", "blue"))),
        2: draw(st.sampled_from((0.0, 3.0, 3.5))),
        3: draw(st.booleans()),
        4: draw(st.sampled_from(("", "rear end", "3"))),
    }
    kept = draw(st.sets(st.sampled_from((1, 2, 3, 4))))
    return Annotation(
        1, 99 if label is None else label.id, one.shape,
        {key: values[key] for key in kept}, one.occluded, one.z_order, one.group, one.source,
        one.score,
    )  # fmt: skip


@given(likely_filters(), st.lists(annotations(), max_size=6))
def test_columns_pass_as_values_do(wanted: Filter, found: list[Annotation]) -> None:
    columns = AnnotationColumns.from_annotations(found)
    expected = {one.id: _passes(wanted, one) for one in found}
    passed = mask(wanted, columns, LABELS)
    assert dict(zip(columns.ids.tolist(), passed.tolist(), strict=True)) == expected
    assert [matches(wanted, one, LABELS) for one in found] == [expected[one.id] for one in found]


@given(
    st.lists(annotations(), max_size=6, unique_by=lambda one: one.id),
    st.lists(annotations(), max_size=3, unique_by=lambda one: one.id),
    st.data(),
)
def test_columns_with_changes_are_those_of_the_changed_values(
    before: list[Annotation], added: list[Annotation], data: st.DataObject
) -> None:
    ids = [one.id for one in before]
    gone = set(data.draw(st.lists(st.sampled_from(ids)) if ids else st.just([])))
    columns = AnnotationColumns.from_annotations(before).with_changes(added, gone)
    after = {one.id: one for one in before if one.id not in gone} | {one.id: one for one in added}
    expected = AnnotationColumns.from_annotations(after.values())
    for name in ("ids", "labels", "kinds", "sources", "occluded", "z_orders", "scores", "boxes"):
        np.testing.assert_array_equal(getattr(columns, name), getattr(expected, name))
    for row in range(len(expected)):
        assert columns.attributes_of(row) == expected.attributes_of(row)


def test_numbers_as_text_compare_as_numbers() -> None:
    one = Annotation(1, CAR.id, Rectangle((0, 0, 10, 20)), {2: 9.0, 3: True}, score=0.5)
    passing = [
        "speed>8.9",
        "speed=9.0",
        "parked=yes",
        "area=200",
        "score>=.5",
        "PARKED",
        "rectangle",
    ]
    failing = ["speed>10", "parked=no", "color!=red", "width>10", "blue"]
    assert all(matches(parse_filter(text), one, LABELS) for text in passing)
    assert not any(matches(parse_filter(text), one, LABELS) for text in failing)
    assert matches(NO_FILTER, one, LABELS)
