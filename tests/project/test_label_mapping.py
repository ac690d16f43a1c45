"""Labels of a dataset and of a project: which are the same, and what becomes of attributes and points."""

from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given, settings

from annotator.core.labels import (
    PALETTE,
    Attribute,
    Label,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
)
from annotator.core.shapes import Points, Skeleton, SkeletonElement
from annotator.project.imports.label_mapping import Refusals, map_labels, merged_labels
from tests import strategies


def schema(*labels: Label) -> LabelSchema:
    return LabelSchema(labels)


def target_name(known: LabelSchema, found: LabelSchema, label: Label) -> str:
    return merged_labels(known, found)[map_labels(known, found).labels[label.id]].name


def test_labels_of_one_name_are_one_and_others_are_new():
    known = schema(Label("cat"), Label("dog"))
    found = schema(Label("dog"), Label("cow", "#123456"))
    mapping = map_labels(known, found)
    assert mapping.labels[found.named("dog").id] == known.named("dog").id
    assert mapping.new == ["cow"]
    assert [label.colour for label in mapping.put.values()] == ["#123456"]


def test_a_new_label_looks_like_no_known_one():
    """Readers of formats without colours begin with the palette's first, as the project did."""
    yellow, teal, red = PALETTE[:3]
    known = schema(Label("cat", yellow), Label("dog", teal))
    found = schema(Label("cow", yellow), Label("dog", teal), Label("hen", red), Label("pig", teal))
    colours = {label.name: label.colour for label in merged_labels(known, found)}
    assert (colours["cat"], colours["dog"], colours["hen"]) == (yellow, teal, red)
    assert len(set(colours.values())) == len(colours)
    assert set(colours.values()) <= set(PALETTE)


def test_a_colour_that_somebody_chose_stays():
    chosen = "#123456"
    assert chosen not in PALETTE
    known = schema(Label("cat", chosen))
    (_, cow) = merged_labels(known, schema(Label("cow", chosen)))
    assert cow.colour == chosen
    both = schema(Label("hen", PALETTE[0]), Label("pig", PALETTE[0]))
    assert [one.colour for one in merged_labels(schema(), both)] == [PALETTE[0]] * 2


def test_a_known_label_gains_the_foreign_values_of_formats_it_has_none_of():
    known = schema(Label("cat", foreign={"cvat": {"id": 3}}), Label("dog"))
    found = schema(
        Label("cat", foreign={"cvat": {"id": 9}, "coco": {"id": 7, "supercategory": "pet"}}),
        Label("dog"),
    )
    cat, dog = merged_labels(known, found)
    assert cat.foreign == {"cvat": {"id": 3}, "coco": {"id": 7, "supercategory": "pet"}}
    assert dog.foreign == {}
    assert set(map_labels(known, found).put) == {cat.id}
    assert map_labels(schema(cat, dog), found).put == {}


def test_a_known_label_keeps_its_colour_and_gains_the_attributes_it_lacks():
    age = Attribute("age", "number")
    known = schema(Label("cat", "#111111", attributes=(Attribute("name", "text"),)))
    found = schema(Label("cat", "#222222", attributes=(Attribute("name", "text"), age)))
    (cat,) = merged_labels(known, found)
    assert (cat.id, cat.colour) == (known.named("cat").id, "#111111")
    assert [one.name for one in cat.attributes] == ["name", "age"]
    mapping = map_labels(known, found)
    assert mapping.new == []
    assert mapping.attributes[age.id].name == "age"


def test_a_label_that_lacks_nothing_is_not_written():
    known = schema(Label("cat", attributes=(Attribute("age", "number"), Attribute("name"))))
    found = schema(Label("cat", attributes=(Attribute("name"),)))
    assert map_labels(known, found).put == {}


@pytest.mark.parametrize(
    ("attribute", "value", "stored"),
    [
        (Attribute("a", "number"), "2.5", 2.5),
        (Attribute("a", "number"), 2.0, 2.0),
        (Attribute("a", "number", maximum=1.0), 7.0, 7.0),
        (Attribute("a", "checkbox"), "yes", True),
        (Attribute("a", "checkbox"), True, True),
        (Attribute("a", "checkbox"), 1.0, True),
        (Attribute("a", "text"), 3.0, "3"),
        (Attribute("a", "text"), False, "false"),
        (Attribute("a", "select", ("1", "2")), 2.0, "2"),
    ],
)
def test_values_become_those_of_the_known_attribute(attribute, value, stored):
    same = Attribute("a", "text")
    mapping = map_labels(
        schema(Label("cat", attributes=(attribute,))), schema(Label("cat", attributes=(same,)))
    )
    refusals = Refusals()
    assert mapping.values_of({same.id: value}, refusals) == {attribute.id: stored}
    assert refusals.texts() == []


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (Attribute("a", "number"), "old"),
        (Attribute("a", "number"), "nan"),
        (Attribute("a", "number"), True),
        (Attribute("a", "checkbox"), "maybe"),
        (Attribute("a", "select", ("red", "green")), "blue"),
    ],
)
def test_values_that_do_not_fit_are_left_out_and_told_once_for_the_attribute(attribute, value):
    same = Attribute("a", "text")
    mapping = map_labels(
        schema(Label("cat", attributes=(attribute,))), schema(Label("cat", attributes=(same,)))
    )
    refusals = Refusals()
    for _ in range(3):
        assert mapping.values_of({same.id: value}, refusals) == {}
    (text,) = refusals.texts()
    assert "'a'" in text
    assert "(values of this attribute: 3)" in text


def test_an_attribute_that_changes_along_tracks_in_the_dataset_may_do_so_in_the_project():
    fixed, moving = Attribute("a"), Attribute("a", mutable=True)
    (label,) = merged_labels(
        schema(Label("cat", attributes=(fixed,))), schema(Label("cat", attributes=(moving,)))
    )
    assert label.attributes[0].mutable
    assert label.attributes[0].id == fixed.id


def test_points_of_a_skeleton_are_mapped_by_name_whatever_their_order():
    def person(*names: str) -> Label:
        points = tuple(TemplatePoint(name) for name in names)
        return Label("person", kind="skeleton", skeleton=SkeletonTemplate(points))

    known, found = person("head", "hand", "foot"), person("foot", "head", "hand")
    mapping = map_labels(schema(known), schema(found))
    assert mapping.put == {}
    shape = Skeleton(
        {p.id: SkeletonElement(Points([[i, i]])) for i, p in enumerate(found.skeleton.points)}
    )
    mapped = mapping.shape_of(shape, Refusals())
    places = {
        point.name: mapped.elements[point.id].shape.points.tolist()
        for point in known.skeleton.points
    }
    assert places == {"foot": [[0, 0]], "head": [[1, 1]], "hand": [[2, 2]]}


def test_attributes_of_points_that_the_project_lacks_are_added():
    glove = Attribute("glove", "checkbox")
    hand, gloved = TemplatePoint("hand"), TemplatePoint("hand", attributes=(glove,))
    known = Label("person", kind="skeleton", skeleton=SkeletonTemplate((hand,)))
    found = Label("person", kind="skeleton", skeleton=SkeletonTemplate((gloved,)))
    mapping = map_labels(schema(known), schema(found))
    (label,) = mapping.put.values()
    assert label.id == known.id
    assert [one.name for one in label.skeleton.points[0].attributes] == ["glove"]
    shape = Skeleton({gloved.id: SkeletonElement(Points([[1, 2]]), attributes={glove.id: True})})
    element = mapping.shape_of(shape, Refusals()).elements[hand.id]
    assert element.attributes == {glove.id: True}


def test_a_skeleton_with_other_points_becomes_a_label_of_its_own():
    def person(*names: str) -> Label:
        points = tuple(TemplatePoint(name) for name in names)
        return Label("person", kind="skeleton", skeleton=SkeletonTemplate(points))

    known, found = schema(person("head")), schema(person("head", "hand"))
    assert map_labels(known, found).new == ["person (2)"]
    plain = schema(Label("person"))
    assert map_labels(plain, found).new == ["person (2)"]
    assert map_labels(found, plain).new == []


def test_labels_below_labels_are_told_apart_by_what_is_above_them():
    car, bike = Label("car"), Label("bike")
    known = schema(car, bike, Label("wheel", parent=car.id), Label("wheel", parent=bike.id))
    other_car, other_bike = Label("car"), Label("bike")
    wheel, other = Label("wheel", parent=other_bike.id), Label("wheel", parent=other_car.id)
    found = schema(wheel, other, other_bike, other_car)  # also where those above come later
    mapping = map_labels(known, found)
    assert mapping.put == {}
    assert known[mapping.labels[wheel.id]].parent == bike.id
    assert known[mapping.labels[other.id]].parent == car.id


def test_names_of_formats_without_hierarchy_find_their_labels_again():
    car, bike = Label("car"), Label("bike")
    bell = Label("bell", parent=bike.id)
    known = schema(car, bike, Label("wheel", parent=car.id), Label("wheel", parent=bike.id), bell)
    flat = schema(Label("car/wheel"), Label("bell"), Label("wheel"))
    mapping = map_labels(known, flat)
    assert known[mapping.labels[flat.named("car/wheel").id]].parent == car.id
    assert mapping.labels[flat.named("bell").id] == bell.id
    assert mapping.new == ["wheel"]


def test_a_label_that_stands_deeper_in_the_dataset_is_the_known_one_of_its_name():
    animal = Label("animal")
    known, found = schema(Label("cat")), schema(animal, Label("cat", parent=animal.id))
    mapping = map_labels(known, found)
    assert mapping.labels[found.named("cat").id] == known.named("cat").id
    assert mapping.new == ["animal"]


def test_a_new_label_goes_below_the_known_one_above_it():
    known, above = schema(Label("car")), Label("car")
    found = schema(above, Label("wheel", parent=above.id))
    merged = merged_labels(known, found)
    assert merged.named("wheel").parent == known.named("car").id


@settings(max_examples=60)
@given(strategies.schemas(max_size=3), strategies.schemas(max_size=3))
def test_every_label_finds_a_place_and_a_second_time_nothing_is_new(known, found):
    known, found = _with_few_names(known, 1 << 40), _with_few_names(found, 1 << 41)
    mapping = map_labels(known, found)
    merged = merged_labels(known, found)
    assert set(mapping.labels) == {label.id for label in found}
    assert set(mapping.labels.values()) <= {label.id for label in merged}
    assert {label.id for label in known} <= {label.id for label in merged}
    if not _has_other_points(known, found):
        again = map_labels(merged, found)
        assert again.put == {}
        assert again.labels == mapping.labels


def _with_few_names(labels: LabelSchema, shift: int) -> LabelSchema:
    """Labels that are called a, b, c, with ids that no other schema has."""

    def moved(attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
        return tuple(replace(one, id=one.id + shift) for one in attributes)

    def template(label: Label) -> SkeletonTemplate | None:
        if label.skeleton is None:
            return None
        return SkeletonTemplate(
            tuple(
                replace(point, id=point.id + shift, attributes=moved(point.attributes))
                for point in label.skeleton.points
            )
        )

    return LabelSchema(
        tuple(
            replace(
                label,
                name=name,
                id=label.id + shift,
                parent=None if label.parent is None else label.parent + shift,
                attributes=moved(label.attributes),
                skeleton=template(label),
            )
            for label, name in zip(labels, "abc", strict=False)
        )
    )


def _has_other_points(known: LabelSchema, found: LabelSchema) -> bool:
    """Whether a name is a skeleton's here and something else there, which gives a number each time."""
    pairs = ((known.named(label.name), label) for label in found if label.skeleton is not None)
    return any(
        other is not None
        and {p.name for p in (other.skeleton.points if other.skeleton else ())}
        != {p.name for p in label.skeleton.points}
        for other, label in pairs
    )


def test_a_name_in_another_spelling_is_the_same_label():
    """Names of folders on macOS have letters and their marks apart."""
    letter, marked = normalize("NFC", "Bär"), normalize("NFD", "Bär")
    for stored, found in ((letter, marked), (marked, letter)):
        known = schema(Label(stored))
        one = Label(found)
        mapping = map_labels(known, schema(one))
        assert mapping.new == []
        assert mapping.labels[one.id] == known.named(stored).id


def test_labels_that_are_two_by_their_spelling_stay_two():
    letter, marked = Label(normalize("NFC", "Bär")), Label(normalize("NFD", "Bär"))
    known = schema(Label(letter.name))
    mapping = map_labels(known, schema(letter, marked))
    assert mapping.labels[letter.id] == known.named(letter.name).id
    assert mapping.new == [marked.name]
