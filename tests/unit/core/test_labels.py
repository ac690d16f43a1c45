import math
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError, InvalidValueError
from annotator.core.labels import (
    ATTRIBUTE_KINDS,
    LABEL_KINDS,
    MAX_NAME_LENGTH,
    PALETTE,
    Attribute,
    Label,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
    attribute_text,
    checked_colour,
    checked_name,
    next_colour,
)
from annotator.core.shapes import ANNOTATION_KINDS
from annotator.core.validation import check_value
from tests import strategies as some

NOSE = TemplatePoint("nose", id=1)
TAIL = TemplatePoint("tail", id=2)


def keeps_the_laws(schema):
    labels = {label.id: label for label in schema}
    assert len(labels) == len(schema)
    names = {(label.parent, label.name) for label in schema}
    assert len(names) == len(schema)
    for label in schema:
        above = label
        for _ in range(len(schema) + 1):
            if above.parent is None:
                break
            above = labels[above.parent]
        assert above.parent is None, "a circle"


# --- names and colours ------------------------------------------------------------------------------


@given(some.names(), st.sampled_from(("", " ", "\t", "\n ")))
def test_a_name_loses_the_spaces_at_its_ends_only(name, space):
    assert checked_name(space + name + space, "A label") == name


@pytest.mark.parametrize(
    "name", ["", "  ", "a\nb", "a\tb", "a\x00b", "a\x85b", "a\u2028b", "a\x7fb", "a\ud800b"]
)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(AnnotatorError):
        Label(name)


@given(st.text())
def test_every_name_is_one_line_that_files_can_hold(text):
    try:
        name = checked_name(text, "A label")
    except InvalidValueError:
        return
    assert name.splitlines() == [name]
    assert name.encode("utf-8").decode("utf-8") == name
    assert 0 < len(name) <= MAX_NAME_LENGTH


def test_long_names_are_refused():
    assert len(Label("n" * MAX_NAME_LENGTH).name) == MAX_NAME_LENGTH
    with pytest.raises(InvalidValueError, match="longer than"):
        Label("n" * (MAX_NAME_LENGTH + 1))


def test_colours_are_small_letters():
    assert checked_colour(" #AbCdEf ") == "#abcdef"


@pytest.mark.parametrize("colour", ["red", "#abc", "#12345g", "123456", "", "#1234567"])
def test_other_colours_are_refused(colour):
    with pytest.raises(InvalidValueError, match="#rrggbb"):
        Label("a", colour)


def test_the_next_colour_is_one_that_is_used_least():
    used = []
    for _ in range(2 * len(PALETTE)):
        used.append(next_colour(used))
    assert used == [*PALETTE, *PALETTE]
    assert next_colour(["#000000", PALETTE[0]]) == PALETTE[1]


def test_the_palette_has_no_colour_twice():
    assert len(set(PALETTE)) == len(PALETTE) == len({checked_colour(c) for c in PALETTE})


# --- attributes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ATTRIBUTE_KINDS)
def test_a_value_is_the_same_after_writing_and_reading_it(kind):
    @given(st.data(), some.attributes(kinds=[kind]))
    def law(data, attribute):
        value = data.draw(some.values_of(attribute))
        read = attribute.parse(attribute_text(value))
        assert read == value
        assert type(read) is type(value)

    law()


@given(some.numbers())
def test_numbers_are_written_short_and_exact(number):
    text = attribute_text(number)
    assert float(text) == number
    assert len(text) <= len(repr(number))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (3.0, "3"),
        (3, "3"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e15, "1000000000000000.0"),
        (2**60, "1152921504606846976"),
        (10**400, "1" + "0" * 400),
        ("3.0", "3.0"),
        ("", ""),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ],
)
def test_values_as_text(value, text):
    assert attribute_text(value) == text


@given(some.attributes())
def test_the_default_is_a_value_of_the_attribute(attribute):
    assert list(check_value(attribute, attribute.default_value)) == []


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (Attribute("a", "select", ("x", "y")), "x"),
        (Attribute("a", "radio", ("x", "y"), default="y"), "y"),
        (Attribute("a", "checkbox"), False),
        (Attribute("a", "checkbox", default="yes"), True),
        (Attribute("a", "number"), 0.0),
        (Attribute("a", "number", minimum=2.0), 2.0),
        (Attribute("a", "number", minimum=2.0, default="7"), 7.0),
        (Attribute("a", "text"), ""),
        (Attribute("a", "text", default="hm"), "hm"),
    ],
)
def test_default_values(attribute, value):
    assert attribute.default_value == value
    assert type(attribute.default_value) is type(value)


@pytest.mark.parametrize(("text", "value"), [(" TRUE ", True), ("1", True), ("No", False)])
def test_the_words_of_a_check_box(text, value):
    assert Attribute("a", "checkbox").parse(text) is value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("checkbox", "maybe"),
        ("checkbox", "2"),
        ("number", ""),
        ("number", "wide"),
        ("number", "nan"),
        ("number", "-inf"),
        ("number", "1e999"),
        ("number", "1_000"),
        ("number", "1,5"),
        ("select", "z"),
        ("radio", ""),
        ("select", "X"),
    ],
)
def test_text_that_is_no_value_is_refused_and_names_the_attribute(kind, text):
    values = ("x", "y") if kind in ("select", "radio") else ()
    with pytest.raises(InvalidValueError, match="'size'"):
        Attribute("size", kind, values).parse(text)


def test_a_number_beyond_the_range_is_read_as_it_is():
    assert Attribute("a", "number", minimum=0.0, maximum=1.0).parse("5") == 5.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Attribute(""),
        lambda: Attribute("a", "slider"),
        lambda: Attribute("a", "select"),
        lambda: Attribute("a", "radio", ("x", "x")),
        lambda: Attribute("a", "select", ("x",), default="y"),
        lambda: Attribute("a", "number", default="many"),
        lambda: Attribute("a", "checkbox", default="perhaps"),
        lambda: Attribute("a", "number", minimum=2.0, maximum=1.0),
        lambda: Attribute("a", "number", step=math.nan),
        lambda: Attribute("a", "number", maximum=math.inf),
    ],
)
def test_attributes_that_make_no_sense_are_refused(make):
    with pytest.raises(InvalidValueError):
        make()


# --- labels and skeleton templates ------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: Label("a", kind="box"),
        lambda: Label("a", kind="skeleton"),
        lambda: Label("a", skeleton=SkeletonTemplate((NOSE,))),
        lambda: Label("a", attributes=(Attribute("x", id=1), Attribute("x", id=2))),
        lambda: Label("a", attributes=(Attribute("x", id=1), Attribute("y", id=1))),
        lambda: SkeletonTemplate(()),
        lambda: SkeletonTemplate((NOSE, TemplatePoint("nose", id=3))),
        lambda: SkeletonTemplate((NOSE, TemplatePoint("ear", id=1))),
        lambda: SkeletonTemplate((NOSE, TAIL), ((1, 3),)),
        lambda: SkeletonTemplate((NOSE, TAIL), ((1, 1),)),
        lambda: TemplatePoint(" "),
        lambda: TemplatePoint("a", x=math.nan),
        lambda: TemplatePoint("a", kind="dot"),
        lambda: TemplatePoint("a", colour="blue"),
        lambda: TemplatePoint("a", attributes=(Attribute("x", id=1), Attribute("x", id=2))),
    ],
)
def test_labels_and_templates_that_make_no_sense_are_refused(make):
    with pytest.raises(InvalidValueError):
        make()


@pytest.mark.parametrize("kind", LABEL_KINDS)
def test_a_label_accepts_its_kind(kind):
    template = SkeletonTemplate((NOSE,)) if kind == "skeleton" else None
    accepted = {
        other
        for other in ANNOTATION_KINDS
        if Label("a", kind=kind, skeleton=template).accepts(other)
    }
    # A skeleton needs the template, which only labels of that kind have.
    assert accepted == (set(ANNOTATION_KINDS) - {"skeleton"} if kind == "any" else {kind})


def test_attributes_and_points_are_found_by_id_and_name():
    attribute = Attribute("size", id=9)
    label = Label(
        "a", kind="skeleton", attributes=(attribute,), skeleton=SkeletonTemplate((NOSE, TAIL))
    )
    assert label.attribute(9) is label.attribute_named("size") is attribute
    assert label.attribute(8) is label.attribute_named("Size") is None
    assert label.skeleton.point(2) is label.skeleton.point_named("tail") is TAIL
    assert label.skeleton.point(3) is label.skeleton.point_named("ear") is None
    assert label.defaults() == {9: ""}


def test_a_label_keeps_its_own_foreign_values():
    foreign = {"coco_instances": {"id": 3}}
    label = Label("a", foreign=foreign)
    foreign.clear()
    assert label.foreign == {"coco_instances": {"id": 3}}


# --- the schema -------------------------------------------------------------------------------------


@some.fewer
@given(some.schemas(with_foreign=True))
def test_schemas_keep_the_laws_and_find_their_labels(schema):
    keeps_the_laws(schema)
    for label in schema:
        assert schema[label.id] is schema.get(label.id) is label
        assert label.id in schema
        assert schema.named(label.name) is label  # names are different in what is drawn
        assert label.parent is None or label in schema.children(label.parent)
    assert schema.get(-1) is None
    assert schema.named("\n") is None
    assert -1 not in schema
    assert list(schema) == list(schema.labels)


@some.fewer
@given(some.schemas(with_foreign=True))
def test_a_pickled_schema_is_equal(schema):
    len(schema)
    schema.named("a")  # what it remembers of itself is no part of it
    other = pickle.loads(pickle.dumps(schema))
    assert other == schema
    assert hash(other) == hash(schema)
    assert [label.skeleton for label in other] == [label.skeleton for label in schema]


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([Label("a", id=1), Label("b", id=1)], "same id"),
        ([Label("a", id=1), Label("a", id=2)], "two labels named 'a'"),
        (
            [Label("top", id=1), Label("a", parent=1, id=2), Label("a", parent=1, id=3)],
            "two labels named 'a'",
        ),
        ([Label("a", parent=9, id=1)], "above 'a' does not exist"),
        ([Label("a", parent=1, id=1)], "stands above itself"),
        ([Label("a", parent=2, id=1), Label("b", parent=1, id=2)], "stands above itself"),
        (
            [Label("c", parent=1, id=3), Label("a", parent=2, id=1), Label("b", parent=1, id=2)],
            "stands above itself",
        ),
    ],
)
def test_a_schema_that_breaks_a_law_is_refused(labels, says):
    with pytest.raises(InvalidValueError, match=says):
        LabelSchema(tuple(labels))


def test_the_same_name_below_two_labels_is_allowed_and_the_one_at_the_top_is_found():
    schema = LabelSchema(
        (
            Label("car", id=1),
            Label("door", parent=1, id=2),
            Label("house", id=3),
            Label("door", parent=3, id=4),
            Label("window", parent=3, id=5),
        )
    )
    assert schema.named("door").id == 2
    assert schema.with_label(Label("door", id=6)).named("door").id == 6
    assert schema.named("window").id == 5
    assert [label.id for label in schema.children(3)] == [4, 5]


@given(st.data(), some.schemas())
def test_a_schema_with_another_label_keeps_the_laws_or_refuses_it(data, schema):
    ids = [label.id for label in schema]
    names = [label.name for label in schema]
    label = Label(
        data.draw(some.names() | st.sampled_from(names)),
        parent=data.draw(st.sampled_from([None, *ids, 10**6])),
        id=data.draw(st.sampled_from([*ids, 10**6])),
    )
    try:
        after = schema.with_label(label)
    except InvalidValueError:
        after = None
    others = {other.id: other for other in schema if other.id != label.id}
    taken = any((o.parent, o.name) == (label.parent, label.name) for o in others.values())
    above = label.parent
    while above in others:
        above = others[above].parent
    if taken or above is not None:
        assert after is None
        return
    keeps_the_laws(after)
    assert after[label.id] is label
    replaced = [label.id if old == label.id else old for old in ids]
    assert [found.id for found in after][: len(ids)] == replaced
    assert len(after) == len(others) + 1


@given(st.data(), some.schemas())
def test_a_schema_without_a_label_keeps_the_laws(data, schema):
    gone = data.draw(st.sampled_from(schema.labels))
    after = schema.without(gone.id)
    keeps_the_laws(after)
    assert [label.id for label in after] == [label.id for label in schema if label is not gone]
    for label in after:
        parent = schema[label.id].parent
        assert label == replace(
            schema[label.id], parent=gone.parent if parent == gone.id else parent
        )


def test_a_child_that_cannot_move_up_is_a_clear_refusal():
    schema = LabelSchema((Label("car", id=1), Label("door", parent=1, id=2), Label("door", id=3)))
    with pytest.raises(InvalidValueError, match="two labels named 'door'"):
        schema.without(1)


def test_a_label_that_is_not_there_cannot_be_taken_away():
    with pytest.raises(KeyError):
        LabelSchema().without(1)


@some.fewer
@given(some.schemas())
def test_renaming_a_label_rewrites_nothing_else(schema):
    label = schema.labels[0]
    renamed = schema.with_label(replace(label, name=label.name + "!" * 20))
    assert [found.id for found in renamed] == [found.id for found in schema]
    assert renamed.labels[1:] == schema.labels[1:]
