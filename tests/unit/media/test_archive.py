"""Pictures in zip archives."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from annotator.media.archive import read_archive
from annotator.media.errors import MediaError
from annotator.media.folder import FoundPicture, find_pictures
from annotator.media.header import read_info
from annotator.media.pictures import read_picture
from annotator.media.several import page_name, pictures_in_archive, with_pages
from annotator.safe_io import InputError
from tests.pictures import draw_pixels, encode
from tests.unit.media import encoded


def png(seed: int) -> bytes:
    return encode(draw_pixels(20 + seed, 10, channels=3, bits=8, seed=seed), ".png", None, 0)


def pack(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_pictures_in_natural_order(tmp_path: Path, method: int):
    names = ["b/a10.png", "b/a9.PNG", "a/猫.png", "c.png"]
    content = {name: png(number) for number, name in enumerate(names)}
    content |= {"b/": b"", "notes.txt": b"x", ".hidden.png": b"x", "__MACOSX/b/._a9.png": b"x"}
    content |= {"inner.zip": b"PK\3\4"}
    path = pack(tmp_path / "pictures.zip", content, method)
    found, problems = pictures_in_archive(path)
    assert [one.name for one in found] == ["a/猫.png", "b/a9.PNG", "b/a10.png", "c.png"]
    assert [one.frame_name for one in found] == [one.name for one in found]
    assert problems == []
    for one in found:
        number = names.index(one.name)
        assert one.path == "pictures.zip"
        assert read_info(path, one.index).width == 20 + number
        expected = draw_pixels(20 + number, 10, channels=3, bits=8, seed=number)
        assert np.array_equal(read_picture(path, one.index).pixels[..., 2::-1], expected)
        assert read_picture(path, one.index, scale=2).width == -(-(20 + number) // 2)


def test_pages_of_a_member_are_pictures(tmp_path: Path):
    pages = [np.full((5, 6 + page), 40 * page, np.uint8) for page in range(3)]
    data = encoded.tiff_pages(pages)
    path = pack(tmp_path / "a.zip", {"x.png": png(1), "scan.tif": data})
    found, _ = pictures_in_archive(path)
    assert [one.name for one in found] == ["scan_p1.tif", "scan_p2.tif", "scan_p3.tif", "x.png"]
    for page, one in enumerate(found[:3]):
        picture = read_picture(path, one.index)
        assert (picture.width, picture.pixels[0, 0, 0]) == (6 + page, 40 * page)


def test_pages_of_a_file_are_pictures(tmp_path: Path):
    (tmp_path / "in").mkdir()
    pages = [np.full((5, 6 + page), 9, np.uint8) for page in range(11)]
    (tmp_path / "in" / "scan.TIF").write_bytes(encoded.tiff_pages(pages))
    (tmp_path / "in" / "one.tif").write_bytes(encoded.tiff_pages(pages[:1]))
    (tmp_path / "broken.tif").write_bytes(b"II*\0nothing")
    (tmp_path / "z.png").write_bytes(png(1))
    found = list(with_pages(tmp_path, find_pictures(tmp_path).pictures))
    scans = [f"in/scan_p{page + 1}.TIF" for page in range(11)]
    assert [one.frame_name for one in found] == ["broken.tif", "in/one.tif", *scans, "z.png"]
    assert [one.index for one in found] == [0, 0, *range(11), 0]
    assert page_name("scan.tif", 0) == "scan_p1.tif"


def test_a_page_follows_a_link(tmp_path: Path):
    pages = [np.zeros((5, 6), np.uint8)] * 2
    elsewhere = tmp_path / "elsewhere.tif"
    elsewhere.write_bytes(encoded.tiff_pages(pages))
    found = FoundPicture("a.tif", 1, 1, str(elsewhere))
    assert [one.name for one in with_pages(tmp_path / "none", [found])] == ["a_p1.tif", "a_p2.tif"]


def test_names_that_do_not_say_that_they_are_utf_8(tmp_path: Path):
    path = pack(tmp_path / "a.zip", {"Prüfung.png": png(1), "plain.png": png(2)})
    data = path.read_bytes().replace("Prüfung".encode(), "Pr\x81fungx".encode("latin-1"))
    for start, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # the flag of UTF-8, in both places
        place = data.index(start) + at
        data = data[:place] + b"\0\0" + data[place + 2 :]
    path.write_bytes(data)
    assert [one.name for one in pictures_in_archive(path)[0]] == ["plain.png", "Prüfungx.png"]


def test_an_archive_behind_a_program_and_with_a_comment(tmp_path: Path):
    path = pack(tmp_path / "a.zip", {"a.png": png(1)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"PK\5 " * 1000
    whole = path.read_bytes()
    (member,) = read_archive(path).members
    assert member.name == "a.png"
    path.write_bytes(b"PK\3\4 a program" + whole)
    (member,) = read_archive(path).members
    assert member.offset == 14
    assert read_picture(path, member.number).width == 21


def test_large_archives_have_a_table_of_their_own(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 20)
    path = pack(tmp_path / "a.zip", {f"{number}.png": png(number) for number in range(4)})
    assert b"PK\6\6" in path.read_bytes()
    found, problems = pictures_in_archive(path)
    assert problems == []
    assert [read_picture(path, one.index).width for one in found] == [20, 21, 22, 23]


def test_an_archive_that_changes_is_read_anew(tmp_path: Path):
    path = pack(tmp_path / "a.zip", {"a.png": png(1)})
    assert len(read_archive(path).members) == 1
    assert read_archive(path) is read_archive(path)
    pack(path, {"a.png": png(1), "b.png": png(2)})
    assert len(read_archive(path).members) == 2


def test_what_is_no_archive_or_not_there(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        read_archive(tmp_path / "none.zip")
    path = tmp_path / "a.zip"
    path.write_bytes(b"")
    with pytest.raises(MediaError, match="no complete archive"):
        read_archive(path)
    whole = pack(path, {"a.png": png(1)}).read_bytes()
    path.write_bytes(whole[:-30])
    with pytest.raises(MediaError, match="no complete archive"):
        read_picture(path)
    pack(path, {"a.png": png(1)})
    with pytest.raises(MediaError, match=r"a\.zip: it has no member 6"):
        read_picture(path, 5)
    with pytest.raises(MediaError, match=r"a\.png: it has no page 3"):
        read_picture(path, read_archive(path).members[0].index_of(2))


def test_a_damaged_member_is_said_by_name(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("good.png", png(1))
        archive.writestr("bad.png", png(2))
    path = tmp_path / "a.zip"
    path.write_bytes(buffer.getvalue().replace(png(2), png(2)[:-9] + b"x" + png(2)[-8:]))
    good, bad = read_archive(path).members
    assert read_picture(path, good.number).width == 21
    with pytest.raises(MediaError, match=r"a\.zip.bad\.png: it is damaged"):
        read_picture(path, bad.number)
