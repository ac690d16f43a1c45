"""The labels of files of every kind: lists of names, label JSON, datasets."""

import json

import pytest

from annotator.core.errors import AnnotatorError
from annotator.core.label_draft import LabelDraft
from annotator.core.labels import Label, LabelSchema
from annotator.core.schema_draft import SchemaDraft
from annotator.formats.label_files import labels_of_file
from annotator.project.imports.label_sources import (
    labels_of_project,
    with_labels_of,
    write_label_file,
)
from annotator.project.project import Project
from tests.formats.cost import calls_in

COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 10, "height": 10}],
    "categories": [{"id": 3, "name": "cat"}, {"id": 8, "name": "dog"}],
    "annotations": [],
}


@pytest.fixture
def file(tmp_path):
    def make(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    return make


def names(schema):
    return [label.name for label in schema]


@pytest.mark.parametrize("name", ["names.txt", "obj.names", "labels"])
def test_a_list_of_names(file, name):
    assert names(labels_of_file(file(name, "\ufeffcat\n\n dog \n"))) == ["cat", "dog"]


def test_label_json_with_hierarchy_and_keys(file):
    path = file(
        "labels.json", [{"name": "cat", "hotkey": "c"}, {"name": "kitten", "parent": "cat"}]
    )
    cat, kitten = labels_of_file(path)
    assert (cat.hotkey, kitten.parent) == ("c", cat.id)


def test_a_coco_file(file):
    assert names(labels_of_file(file("instances.json", COCO))) == ["cat", "dog"]


def test_a_yolo_dataset_by_its_file_and_its_folder(file):
    path = file("set/data.yaml", "path: .\ntrain: images/train\nnames:\n  0: cat\n  1: dog\n")
    file("set/images/train/a.png", b"")
    file("set/labels/train/a.txt", "0 0.5 0.5 0.1 0.1\n")
    assert names(labels_of_file(path)) == ["cat", "dog"]
    assert names(labels_of_file(path.parent)) == ["cat", "dog"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[{"name": "a"},\n {"name": "a"}]', "line 2|Line 2"),
        ('[{"name": ""}]', "needs a name"),
        ('{"a": 1}', "list"),
        ("[1]", "Line 1"),
        (b"[\xff]", "UTF-8"),
        (b"a\xff", "UTF-8"),
        ("", "no labels"),
        ('[{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]', "above itself"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(file, content, told):
    path = file("wrong.json", content)
    with pytest.raises(AnnotatorError, match=told) as caught:
        labels_of_file(path)
    assert "wrong.json" in str(caught.value)


def test_a_folder_without_a_dataset_and_no_file_are_told(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(AnnotatorError, match=str(path)):
            labels_of_file(path)


def test_what_is_written_is_read_again(tmp_path):
    draft = SchemaDraft.of(
        LabelSchema((Label("cat", hotkey="4", id=1), Label("kitten", parent=1, id=2)))
    )
    path = tmp_path / "labels.json"
    write_label_file(draft, path)
    assert '"id"' not in path.read_text("utf-8")
    cat, kitten = labels_of_file(path)
    assert (cat.hotkey, kitten.parent, kitten.name) == ("4", cat.id, "kitten")
    with pytest.raises(AnnotatorError):
        write_label_file(draft, tmp_path / "nowhere" / "labels.json")


def test_labels_of_another_project_are_only_read(tmp_path):
    with Project.create(tmp_path / "p") as project, project.edit("labels") as edit:
        edit.put_label(Label("cat", id=7))
    before = (tmp_path / "p" / "project.annotator").read_bytes()
    assert names(labels_of_project(tmp_path / "p")) == ["cat"]
    assert (tmp_path / "p" / "project.annotator").read_bytes() == before
    draft = SchemaDraft((LabelDraft("cat", hotkey="1", id=3), LabelDraft("dog", id=4)))
    both = with_labels_of(draft, tmp_path / "p", is_project=True)
    assert both.labels == draft.labels
    with pytest.raises(AnnotatorError, match="needs a name"):
        with_labels_of(draft.put(LabelDraft()), tmp_path / "p", is_project=True)


def many_labels(count: int, kind: str) -> object:
    names = [f"label {number}" for number in range(count)]
    if kind == "coco":
        return {**COCO, "categories": [{"id": at, "name": one} for at, one in enumerate(names)]}
    if kind == "yolo":
        return f"train: a.png\nnc: {count}\n"
    return names if kind == "json" else "\n".join(names)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.json", "coco"), ("data.yaml", "yolo"), ("a.json", "json"), ("names.txt", "lines")],
)
def test_many_labels_cost_no_more_for_each(file, name, kind):
    def cost(count):
        path = file(f"{count}/{name}", many_labels(count, kind))
        file(f"{count}/a.txt", "0 0.5 0.5 0.1 0.1\n")
        assert len(labels_of_file(path)) == count
        return calls_in(lambda: labels_of_file(path))

    assert cost(1_600) < 10 * cost(200)
