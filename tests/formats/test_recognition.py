"""Which formats a path is in, with a reason from each."""

import json
import os
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from annotator.formats.builtin import FORMATS
from annotator.formats.label_files import labels_of_file
from annotator.formats.recognition import recognise
from annotator.formats.registry import Format, FormatError, FormatRegistry
from annotator.safe_io import InputError, Limits


def coco(folder: Path) -> Path:
    path = folder / "instances.json"
    path.write_text(json.dumps({"images": [], "annotations": [], "categories": []}))
    return path


def test_what_fits_comes_first_and_the_others_say_why_not(tmp_path):
    first, *others = recognise(coco(tmp_path), reversed(list(FORMATS)))
    assert (first.format.id, first.fits) == ("coco_instances", True)
    assert len(others) == len(list(FORMATS)) - 1
    assert all(not one.fits and one.reason for one in others)


def test_two_formats_may_fit(tmp_path):
    one = FORMATS["coco_instances"]
    twin = Format("twin", "Twin", one.can_hold, one.detect, one.open)
    found = recognise(coco(tmp_path), [*FORMATS, twin])
    assert [each.format.id for each in found if each.fits] == ["coco_instances", "twin"]


@pytest.mark.parametrize("content", [b"", b"{", b"\x00\xff" * 100, b"[" * 5_000])
def test_nonsense_is_in_no_format(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert not any(one.fits for one in recognise(path, FORMATS))


def refuse(path: Path, limits: Limits) -> NoReturn:
    raise FormatError(f"{path.name} holds more than this format can take.")


def refusing() -> Format:
    return Format("refusing", "Refusing", frozenset(), f"{__name__}:refuse", "")


def test_a_format_that_refuses_to_look_does_not_keep_the_others_from_it(tmp_path, monkeypatch):
    registry = FormatRegistry([refusing(), *FORMATS])
    assert registry.detect(coco(tmp_path)) is FORMATS["coco_instances"]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FormatError, match="not refusing: empty holds more than this format can"):
        registry.detect(empty)
    monkeypatch.setitem(FORMATS._formats, "refusing", refusing())
    path = tmp_path / "labels.txt"
    path.write_text("cat\ndog\n")
    assert [label.name for label in labels_of_file(path)] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("name", "text", "reasons"),
    [
        ("a.xml", "<annotations/>", ("a.xml is no JSON file", "a.xml is no YAML file", "no <ann")),
        ("a.json", "{}", ("misses the key", "a.json is no YAML file", "a.json is no XML file")),
        ("a.yaml", "x: 1", ("no JSON file", "none of the keys", "a.yaml is no XML file")),
        ("a.txt", "0 0.5 0.5", ("no JSON file", "no YAML file", "no XML file")),
        # Whatever the name is: it may be what it looks like.
        ("data", "\ufeff <annotations/>", ("no JSON file", "no YAML file", "no <annotations>")),
        ("data", '\ufeff {"images": 1}', ("misses the key", "no YAML file", "no XML file")),
        # What it is called is what it is said to be.
        ("a.json", "<annotations/>", ("malformed", "no YAML file", "no <annotations>")),
        ("a.xml", "{}", ("misses the key", "no YAML file", "not well-formed XML")),
        ("a.xml", "", ("cut off", "no YAML file", "it is empty")),
    ],
)
def test_a_file_of_another_kind_is_told_in_plain_words(tmp_path, name, text, reasons):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    answers = {one.format.id: one.reason for one in recognise(path, FORMATS)}
    wanted = zip(("coco_instances", "yolo_ultralytics_detect", "cvat_video"), reasons, strict=True)
    for format_id, reason in wanted:
        assert reason in answers[format_id]


@pytest.mark.parametrize("name", ["a.zip", "A.TAR.GZ", "a.7z"])
def test_an_archive_is_to_be_unpacked(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(FormatError, match=r"It is an archive: unpack it and choose the folder\.$"):
        FORMATS.detect(tmp_path / name)


@pytest.mark.parametrize(
    ("count", "told"), [(2, "nor is the other one"), (4, "nor is any of 3 others")]
)
def test_of_several_files_the_first_says_why(tmp_path, count, told):
    for number in range(count):
        (tmp_path / f"{number}.json").write_text("{}")
    answers = {one.format.id: one.reason for one in recognise(tmp_path, FORMATS)}
    assert answers["coco_instances"] == f"0.json misses the key 'images', {told}"


def test_nothing_there(tmp_path):
    path = tmp_path / "gone.json"
    for ask in (partial(recognise, path, FORMATS), partial(FORMATS.detect, path)):
        with pytest.raises(InputError, match="does not exist"):
            ask()


def test_what_cannot_be_a_path(tmp_path):
    with pytest.raises(InputError):
        recognise(tmp_path / ("x" * 5_000), FORMATS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    assert not any(one.fits for one in recognise(tmp_path / "pipe.json", FORMATS))
