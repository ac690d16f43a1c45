"""Pictures taken out of files that hold several: the same pixels, in a file that any program reads."""

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile

from annotator.media.archive import read_archive
from annotator.media.errors import MediaError
from annotator.media.pictures import read_picture
from annotator.media.several import pictures_in_archive
from annotator.media.single import single_picture
from tests.unit.media.decoded import decode_picture

ROWS, COLUMNS = 12, 20
RNG = np.random.default_rng(7)


def samples(kind: type, channels: int) -> np.ndarray:
    shape = (ROWS, COLUMNS) if channels == 1 else (ROWS, COLUMNS, channels)
    return RNG.integers(0, np.iinfo(kind).max, shape, kind, endpoint=True)


def write_pages(path: Path, pages: list[np.ndarray], orientation: int = 1) -> None:
    with tifffile.TiffWriter(path) as file:
        for page in pages:
            several = page.ndim == 3
            file.write(
                page,
                photometric="rgb" if several else "minisblack",
                extrasamples=["unassalpha"] if several and page.shape[2] == 4 else None,
                extratags=[(274, 3, 1, orientation, True)],
            )


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_page_keeps_its_samples(tmp_path: Path, kind: type, channels: int):
    pages = [samples(kind, channels) for _ in range(3)]
    write_pages(tmp_path / "a.tif", pages)
    for index, page in enumerate(pages):
        data = single_picture(tmp_path / "a.tif", index)
        assert data is not None
        read = tifffile.imread(BytesIO(data))
        assert read.dtype == page.dtype
        assert np.array_equal(read, page)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_page_is_seen_as_before(tmp_path: Path, orientation: int, kind: type):
    write_pages(tmp_path / "a.tif", [samples(kind, 3), samples(kind, 3)], orientation)
    data = single_picture(tmp_path / "a.tif", 1)
    assert data is not None
    assert np.array_equal(decode_picture(data).pixels, read_picture(tmp_path / "a.tif", 1).pixels)


def test_what_holds_one_picture_is_left_to_be_copied(tmp_path: Path, make_picture):
    write_pages(tmp_path / "a.tif", [samples(np.uint8, 1)])
    make_picture(tmp_path / "a.png", 8, 8)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    for name in ("a.tif", "a.png", "broken.jpg"):
        assert single_picture(tmp_path / name, 0) is None


def test_members_are_given_byte_by_byte_and_their_pages_as_files(tmp_path: Path, make_picture):
    make_picture(tmp_path / "a.png", 8, 8)
    write_pages(tmp_path / "b.tif", [samples(np.uint8, 1), samples(np.uint8, 1)])
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.png", "b.tif"):
            archive.write(tmp_path / name, name)
        archive.writestr("c.jpg", b"no picture")
    assert len(read_archive(tmp_path / "all.zip").members) == 3
    found, _ = pictures_in_archive(tmp_path / "all.zip")
    data = {one.name: single_picture(tmp_path / "all.zip", one.index) for one in found}
    assert list(data) == ["a.png", "b_p1.tif", "b_p2.tif", "c.jpg"]
    assert data["a.png"] == (tmp_path / "a.png").read_bytes()
    assert data["c.jpg"] == b"no picture"
    second = data["b_p2.tif"]
    assert second is not None
    assert np.array_equal(
        tifffile.imread(BytesIO(second)), tifffile.imread(tmp_path / "b.tif", key=1)
    )


def test_a_page_that_is_not_there_is_told(tmp_path: Path):
    write_pages(tmp_path / "a.tif", [samples(np.uint8, 1), samples(np.uint8, 1)])
    with pytest.raises(MediaError, match=r"a\.tif: it has no page 3, but 2\."):
        single_picture(tmp_path / "a.tif", 2)
