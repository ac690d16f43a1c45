"""Which formats a path is in, with a reason from each."""

import json
import os
from pathlib import Path

import pytest

from annotator.formats.builtin import FORMATS
from annotator.formats.recognition import recognise
from annotator.formats.registry import Format
from annotator.safe_io import InputError


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


def test_nothing_there(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        recognise(tmp_path / "gone.json", FORMATS)


def test_what_cannot_be_a_path(tmp_path):
    with pytest.raises(InputError):
        recognise(tmp_path / ("x" * 5_000), FORMATS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    assert not any(one.fits for one in recognise(tmp_path / "pipe.json", FORMATS))
