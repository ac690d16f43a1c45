"""Labels while they are edited: what may be typed, what may not be kept, and what becomes of stored labels."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import InvalidValueError
from annotator.core.label_draft import AttributeDraft, ChoiceDraft, LabelDraft, PointDraft
from annotator.core.labels import MAX_NAME_LENGTH, Attribute, Label, LabelSchema
from annotator.core.schema_draft import SchemaDraft
from tests import strategies as some

CAR = LabelDraft("car", id=1)
BUS = LabelDraft("bus", id=2)
DOOR = LabelDraft("door", parent=1, id=3)
HANDLE = LabelDraft("handle", parent=3, id=4)
KNOWN = LabelSchema(tuple(label.label() for label in (CAR, BUS, DOOR, HANDLE)))
DRAFT = SchemaDraft.of(KNOWN)


def names(draft):
    return [(label.name, label.parent and draft[label.parent].name) for label in draft.in_order()]


@given(some.schemas(with_foreign=True))
def test_a_draft_that_nobody_changed_is_the_schema(schema):
    draft = SchemaDraft.of(schema)
    assert not draft.is_changed
    assert draft.errors == ()
    assert draft.schema() == schema
    assert [LabelDraft.of(label).label() for label in schema] == list(schema)


@given(some.schemas(min_size=2), st.data())
def test_every_change_of_the_tree_keeps_the_laws(schema, data):
    draft = SchemaDraft.of(schema)
    for _ in range(4):
        ids = [label.id for label in draft.labels]
        if not ids:
            break
        one = st.sampled_from(ids)
        match data.draw(st.sampled_from(("move", "remove", "sort"))):
            case "move":
                parent = data.draw(st.one_of(st.none(), one))
                before = data.draw(st.one_of(st.none(), one))
                draft = draft.moved(data.draw(st.lists(one, max_size=3)), parent, before)
            case "remove":
                draft = draft.without(data.draw(st.lists(one, max_size=2)))
            case _:
                draft = draft.sorted_by_name()
        assert [label.id for label in draft.in_order()] or not draft.labels
        assert {label.id for label in draft.in_order()} == {label.id for label in draft.labels}
    assert draft.errors == ()
    draft.schema()


def test_what_stands_below_a_label_moves_up_when_it_goes():
    assert names(DRAFT.without([3])) == [("car", None), ("handle", "car"), ("bus", None)]
    assert names(DRAFT.without([1, 3])) == [("bus", None), ("handle", None)]
    assert DRAFT.without([3]).gone == (KNOWN[3],)


def test_a_label_never_comes_to_stand_below_itself():
    assert DRAFT.moved([1], 4) == DRAFT.moved([], None)
    assert names(DRAFT.moved([1, 2], 2)) == names(DRAFT.moved([1], 2))


def test_moving_sets_the_order_and_the_parent():
    assert names(DRAFT.moved([2], 1, before=3)) == [
        ("car", None), ("bus", "car"), ("door", "car"), ("handle", "door"),
    ]  # fmt: skip
    assert next(label.name for label in DRAFT.moved([2], None, before=1).labels) == "bus"


@pytest.mark.parametrize(
    ("ids", "before", "order"),
    [
        ([2], 2, "abcd"),
        ([2, 3], 3, "abcd"),
        ([2, 3], 2, "abcd"),
        ([3, 2], 3, "acbd"),
        ([4], 4, "abcd"),
        ([1, 3], 3, "bacd"),
        ([2], 3, "abcd"),
        ([2], None, "acdb"),
    ],
)
def test_a_label_that_is_dropped_onto_its_place_stays_there(ids, before, order):
    draft = SchemaDraft(tuple(LabelDraft(name, id=i) for i, name in enumerate("abcd", 1)))
    assert "".join(one.name for one in draft.moved(ids, None, before).labels) == order


def test_very_many_labels_each_below_the_other():
    labels = [LabelDraft(f"{i}", parent=i - 1 or None, id=i) for i in range(1, 1501)]
    draft = SchemaDraft(tuple(labels))
    assert list(draft.in_order()) == labels
    assert list(draft.below(1)) == labels[1:]
    assert draft.moved([2], None).children(None) == (labels[0], replace(labels[1], parent=None))


def test_sorting_keeps_the_hierarchy():
    assert names(DRAFT.sorted_by_name()) == [
        ("bus", None), ("car", None), ("door", "car"), ("handle", "door"),
    ]  # fmt: skip


def test_merging_takes_annotations_children_and_attributes_along():
    colour = AttributeDraft("colour", "select", (ChoiceDraft("red", "red"),), id=11)
    other = AttributeDraft("colour", "select", (ChoiceDraft("blue", "blue"),), id=21)
    plate = AttributeDraft("plate", "text", id=22)
    draft = DRAFT.put(
        replace(BUS, attributes=(colour,)), replace(CAR, attributes=(other, plate))
    ).merged([1], 2)
    assert names(draft) == [("bus", None), ("door", "bus"), ("handle", "door")]
    merged = draft[2]
    blue = ChoiceDraft("blue", merged=((21, "blue"),))
    assert merged.attributes[0].choices == (ChoiceDraft("red", "red"), blue)
    assert merged.attributes[1] == plate
    assert draft.target(1) == 2
    bare = DRAFT.put(replace(CAR, attributes=(plate,))).merged([1], 2, take_over=False)
    assert bare[2].attributes == ()


def test_merging_into_a_label_below_makes_no_circle():
    draft = DRAFT.merged([1, 3], 4)
    assert names(draft) == [("bus", None), ("handle", None)]
    draft.schema()


def test_skeletons_are_merged_only_where_their_points_are_the_same():
    man = LabelDraft("man", kind="skeleton", points=(PointDraft("head"),), id=8)
    dog = LabelDraft("dog", kind="skeleton", points=(PointDraft("tail"),), id=9)
    with pytest.raises(InvalidValueError, match="same skeleton points"):
        DRAFT.put(man, dog).merged([8], 9)
    with pytest.raises(InvalidValueError, match="same skeleton points"):
        DRAFT.put(man).merged([8], 1)


def test_annotations_follow_a_label_that_is_merged_again():
    draft = DRAFT.merged([1], 2).merged([2], 3)
    assert (draft.target(1), draft.target(2)) == (3, 3)
    gone = draft.without([3])
    assert gone.target(1) is None
    assert gone.with_target(3, 4).target(1) == 4


@given(st.lists(st.none() | st.integers(1, 8), max_size=8))
def test_circles_are_those_who_come_by_themselves_again(parents):
    labels = [LabelDraft(f"{i}", parent=parent, id=i) for i, parent in enumerate(parents, 1)]
    draft = SchemaDraft(tuple(labels))
    above = dict(enumerate(parents, 1))

    def comes_back(start: int) -> bool:
        one = start
        for _ in parents:
            one = above.get(one)
            if one == start:
                return True
        return False

    told = {one.label for one in draft.problems if "above itself" in one.text}
    assert told == {one.id for one in labels if comes_back(one.id)}
    assert {one.id for one in draft.in_order()} == set(range(1, len(parents) + 1))


def test_labels_told_in_a_circle_stay_visible_and_are_told():
    draft = DRAFT.put(replace(CAR, parent=4))
    assert {label.id for label in draft.in_order()} == {1, 2, 3, 4}
    assert sum("stands above itself" in one.text for one in draft.errors) == 3
    with pytest.raises(InvalidValueError):
        draft.schema()


@pytest.mark.parametrize(
    ("label", "told"),
    [
        (LabelDraft("  "), "needs a name"),
        (LabelDraft("x" * (MAX_NAME_LENGTH + 1)), "longer than"),
        (LabelDraft("a\nb"), "line break"),
        (LabelDraft("car"), "two labels named 'car'"),
        (LabelDraft("new", colour="red"), "#rrggbb"),
        (LabelDraft("new", parent=99), "does not exist"),
        (LabelDraft("new", kind="skeleton"), "at least one point"),
        (LabelDraft("new", attributes=(AttributeDraft("", "text"),)), "needs a name"),
        (LabelDraft("new", attributes=(AttributeDraft("a"),)), "no values"),
        (LabelDraft("new", attributes=(AttributeDraft("a", choices=(ChoiceDraft(" "),)),)), "empty value"),
        (LabelDraft("new", attributes=(AttributeDraft("a", "number", minimum="few"),)), "lowest value"),
        (LabelDraft("new", attributes=(AttributeDraft("a", "number", step="1_0"),)), "is a number"),
        (LabelDraft("new", attributes=(AttributeDraft("a", "number", default="x"),)), "'x' is not"),
        (LabelDraft("new", attributes=(AttributeDraft("a", "text"),) * 2), "same name"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_of_its_label(label, told):
    draft = DRAFT.put(label)
    assert [one.label for one in draft.errors] == [label.id]
    assert told in draft.errors[0].text


def test_every_attribute_that_is_wrong_is_told():
    label = LabelDraft(
        "", attributes=(AttributeDraft("a"), AttributeDraft("b", "text", default="x"))
    )
    texts = [one.text for one in DRAFT.put(label).errors]
    assert len(texts) == 2
    assert "no values" in texts[0]
    assert "needs a name" in texts[1]


def test_the_same_key_twice_is_told_but_allowed():
    draft = DRAFT.put(replace(CAR, hotkey="1"), replace(BUS, hotkey="1"))
    assert draft.errors == ()
    assert [(one.label, one.level) for one in draft.problems] == [(2, "warning")]
    draft.schema()


def test_a_stored_label_that_is_odd_can_stay_as_it_is():
    """A value of nothing but spaces came from some file; it is no reason to refuse other changes."""
    odd = Label("odd", attributes=(Attribute("a", "select", (" ",)),), id=5)
    draft = SchemaDraft.of(LabelSchema((odd,)))
    assert draft.put(LabelDraft("new")).errors == ()


def test_values_that_were_renamed_are_known():
    choices = (ChoiceDraft("crimson", "red"), ChoiceDraft("blue", "blue"), ChoiceDraft("green"))
    draft = DRAFT.put(
        replace(CAR, attributes=(AttributeDraft("colour", "select", choices, id=11),))
    )
    assert draft.renamed_values == {11: {"red": "crimson"}}


def test_values_that_were_renamed_before_or_after_a_merge_are_known():
    colour = AttributeDraft("colour", "select", (ChoiceDraft("crimson", "red"),), id=11)
    other = AttributeDraft("colour", "select", (ChoiceDraft("green", "green"),), id=21)
    both = DRAFT.put(replace(CAR, attributes=(colour,)), replace(BUS, attributes=(other,)))
    draft = both.merged([1], 2)
    assert draft.renamed_values == {11: {"red": "crimson"}}
    merged = draft[2].attributes[0]
    green, crimson = merged.choices
    scarlet = replace(merged, choices=(green, replace(crimson, text="scarlet")))
    draft = draft.put(replace(draft[2], attributes=(scarlet,)))
    assert draft.renamed_values == {11: {"red": "scarlet"}}
    draft = draft.merged([2], 3)
    assert draft.renamed_values == {11: {"red": "scarlet"}}
    # Typed as text, it is still known which value is which.
    draft = draft.with_schema(draft.schema())
    assert draft.renamed_values == {11: {"red": "scarlet"}}
    # What is not taken over finds the value of its new name where there is one.
    assert both.merged([1], 2, take_over=False).renamed_values == {}
    known = replace(other, choices=(ChoiceDraft("crimson", "crimson"),))
    draft = both.put(replace(BUS, attributes=(known,))).merged([1], 2, take_over=False)
    assert draft.renamed_values == {11: {"red": "crimson"}}


def test_labels_of_another_schema_are_put_beside_what_was_typed():
    typed = DRAFT.put(replace(CAR, attributes=(
        AttributeDraft("colour", "select", (ChoiceDraft("crimson", "red"),), id=11),)))  # fmt: skip
    schema = LabelSchema((*typed.schema(), Label("bike", id=9)))
    draft = typed.with_schema(schema)
    assert draft.labels[:4] == typed.labels
    assert draft[9].name == "bike"
