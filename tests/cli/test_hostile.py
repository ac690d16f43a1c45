"""Hostile files through the whole program: a sentence or a report, no crash, and nothing from outside gets in."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import write_coco

SECRET = "TOPSECRET-7351"

XXE = """<?xml version="1.0"?>
<!DOCTYPE annotations [<!ENTITY x SYSTEM "{secret}">]>
<annotations><version>1.1</version><meta><task><name>&x;</name></task></meta>
<track id="0" label="&x;"><box frame="0" xtl="0" ytl="0" xbr="1" ybr="1" outside="0" occluded="0"
keyframe="1"/></track></annotations>"""

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a ['
    + '<!ENTITY e0 "ha">'
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    + "]><annotations><version>1.1</version>&e10;</annotations>"
)

REFUSED = {
    "external entity": ("a.xml", XXE, "DTD not allowed"),
    "billion laughs": ("a.xml", LAUGHS, "DTD not allowed"),
    "deep XML": ("a.xml", "<annotations>" + "<a>" * 400 + "</a>" * 400 + "</annotations>", "256"),
    "deep JSON": ("a.json", "[" * 200_000, "200 levels"),
    "not a number": ("a.json", '{"images": [], "annotations": [], "categories": NaN}', "line 1"),
    "cut off": ("a.json", '{"images": [{"id": 1', ""),
    "nothing": ("a.json", "", ""),
    "binary": ("a.json", "\x00\x01\x02", ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_trusted_is_refused(in_one_child, tmp_path, project, case):
    name, text, reason = REFUSED[case]
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    path = tmp_path / name
    path.write_text(text.replace("{secret}", secret.as_uri()))
    own = "cvat_video" if name.endswith("xml") else "coco_instances"
    other = "coco_instances" if name.endswith("xml") else "cvat_video"
    *answers, history = in_one_child(
        ("import", project, path, "--json", "--format", own),
        ("import", project, path, "--json", "--format", other),
        ("import", project, path, "--json"),
        ("history", project, "--json"),
    )
    for answer in answers:
        assert answer.code == 1
        assert set(answer.document) == {"error"}
        assert SECRET not in answer.out + answer.err
        assert len(answer.err) < 2_000
    assert reason in answers[0].err
    assert len(history.document["steps"]) == 1


def hostile_coco(tmp_path: Path, change) -> Path:
    path = write_coco(tmp_path / "coco.json")
    loaded = json.loads(path.read_text())
    change(loaded)
    path.write_text(json.dumps(loaded))
    return path


@pytest.mark.parametrize(
    "name", ["../secret.jpg", "/{tmp}/secret.jpg", "..\\secret.jpg", "file:///{tmp}/secret.jpg"]
)
def test_pictures_outside_a_dataset_are_not_copied(cli, tmp_path, make_picture, name):
    make_picture(tmp_path / "secret.jpg", 20, 10)
    (tmp_path / "set").mkdir()

    def lead_out(loaded):
        loaded["images"][0]["file_name"] = name.replace("{tmp}", str(tmp_path).lstrip("/"))

    path = hostile_coco(tmp_path / "set", lead_out)
    for target in ("coco_instances", "yolo_ultralytics_detect"):
        out = tmp_path / f"out {target}"
        answer = cli("convert", path, out, "--to", target, "--save-images", "--json")
        assert answer.code in (1, 3)
        assert not list(out.rglob("*.jpg"))
    assert sorted(one.name for one in tmp_path.iterdir() if one.suffix) == ["secret.jpg"]


@pytest.mark.parametrize(
    "segmentation",
    [
        [[0, 0, 1e8, 0, 1e8, 1e8]],
        [[0, 0, 1e300, 0, 1e300, 1e300]],
        [[0, 0, 1, 1]],
        [[0, 0, 1, 1, 2]],
        {"size": [100, 200], "counts": "1"},
        {"size": [1_000_000, 1_000_000], "counts": [5, 5]},
        {"size": [-1, 200], "counts": [5, 5]},
        {"size": [100, 200], "counts": [5, -5, 20_000]},
        {"size": [100, 200], "counts": [5, 5]},
        "nonsense",
    ],
)
def test_geometry_that_breaks_other_programs(in_one_child, tmp_path, project, segmentation):
    def spoil(loaded):
        loaded["annotations"] = [
            one | {"segmentation": segmentation} for one in loaded["annotations"][:2]
        ] + loaded["annotations"][2:]
        loaded["annotations"][1].pop("bbox", None)

    path = hostile_coco(tmp_path, spoil)
    targets = ("coco_instances", "yolo_ultralytics_detect", "cvat_video")
    imported, *written, checked = in_one_child(
        ("import", project, path, "--json"),
        *(
            ("export", project, tmp_path / target, "--format", target, "--json")
            for target in targets
        ),
        ("doctor", project),
    )
    assert imported.code in (0, 3), imported.err
    assert sum(imported.document["annotations"].values()) >= 4
    assert {answer.code for answer in written} <= {0, 3}, written
    assert checked.code == 0


def test_numbers_and_names_that_cannot_be(in_one_child, tmp_path, project):
    def spoil(loaded):
        loaded["categories"] += [
            {"id": 1, "name": "again"}, {"id": 3, "name": "cat"}, {"id": 4, "name": "x" * 100_000},
            {"id": 5, "name": "\u202egpj\n"}, {"id": 6, "name": None}, {"id": 7, "name": ""},
        ]  # fmt: skip
        for place, category in enumerate((3, 4, 5, 6, 7, 99)):
            loaded["annotations"].append(
                {"id": 1, "image_id": place % 3, "category_id": category, "bbox": [1, 2, 3, 4]}
            )
        loaded["annotations"][0]["bbox"] = [1e308, 1e308, 1e308, 1e308]

    path = hostile_coco(tmp_path, spoil)
    imported, listed, checked, undone, after = in_one_child(
        ("import", project, path, "--json"),
        ("ls", project),
        ("doctor", project),
        ("undo", project),
        ("ls", project, "--json"),
    )
    assert imported.code == 3
    assert len(imported.document["problems"]) >= 4
    assert listed.code == checked.code == undone.code == 0
    assert "\u202e" not in listed.out
    assert after.document["labels"] == []
