"""Hostile zip archives: rows 11, 12 and 13 of the list of threats. Nothing is ever extracted from one."""

import json
import os
import struct
import warnings
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError
from annotator.media.archive import read_archive
from annotator.media.errors import MediaError
from annotator.media.pictures import read_picture
from annotator.media.several import pictures_in_archive
from annotator.safe_io import DEFAULT_LIMITS
from tests.pictures import draw_pixels, encode
from tests.security.child import run_in_child

PNG = encode(draw_pixels(30, 20, channels=3, bits=8, seed=1), ".png", None, 0)

READ_ALL = """
import json
from pathlib import Path
from annotator.core.errors import AnnotatorError
from annotator.media.pictures import read_picture
from annotator.media.several import pictures_in_archive
try:
    found, problems = pictures_in_archive(Path(sys.argv[1]))
except AnnotatorError as error:
    print(json.dumps({"error": str(error)}))
    raise SystemExit
said = []
for one in found[:20]:
    try:
        read_picture(Path(sys.argv[1]), one.index)
        said.append("")
    except AnnotatorError as error:
        said.append(str(error))
peak = 0
if Path("/proc/self/status").exists():
    (line,) = (l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
    peak = int(line.split()[1]) // 1024
print(json.dumps({"found": len(found), "problems": problems, "said": said, "megabytes": peak}))
"""


def read_in_child(path: Path) -> dict:
    return json.loads(run_in_child(READ_ALL, path))


def pack(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, data in members:
            archive.writestr(name, data)
    return path


BAD_NAMES = [
    "../../e.png", "/abs.png", "C:\\w.png", "a/../../b.png", "a/../b.png", "..\\e.png", "a\\b.png",
    "con\u202etrol.png", "new\nline.png", "//host/share/a.png", "file:///etc/a.png", "x" * 300 + ".png",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_lead_elsewhere_are_refused_not_renamed(tmp_path: Path, name: str):
    (tmp_path / "in").mkdir()
    path = pack(tmp_path / "in" / "a.zip", (name, PNG), ("good.png", PNG))
    before = sorted(tmp_path.rglob("*"))
    found, problems = pictures_in_archive(path)
    assert [one.name for one in found] == ["good.png"]
    (problem,) = problems
    assert "left out" in problem
    assert "\n" not in problem
    assert read_picture(path, found[0].index).width == 30
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zero_character_in_a_name(tmp_path: Path):
    path = pack(tmp_path / "a.zip", ("nul_.png", PNG))
    path.write_bytes(path.read_bytes().replace(b"nul_.png", b"nul\0.png"))
    found, problems = pictures_in_archive(path)
    assert found == []
    assert "control characters" in problems[0]


def test_links_and_doubles(tmp_path: Path):
    link = zipfile.ZipInfo("link.png")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    path = pack(tmp_path / "a.zip", (link, b"/etc/passwd"), ("b.png", PNG), ("b.png", PNG + b"x"))
    found, problems = pictures_in_archive(path)
    assert found == []
    assert "a link or a device" in problems[0]
    assert [("2 members of that name" in problem) for problem in problems[1:]] == [True, True]


def test_encrypted_and_unknown_members_are_said(tmp_path: Path):
    path = pack(tmp_path / "a.zip", ("a.png", PNG))
    data = bytearray(path.read_bytes())
    table = data.index(b"PK\1\2")
    data[table + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in pictures_in_archive(path)[1][0]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.png", PNG)
    assert "pack it again" in pictures_in_archive(path)[1][0]


def test_a_bomb_is_not_decompressed(tmp_path: Path):
    path = pack(tmp_path / "a.zip", ("bomb.png", bytes(200 << 20)))
    assert path.stat().st_size < 400_000
    answer = read_in_child(path)
    assert "expands to more than 100 times" in answer["said"][0]
    assert answer["megabytes"] < 200


def test_a_bomb_that_claims_to_be_small(tmp_path: Path):
    path = pack(tmp_path / "a.zip", ("bomb.png", bytes(200 << 20)))
    data = bytearray(path.read_bytes())
    for start, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = data.index(start) + at
        data[place : place + 4] = struct.pack("<L", 1000)
    path.write_bytes(data)
    answer = read_in_child(path)
    assert "damaged" in answer["said"][0]
    assert answer["megabytes"] < 200


def test_a_picture_of_one_colour_is_no_bomb(tmp_path: Path):
    """The legal neighbour: it expands by more than a hundred, and is small."""
    bmp = struct.pack("<2sIHHI", b"BM", 54 + 3_000_000, 0, 0, 54)
    bmp += struct.pack("<IiiHHIIiiII", 40, 1000, 1000, 1, 24, 0, 3_000_000, 0, 0, 0, 0)
    path = pack(tmp_path / "a.zip", ("black.bmp", bmp + bytes(3_000_000)))
    (found,), _ = pictures_in_archive(path)
    assert path.stat().st_size < 10_000
    assert read_picture(path, found.index).width == 1000


def test_members_that_share_bytes_are_refused(tmp_path: Path):
    """As in the archives that hold one large file under thousands of names."""
    path = pack(tmp_path / "a.zip", ("a.png", PNG), ("b.png", PNG), ("c.png", PNG))
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    path.write_bytes(data)
    found, problems = pictures_in_archive(path)
    assert [one.name for one in found] == ["c.png"]
    assert all("shares its bytes" in problem for problem in problems)


def test_more_members_than_the_limit(tmp_path: Path):
    path = pack(tmp_path / "a.zip", *((f"{number}.png", b"") for number in range(12)))
    with pytest.raises(MediaError, match="12 members, the limit is 11"):
        read_archive(path, limits=replace(DEFAULT_LIMITS, entries=11))
    assert len(read_archive(path, limits=replace(DEFAULT_LIMITS, entries=12)).members) == 12


def test_a_table_that_claims_more_than_there_is(tmp_path: Path):
    path = pack(tmp_path / "a.zip", ("a.png", PNG))
    data = bytearray(path.read_bytes())
    end = data.index(b"PK\5\6")
    data[end + 10 : end + 12] = struct.pack("<H", 60_000)
    path.write_bytes(data)
    assert "damaged or incomplete" in read_in_child(path)["error"]


def test_an_archive_in_an_archive_is_left_alone(tmp_path: Path):
    inner = pack(tmp_path / "inner.zip", ("a.png", PNG)).read_bytes()
    path = pack(tmp_path / "a.zip", ("inner.zip", inner), ("renamed.png", inner))
    (found,), _ = pictures_in_archive(path)
    with pytest.raises(MediaError, match="not a picture of a known kind"):
        read_picture(path, found.index)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_the_archive_itself_is_a_link_out_of_its_root(tmp_path: Path):
    path = pack(tmp_path / "outside.zip", ("a.png", PNG))
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.zip").symlink_to(path)
    with pytest.raises(AnnotatorError):
        read_picture(root / "a.zip", 0, root=root)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "a.zip"
    return pack(path, ("a.png", PNG), ("b/c.png", PNG)).read_bytes()


@given(
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.integers(0, 200),
)
def test_whatever_is_changed_ends_in_a_sentence_or_the_picture(
    whole: bytes, changes, cut, tmp_path_factory
):
    data = bytearray(whole)
    for place, value in changes:
        # Mostly in the table, which stands at the end.
        data[-1 - place % min(len(data), 260)] = value
    path = tmp_path_factory.mktemp("changed") / "a.zip"
    path.write_bytes(data[: len(data) - cut % 40])
    try:
        found, _ = pictures_in_archive(path)
    except AnnotatorError:
        return
    for one in found:
        with suppress(AnnotatorError):
            assert read_picture(path, one.index).width == 30
