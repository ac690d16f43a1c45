"""Labels as a text to be edited: nothing is lost on the way there and back, and mistakes have lines."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.label_draft import AttributeDraft, ChoiceDraft, LabelDraft
from annotator.core.labels import Attribute, Label, SkeletonTemplate, TemplatePoint
from annotator.core.schema_draft import SchemaDraft
from annotator.formats.cvat.label_text import text_from_labels
from annotator.formats.cvat.label_text_reading import LabelTextError, labels_from_text
from annotator.formats.cvat.svg import drawing_from_svg
from annotator.formats.json_lines import lines_of_values
from annotator.formats.label_files import labels_of_file
from tests import strategies as some


def mistakes_of(text):
    try:
        labels_from_text(text)
    except LabelTextError as error:
        return error.mistakes
    return None


@given(some.schemas(with_foreign=True, max_size=6))
@settings(max_examples=300)
def test_a_schema_comes_back_from_its_text_as_it_was(schema):
    draft = SchemaDraft.of(schema)
    text = text_from_labels(draft.labels)
    back = SchemaDraft(labels_from_text(text, draft.labels).labels, schema)
    assert back.labels == draft.labels
    assert back.schema() == schema


@given(some.schemas(max_size=5))
@settings(max_examples=150)
def test_a_text_without_ids_finds_the_same_labels_by_name(schema):
    draft = SchemaDraft.of(schema)
    text = text_from_labels(draft.labels, ids=False)
    assert labels_from_text(text, draft.labels).labels == draft.labels


@given(some.json_values())
def test_every_json_is_either_read_or_told_with_a_line(value):
    text = json.dumps(value, indent=1)
    mistakes = mistakes_of(text)
    assert mistakes is None or mistakes
    assert all(1 <= one.line <= text.count("\n") + 1 for one in mistakes or ())


@given(st.text(max_size=40))
def test_nonsense_is_told_with_a_line(text):
    assert all(one.text.endswith(".") for one in mistakes_of(text) or ())


@given(some.json_values())
def test_the_lines_of_values_are_those_the_encoder_wrote_them_on(value):
    text = json.dumps({"a": [value, 1]}, indent=1)
    lines = lines_of_values(text)
    assert lines[()] == 1
    assert lines[("a",)] == 2
    assert lines[("a", 0)] == 3
    assert lines[("a", 1)] == text.count("\n") - 1


def test_keys_and_order_are_cvats():
    points = (TemplatePoint("foot", 10.0, 80.0, id=1), TemplatePoint("head", 10.0, 20.0, id=2))
    speed = Attribute("speed", "number", minimum=0.0, maximum=9.0)
    man = Label(
        "man",
        "#010203",
        "skeleton",
        attributes=(speed,),
        skeleton=SkeletonTemplate(points, ((1, 2),)),
    )
    (entry,) = json.loads(text_from_labels([LabelDraft.of(man)], ids=False))
    assert list(entry) == ["name", "color", "type", "attributes", "sublabels", "svg"]
    assert (entry["name"], entry["color"], entry["type"]) == ("man", "#010203", "skeleton")
    assert entry["attributes"] == [
        {
            "name": "speed",
            "input_type": "number",
            "mutable": False,
            "values": ["0", "9", ""],
            "default_value": "0",
        }
    ]
    assert [list(one) for one in entry["sublabels"]] == [
        ["name", "color", "type", "attributes"]
    ] * 2
    assert [one["name"] for one in entry["sublabels"]] == ["foot", "head"]
    drawing = drawing_from_svg(entry["svg"])
    assert dict(drawing.places) == {"foot": (10.0, 80.0), "head": (10.0, 20.0)}
    assert drawing.edges == (("foot", "head"),)


def test_a_file_for_others_tells_by_an_id_which_of_equal_names_is_above(tmp_path):
    labels = (
        LabelDraft("door", id=1),
        LabelDraft("door", parent=1, id=2),
        LabelDraft("handle", parent=2, id=3, attributes=(AttributeDraft("old", "checkbox"),)),
        LabelDraft("knob", parent=3, id=4),
    )
    text = text_from_labels(labels, ids=False)
    assert [one.get("id") for one in json.loads(text)] == [1, 2, None, None]
    path = tmp_path / "labels.json"
    path.write_text(text, "utf-8")
    door, inner, handle, knob = labels_of_file(path)
    assert (inner.parent, handle.parent, knob.parent) == (door.id, inner.id, handle.id)


def test_a_new_name_is_the_same_label_by_its_id():
    label = LabelDraft("car", foreign={"x": 1}, id=7)
    text = text_from_labels([label]).replace('"car"', '"vehicle"')
    (read,) = labels_from_text(text, [label]).labels
    assert (read.id, read.name, read.foreign) == (7, "vehicle", {"x": 1})


def test_a_copied_block_is_a_new_label():
    label = LabelDraft("car", attributes=(AttributeDraft("plate", "text"),))
    entry = json.loads(text_from_labels([label]))[0]
    text = json.dumps([entry, {**entry, "name": "bus"}])
    first, second = labels_from_text(text, [label]).labels
    assert first == label
    assert second.id != label.id
    assert second.attributes[0].id != label.attributes[0].id


def test_values_remember_what_they_were_stored_as():
    choices = (ChoiceDraft("crimson", "red"), ChoiceDraft("blue", "blue"))
    label = LabelDraft("car", attributes=(AttributeDraft("colour", "select", choices),))
    text = text_from_labels([label]).replace('"blue"]', '"blue", "green"]')
    (read,) = labels_from_text(text, [label]).labels
    assert read.attributes[0].choices == (*choices, ChoiceDraft("green"))


def test_a_parent_is_named_or_told_by_its_id_where_a_name_does_not_tell():
    labels = (
        LabelDraft("car", id=1),
        LabelDraft("bus", id=2),
        LabelDraft("door", parent=1, id=3),
        LabelDraft("door", parent=2, id=4),
        LabelDraft("handle", parent=4, id=5),
    )
    text = text_from_labels(labels)
    assert [one.get("parent") for one in json.loads(text)] == [None, None, "car", "bus", 4]
    assert labels_from_text(text, labels).labels == labels


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "empty"),
        ("[\n {\n", 1, "cut off"),
        ('[\n {"name": "a",}\n]', 2, "malformed"),
        ('{"name": "a"}', 1, "a list"),
        ('[\n "a",\n 5\n]', 3, "not a number"),
        ('[\n {\n  "color": "#123456"\n }\n]', 2, "'name'"),
        ('[{"name": "a",\n "type": "blob"}]', 2, "no type"),
        ('[{"name": "a",\n "colour": "#123456"}]', 2, "Is it 'color'?"),
        ('[{"name": "a",\n "attributes": {}}]', 2, "a list"),
        ('[{"name": "a", "attributes": [\n {"name": "b", "input_type": "dropdown"}]}]', 2, "no input type"),
        ('[{"name": "a", "attributes": [{"name": "b",\n "mutable": "yes"}]}]', 2, "true or false"),
        ('[{"name": "a", "attributes": [{"name": "b", "values": ["x",\n {}]}]}]', 2, "an object"),
        ('[{"name": "a",\n "parent": "b"}]', 2, "No label is named"),
        ('[{"name": "a",\n "parent": 3}]', 2, "No label has the id 3"),
        ('[{"name": "a",\n "parent": [1]}]', 2, "not a list"),
        ('[{"name": "s", "sublabels": ["p"],\n "svg": "<circle"}]', 2, "drawing"),
        ('[{"name": "s", "type": "skeleton",\n "sublabels": [3]}]', 2, "not a number"),
        ('[{"name": "s", "type": "any",\n "sublabels": ["p"]}]', 2, "go with the type"),
        ("[" * 300 + "]" * 300, 1, "nested"),
    ],
)  # fmt: skip
def test_mistakes_have_a_line_and_a_sentence(text, line, told):
    with pytest.raises(LabelTextError, match="Line") as caught:
        labels_from_text(text)
    mistake = caught.value.mistakes[0]
    assert mistake.line == line
    assert told in mistake.text


def test_all_mistakes_are_told_at_once():
    text = '[\n{"name": "a", "type": "x"},\n{"name": 3},\n{"name": "b", "hotkey": 1}\n]'
    with pytest.raises(LabelTextError) as caught:
        labels_from_text(text)
    assert [one.line for one in caught.value.mistakes] == [2, 3, 4]


def test_the_lines_of_labels_and_attributes_are_known():
    labels = (LabelDraft("a", id=1), LabelDraft("", attributes=(AttributeDraft("b", id=3),), id=2))
    text = text_from_labels(labels)
    lines = labels_from_text(text, labels).lines
    rows = ["", *text.split("\n")]
    assert '"name": "b"' in rows[lines[3]]
    assert [rows[lines[one]].strip() for one in (1, 2)] == ['"name": "a",', '"name": "",']


def test_cvats_own_text_is_read():
    text = json.dumps(
        [
            {
                "name": "car", "id": 17, "color": "#AA00ff", "type": "bbox", "has_parent": False,
                "attributes": [
                    {"id": 3, "name": "speed", "input_type": "number", "mutable": True,
                     "values": ["0", "120", "5"], "default_value": "10"},
                    {"name": "seen", "input_type": "checkbox", "values": ["false"], "default_value": False},
                    {"name": "note", "input_type": "text", "values": [""], "default_value": ""},
                    {"name": "kind", "input_type": "select", "values": "van\nbus"},
                ],
            },
            {"name": "man", "type": "skeleton",
             "svg": '<line data-type="edge" data-node-from="1" data-node-to="2"></line>'
                    '<circle cx="10" cy="20.5" data-node-id="1" data-label-id="8"></circle>'
                    '<circle cx="30" cy="40" data-node-id="2" data-label-id="9"></circle>',
             "sublabels": [{"name": "foot", "id": 9, "attributes": []}, {"name": "head", "id": 8}]},
            "dog",
        ]
    )  # fmt: skip
    schema = SchemaDraft(labels_from_text(text).labels).schema()
    car, man, dog = schema
    assert (car.kind, car.colour) == ("rectangle", "#aa00ff")
    assert [one.default for one in car.attributes] == ["10", "false", "", ""]
    assert car.attributes[3].values == ("van", "bus")
    foot, head = man.skeleton.points
    assert ((foot.x, foot.y), (head.x, head.y)) == ((30.0, 40.0), (10.0, 20.5))
    assert man.skeleton.edges == ((head.id, foot.id),)
    assert dog.kind == "any"
