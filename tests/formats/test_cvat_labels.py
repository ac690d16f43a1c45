"""CVAT's label JSON and lists of names."""

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from annotator.core.errors import AnnotatorError
from annotator.core.labels import Attribute, Label, LabelSchema
from annotator.core.schema_draft import SchemaDraft
from annotator.formats.cvat.label_text import text_from_labels
from annotator.formats.facts import label_facts
from annotator.formats.label_files import labels_of_file
from tests.formats.cvat_values import schemas

RAW = [
    {
        "name": "car",
        "id": 17,
        "color": "#AA00ff",
        "type": "rectangle",
        "attributes": [
            {
                "id": 3,
                "name": "speed",
                "input_type": "number",
                "mutable": True,
                "values": ["0", "120", "5"],
                "default_value": "10",
            },
            {
                "name": "kind",
                "input_type": "select",
                "values": ["van", "bus"],
                "default_value": "bus",
            },
            {
                "name": "lights",
                "input_type": "checkbox",
                "values": ["false"],
                "default_value": False,
            },
            {"name": "years", "input_type": "radio", "values": [1, 2.5], "default_value": 1},
        ],
    },
    {
        "name": "man",
        "type": "skeleton",
        "svg": '<line data-type="edge" data-node-from="1" data-node-to="2"></line>'
        '<circle cx="10" cy="20.5" data-node-id="1" data-label-id="8"></circle>'
        '<circle cx="30" cy="40" data-node-id="2" data-label-id="9"></circle>',
        "sublabels": [
            {
                "name": "foot",
                "type": "points",
                "id": 9,
                "color": "#010203",
                "attributes": [],
                "has_parent": True,
            },
            {"name": "head", "type": "points", "id": 8, "attributes": [{"name": "hat"}]},
        ],
    },
    "dog",
]


@pytest.fixture
def file(tmp_path):
    def make(content):
        path = tmp_path / "labels.txt"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        return path

    return make


def test_raw_labels(file):
    car, man, dog = labels_of_file(file(RAW))
    assert (car.name, car.colour, car.kind) == ("car", "#aa00ff", "rectangle")
    speed, kind, lights, years = car.attributes
    assert (speed.minimum, speed.maximum, speed.step, speed.default, speed.mutable) == (
        0,
        120,
        5,
        "10",
        True,
    )
    assert (kind.values, kind.default, kind.mutable) == (("van", "bus"), "bus", False)
    assert (lights.kind, lights.default_value) == ("checkbox", False)
    assert (years.values, years.default) == (("1", "2.5"), "1")
    # The order of the sublabels counts; the drawing names them by id.
    foot, head = man.skeleton.points
    assert [(p.name, p.x, p.y, p.colour) for p in (foot, head)] == [
        ("foot", 30, 40, "#010203"), ("head", 10, 20.5, man.colour),
    ]  # fmt: skip
    assert man.skeleton.edges == ((head.id, foot.id),)
    assert [one.name for one in head.attributes] == ["hat"]
    assert (dog.name, dog.kind) == ("dog", "any")
    assert len({car.colour, man.colour, dog.colour}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "car\ndog\n", "\ufeffcar\r\n\r\n  dog  ", '["car", "dog"]', '{"labels": ["car", {"name": "dog"}], "x": 1}',
    ],
)  # fmt: skip
def test_lists_of_names(file, text):
    assert [label.name for label in labels_of_file(file(text))] == ["car", "dog"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "has no labels"),
        ("[]", "has no labels"),
        ('{"labels": []}', "has no labels"),
        ("car\ndog\ncar\n", "Line 3: There are two labels named 'car'"),
        ('["car", 5]', "Line 1: A label is an object in braces or a name, not a number"),
        ('[{"color": "#ff0000"}]', "Line 1: A label needs the key 'name' with a text"),
        ('[{"name": ""}]', "needs a name"),
        ('[{"name": "a", "color": "red"}]', "#rrggbb"),
        ('[{"name": "a", "type": "blob"}]', "'blob' is no type"),
        ('[{"name": "a", "type": "skeleton"}]', "needs at least one point"),
        (
            '[{"name": "a", "attributes": [{"name": "x", "input_type": "select"}]}]',
            "no values to choose from",
        ),
        (
            '[{"name": "a", "attributes": [{"name": "x", "mutable": "yes"}]}]',
            "'mutable' is true or false",
        ),
        ('[{"name": "a"}', "its JSON is cut off"),
        ("[" * 100000, "nested"),
        ('[{"name": "a", "attributes": [{"name": "x", "default_value": NaN}]}]', "Line 1"),
    ],
)
def test_one_sentence_says_what_is_wrong_and_where(file, content, reason):
    path = file(content)
    with pytest.raises(AnnotatorError, match=reason) as caught:
        labels_of_file(path)
    assert str(caught.value).startswith(str(path))


def test_text_that_is_not_utf8(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_bytes(b"car\nb\xe4r\n")
    with pytest.raises(AnnotatorError, match="line 2: the text is not UTF-8"):
        labels_of_file(path)


def written(schema: LabelSchema) -> str:
    return text_from_labels(SchemaDraft.of(schema).labels, ids=False)


def test_written_as_cvat_has_it():
    hat = Attribute("hat", "radio", ("yes", "no"))
    entries = json.loads(written(LabelSchema((Label("é", "#010203", "tag", attributes=(hat,)),))))
    assert entries == [
        {
            "name": "é",
            "color": "#010203",
            "type": "tag",
            # CVAT wants a default that is one of the values.
            "attributes": [
                {"name": "hat", "input_type": "radio", "mutable": False, "values": ["yes", "no"],
                 "default_value": "yes"}
            ],
        }
    ]  # fmt: skip


def test_raw_labels_survive(file, tmp_path):
    labels = labels_of_file(file(RAW))
    path = tmp_path / "again.json"
    path.write_text(written(labels), encoding="utf-8")
    assert sorted(label_facts(labels_of_file(path))) == sorted(label_facts(labels))


@settings(max_examples=100)
@given(schemas())
def test_what_was_read_is_written_and_read_the_same(tmp_path_factory, schema):
    # What a person types has no choice that is empty.
    attributes = [one for label in schema for one in all_attributes(label)]
    assume(all(value.strip() for one in attributes for value in one.values))
    path = tmp_path_factory.mktemp("labels") / "labels.json"
    path.write_text(written(schema), encoding="utf-8")
    once = labels_of_file(path)
    assert [_outline(one, once) for one in once] == [_outline(one, schema) for one in schema]
    path.write_text(written(once), encoding="utf-8")
    twice = labels_of_file(path)
    assert [_effective(one) for one in twice] == [_effective(one) for one in once]


def _outline(label: Label, schema: LabelSchema):
    above = None if label.parent is None else schema.labels.index(schema[label.parent])
    return label.name, label.kind, label.colour, label.hotkey, above


def all_attributes(label: Label) -> list[Attribute]:
    points = label.skeleton.points if label.skeleton else ()
    return [*label.attributes, *(one for point in points for one in point.attributes)]


def _effective(label: Label):
    """All of a label, with defaults as values: the first choice may be written out."""
    bare = replace(label, attributes=(), parent=None)
    return sorted(label_facts(LabelSchema((bare,)))), [
        (
            one.name,
            one.kind,
            one.values,
            one.minimum,
            one.maximum,
            one.step,
            one.mutable,
            one.default_value,
        )
        for one in label.attributes
    ]
