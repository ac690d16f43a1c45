"""`create --labels` with what the label editor writes."""

import json

from annotator.project.project import Project


def test_hierarchy_and_keys_of_a_label_file_are_kept(cli, tmp_path, make_picture):
    make_picture(tmp_path / "pictures" / "a.png", 8, 8)
    labels = tmp_path / "labels.json"
    entries = [{"name": "car", "hotkey": "3"}, {"name": "taxi", "parent": "car"}]
    labels.write_text(json.dumps(entries), "utf-8")
    result = cli("create", tmp_path / "new", tmp_path / "pictures", "--labels", labels)
    assert result.code == 0, result
    with Project.open(tmp_path / "new", read_only=True) as project:
        car, taxi = project.labels
    assert (car.hotkey, taxi.parent) == ("3", car.id)
