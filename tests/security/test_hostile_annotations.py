"""Annotation files that were made to do harm, for every format: each is a problem or one clear refusal, quickly.

Each case is read and written again as COCO and YOLO in a process of its own, since what the C code of other
libraries makes of it can end a process.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError
from annotator.formats.builtin import FORMATS
from annotator.formats.memory import MemoryDataset
from tests.formats.random_datasets import write_header
from tests.security.child import run_in_child

MARKER = "TOPSECRET"
MARKUP = '<img src="file:///etc/passwd">'
SECONDS = 1.0
MEGABYTES = 150

# Reads each case, writes what was read in other formats, and tells what came of it.
READ = """
import json, re, sys, tempfile, time
from pathlib import Path
from annotator.core.errors import AnnotatorError
from annotator.formats.builtin import FORMATS
from annotator.formats.memory import MemoryDataset
import msgspec, numpy, yaml, lxml.etree, pycocotools.mask

def most_memory():
    status = Path("/proc/self/status")
    return int(re.search("VmHWM:\\\\s+(\\\\d+)", status.read_text())[1]) / 1024 if status.exists() else 0

one, outcomes = FORMATS[sys.argv[1]], {}
for name, path in json.loads(sys.argv[2]).items():
    before, start = most_memory(), time.process_time()
    refused, rules, seen, seconds = False, [], "", None
    try:
        verdict = one.verdict(Path(path))
        dataset = MemoryDataset.read(one.read(Path(path)))
        rules = sorted({problem.rule for problem in dataset.problems})
        seconds = time.process_time() - start
        seen = verdict.reason + repr(dataset.header) + "".join(map(repr, dataset.items()))
        for other in ("coco_instances", "yolo_ultralytics_detect"):
            with tempfile.TemporaryDirectory() as folder:
                FORMATS[other].losses(dataset)
                FORMATS[other].write(dataset, Path(folder))
    except AnnotatorError as error:
        refused, seen = True, seen + str(error)
    whole = time.process_time() - start
    needed = most_memory() - before
    outcomes[name] = [refused, rules, seen[:200000], seconds or whole, whole, needed]
print(json.dumps(outcomes))
"""

Case = tuple[Path, str]
"""What is to be read, and what has to come of it: "refused", "read", or the rule of a problem."""


# --- one generator of cases for each format


def coco_cases(root: Path, secret: Path) -> Iterator[tuple[str, Case]]:
    image = {"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}
    category = {"id": 1, "name": "cat"}
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}

    def file(name: str, text: str | bytes, outcome: str) -> tuple[str, Case]:
        path = root / name / "annotations.json"
        path.parent.mkdir()
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name, (path.parent, outcome)

    def dataset(name: str, outcome: str, *records: dict[str, Any], **top: Any) -> tuple[str, Case]:
        records = tuple({**box, "id": place, **one} for place, one in enumerate(records, 1))
        content = {"images": [image], "categories": [category], "annotations": records, **top}
        return file(name, json.dumps(content), outcome)

    def raw(name: str, outcome: str, bbox: str) -> tuple[str, Case]:
        content = {"images": [image], "categories": [category], "annotations": [box]}
        return file(name, json.dumps(content).replace("[1, 2, 3, 4]", bbox), outcome)

    def shape(name: str, outcome: str, segmentation: Any) -> tuple[str, Case]:
        return dataset(name, outcome, {"segmentation": segmentation, "bbox": None})

    yield file("deep lists", "[" * 200_000, "refused")
    deep = {"images": [], "categories": [], "annotations": []}
    yield file("deep value", json.dumps(deep)[:-1] + ', "x": ' + '{"a":' * 100_000, "refused")
    yield file("empty", b"", "refused")
    yield file("not text", b"\xff\xfe\x00\x01" * 100, "refused")
    yield raw("NaN", "refused", "[NaN, 2, 3, 4]")
    yield raw("Infinity", "refused", "[1, 2, Infinity, 4]")
    yield raw("1e999", "type", "[1, 2, 3, 1e999]")
    yield raw("5000 digits", "type", f"[1, 2, 3, {'9' * 5000}]")
    yield raw("300 digits", "geometry", f"[1, 2, 3, {'9' * 300}]")
    yield raw("text", "type", '["1", 2, 3, 4]')
    huge_id = json.dumps({"images": [image], "categories": [category], "annotations": [box]})
    yield file(
        "5000 digits of an id", huge_id.replace('"id": 1,', f'"id": {"9" * 5000},', 1), "type"
    )
    yield file(
        "same key twice", huge_id.replace('"bbox"', '"bbox": [9, 9, 9, 9], "bbox"'), "duplicate-key"
    )
    yield file("cut off", huge_id[:-20], "refused")
    yield dataset("same id twice", "duplicate-id", {}, {"id": 1})
    for size in (1e7, 1e8, 1e9, 1e300):
        outcome = "read" if size == 1e7 else "geometry"
        yield shape(f"polygon of {size:g}", outcome, [[0, 0, size, 0, size, size]])
        yield shape(
            f"ring around {size:g}", outcome, [[-size, -size, size, -size, size, size, -size, size]]
        )
        yield dataset(f"box of {size:g}", outcome, {"bbox": [0, 0, size, size]})
    zigzag = [value for step in range(2000) for value in (step * 7919 % 40, step * 104729 % 30)]
    yield shape("2000 crossing edges", "read", [zigzag])
    yield shape("many small parts", "read", [[1, 1, 2, 1, 2, 2]] * 20_000)
    yield shape("short ring", "segmentation", [[1, 2, 3, 4]])
    yield shape("odd ring", "segmentation", [[1, 2, 3, 4, 5, 6, 7]])
    whole = [30, 40]
    for name, counts, size in (
        ("short run lengths", "1", whole),
        ("short list", [5], whole),
        ("long list", [5000], whole),
        ("negative", [1201, -1], whole),
        ("overflow", [2**62, 2**62, 2**62, 2**62 + 1200], whole),
        ("broken text", "zzzz", whole),
        ("never ending text", "o" * 100_000, whole),
        ("foreign characters", "\u0000\u00ff漢", whole),
        ("other size", [1200], [40, 30]),
        ("huge size", [10**12], [10**6, 10**6]),
        ("negative size", [1200], [-30, -40]),
    ):
        outcome = "rle" if "size" in name else "geometry"
        yield shape(f"mask: {name}", outcome, {"counts": counts, "size": size})
    vast = {**image, "width": 10**6, "height": 10**6}
    rle = {"segmentation": {"counts": [0, 10**12], "size": [10**6, 10**6]}}
    yield dataset("mask of a vast picture", "rle", rle, images=[vast])
    square = [[0, 0, 10**6, 0, 10**6, 10**6, 0, 10**6]]
    yield dataset("polygon of a vast picture", "read", {"segmentation": square}, images=[vast])
    line = {**image, "width": 10**7, "height": 1}
    yield dataset("polygon of a long picture", "read", {"segmentation": square}, images=[line])
    yield dataset("absurd size", "size", {}, images=[{**image, "width": 10**18, "height": -1}])
    for name in (
        "../../outside/secret.txt",
        str(secret),
        "\\\\host\\share\\x.png",
        "http://host/x.png",
        "file:///etc/passwd",
        "a/../../outside/secret.txt",
        "x" * 5000,
        "a\u202egpj.exe",
    ):
        changed = [{**image, "file_name": name}]
        yield dataset(
            f"picture {len(name)} {name[:9]!r}".replace("/", "|"), "path", {}, images=changed
        )
    yield dataset("markup", "read", {}, categories=[{"id": 1, "name": MARKUP}])
    yield dataset("long name", "read", {}, categories=[{"id": 1, "name": "x" * 100_000}])
    records = [{"attributes": {f"a{number}": number for number in range(5000)}}]
    yield dataset("many attributes", "read", *records)
    yield dataset("large number as attribute", "read", {"attributes": {"n": 10**300, "m": 2**63}})
    bom = b"\xef\xbb\xbf" + huge_id.replace(", ", ",\r\n").encode()
    yield file("mark and line ends", bom, "read")
    link = root / "link"
    link.mkdir()
    (link / "annotations.json").symlink_to(secret)
    yield "link", (link, "refused")
    if hasattr(os, "mkfifo"):  # Windows has none
        pipe = root / "pipe"
        pipe.mkdir()
        os.mkfifo(pipe / "annotations.json")
        yield "pipe", (pipe / "annotations.json", "refused")


def yolo_cases(root: Path, secret: Path) -> Iterator[tuple[str, Case]]:
    good = "names: [cat]\ntrain: images\n"
    row = "0 0.5 0.5 0.5 0.5\n"

    def dataset(
        name: str, outcome: str, config: str | bytes = good, rows: str | bytes = row
    ) -> tuple[str, Case]:
        folder = root / name
        write_header(folder / "images" / "a.jpg", (40, 30))
        (folder / "labels").mkdir()
        for path, text in ((folder / "data.yaml", config), (folder / "labels" / "a.txt", rows)):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name, (folder, outcome)

    yield dataset("code", "refused", "names: !!python/object/apply:os.system ['true']\ntrain: x")
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 9)
    )
    yield dataset("aliases", "refused", laughs + good)
    yield dataset("deep", "refused", good + "x: " + "[" * 100_000)
    yield dataset("cut off", "refused", "names: [cat")
    yield dataset("empty", "refused", "")
    yield dataset("not text", "refused", b"\xff\xfe\x00names")
    yield dataset("root of the disk", "path", good + "path: /\n")
    for place in ("../../outside", "/etc", "http://host/x", "//host/share", "a/../../outside"):
        name = f"place {place}".replace("/", "|")
        yield dataset(name, "path", f"names: [cat]\ntrain: images\nval: '{place}'\n")
    yield dataset("odd places", "path", "names: [cat]\ntrain: images\nval: [3, {a: b}, null]\n")
    yield dataset("list outside", "missing", "names: [cat]\ntrain: images\nval: secret.txt\n")
    yield dataset(
        "number as class", "names", "names: {cat: 0, 99999999999999999999: x}\ntrain: images\n"
    )
    yield dataset("billion classes", "refused", "nc: 1000000000\ntrain: images\n")
    yield dataset("markup", "read", f"names: ['{MARKUP}']\ntrain: images\n")
    yield dataset("long name", "names", f"names: ['{'x' * 100_000}']\ntrain: images\n")
    for number in ("nan", "inf", "1e999", "1e8", "9" * 5000, "-1e308", "0x10", "1_0", "١"):
        outcome = "geometry" if number in ("1e999", "1e8", "-1e308") else "number"
        yield dataset(f"number {number[:9]}", outcome, rows=f"0 {number} 0.5 0.5 0.5\n{row}")
    yield dataset("class 5000 digits", "class", rows=f"{'9' * 5000} 0.5 0.5 0.5 0.5\n")
    yield dataset("unknown class", "unknown-class", rows="7 0.5 0.5 0.5 0.5\n")
    yield dataset("wide row", "columns", rows=row + "0 " * 100_000)
    yield dataset("no text", "syntax", rows=b"\xff\xfe\x00 0.5")
    yield dataset("zero bytes", "columns", rows=b"\x00" * 1000)
    yield dataset("mark and line ends", "read", rows=f"\ufeff{row}\r\n\r\n")
    name, (folder, _) = dataset("link", "path")
    (folder / "labels" / "a.txt").unlink()
    (folder / "labels" / "a.txt").symlink_to(secret)
    yield name, (folder, "path")
    name, (folder, _) = dataset("linked folder", "path")
    (folder / "more").symlink_to(secret.parent)
    (folder / "data.yaml").write_text("names: [cat]\ntrain: images\nval: more\n")
    yield name, (folder, "path")
    name, (folder, _) = dataset("broken picture", "size")
    (folder / "images" / "a.jpg").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\xff" * 100)
    yield name, (folder, "size")


def cvat_cases(root: Path, secret: Path) -> Iterator[tuple[str, Case]]:
    """The first of each kind; `test_hostile_cvat` has the others."""

    def file(name: str, outcome: str, body: str, before: str = "") -> tuple[str, Case]:
        path = root / name / "annotations.xml"
        path.parent.mkdir()
        path.write_text(f'<?xml version="1.0"?>{before}<annotations>{body}</annotations>', "utf-8")
        return name, (path, outcome)

    def box(corner: str, label: str = "a") -> str:
        place = f'xtl="1" ytl="1" xbr="{corner}" ybr="9"'
        return f'<track id="0" label="{label}"><box frame="0" keyframe="1" {place}/></track>'

    external = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
    yield file("external entity", "refused", f"<meta>&x;</meta>{box('9')}", external)
    yield file("deep", "refused", "<a>" * 300 + "</a>" * 300)
    yield file("cut off", "refused", f"{box('9')}<track")
    for number in ("nan", "inf", "1e999", "1e8", "9" * 5000):
        yield file(f"number {number[:9]}", "bad-shape", box("9") + box(number))
    yield file("markup", "read", box("9", "&lt;img src=x&gt;"))


HOSTILE: dict[str, Callable[[Path, Path], Iterator[tuple[str, Case]]]] = {
    "coco_instances": coco_cases,
    "yolo_ultralytics_detect": yolo_cases,
    "cvat_video": cvat_cases,
}


def test_every_format_has_an_entry() -> None:
    assert {one.id for one in FORMATS} == HOSTILE.keys()


@pytest.mark.parametrize("format_id", HOSTILE)
def test_hostile_files(format_id: str, tmp_path: Path) -> None:
    secret = tmp_path / "outside" / "secret.txt"
    secret.parent.mkdir()
    secret.write_text(f'{{"images": "{MARKER}"}}')
    (tmp_path / "sets").mkdir()
    cases = dict(HOSTILE[format_id](tmp_path / "sets", secret))
    places = json.dumps({name: str(path) for name, (path, _) in cases.items()})
    outcomes = json.loads(run_in_child(READ, format_id, places))
    for name, (_, expected) in cases.items():
        refused, rules, seen, seconds, whole, megabytes = outcomes[name]
        assert MARKER not in seen, name
        assert seconds < SECONDS, name
        assert whole < 5 * SECONDS, name
        assert megabytes < MEGABYTES, name
        if expected == "refused":
            assert refused, name
        else:
            assert not refused, (name, seen[:500])
            assert rules == [] if expected == "read" else expected in rules, (name, rules)


# --- files that were good before a few of their bytes changed


GOOD_COCO = json.dumps(
    {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
        "categories": [{"id": 1, "name": "cat", "supercategory": "animal"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5},
            {"id": 2, "image_id": 1, "category_id": 1, "segmentation": [[1, 2, 3, 4, 5, 9]],
             "attributes": {"occluded": True, "rotation": 5.0, "x": "y"}},
            {"id": 3, "image_id": 1, "category_id": 1, "iscrowd": 1,
             "segmentation": {"counts": [10, 20, 1170], "size": [30, 40]}},
        ],
    }
).encode()  # fmt: skip
GOOD_YAML = b"path: .\ntrain: images\nval: [images/b.jpg]\nnc: 2\nnames:\n  0: cat\n  1: 'dog'\n"
GOOD_ROWS = b"0 0.5 0.5 0.25 0.5\n1 .1 2e-1 0.3 0.4 17\n"


@st.composite
def damaged(draw, good: bytes) -> bytes:
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(("insert", "cut", "change", "repeat"))):
            case "insert":
                data[place:place] = draw(st.binary(min_size=1, max_size=6))
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case "change" if place < len(data):
                data[place] = draw(st.integers(0, 255))
            case _:
                piece = data[place : place + draw(st.integers(1, 30))]
                data[place:place] = piece * draw(st.integers(1, 20))
    return bytes(data)


def check_damaged(format_id: str, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        write_header(Path(folder) / "images" / "a.jpg", (40, 30))
        write_header(Path(folder) / "images" / "b.jpg", (40, 30))
        one = FORMATS[format_id]
        one.verdict(Path(folder))
        try:
            dataset = MemoryDataset.read(one.read(Path(folder)))
        except AnnotatorError:
            return
        with tempfile.TemporaryDirectory() as out:
            FORMATS["coco_instances"].write(dataset, Path(out))
        assert all(problem.text and problem.rule for problem in dataset.problems)


@given(damaged(GOOD_COCO))
@settings(max_examples=200)
def test_damaged_coco(data: bytes) -> None:
    check_damaged("coco_instances", {"annotations.json": data})


@given(damaged(GOOD_YAML), damaged(GOOD_ROWS))
@settings(max_examples=200)
def test_damaged_yolo(config: bytes, rows: bytes) -> None:
    files = {"labels/b.txt": rows, "data.yaml": config, "labels/a.txt": GOOD_ROWS}
    check_damaged("yolo_ultralytics_detect", files)
    check_damaged("yolo_ultralytics_detect", {**files, "data.yaml": GOOD_YAML})
