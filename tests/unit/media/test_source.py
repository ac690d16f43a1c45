import hashlib
from pathlib import Path

import numpy as np
import pytest
import tifffile

from annotator.background.progress import Progress
from annotator.core.errors import AnnotatorError, Cancelled
from annotator.media.errors import MediaError
from annotator.media.identity import FileIdentity, content_hash, file_identity
from annotator.media.source import MediaSource, PictureFile
from annotator.safe_io import InputError


def test_a_picture_file_is_a_source_of_one_frame(tmp_path: Path, make_picture):
    stored = make_picture(tmp_path / "a.png", 40, 30, orientation=6)
    source: MediaSource = PictureFile(tmp_path / "a.png")
    assert len(source) == 1
    assert (source.info(0).width, source.info(0).height) == (30, 40)
    assert np.array_equal(source.read(0).pixels[..., 2::-1], np.rot90(stored, -1))


def test_other_files_have_one_page(tmp_path: Path, make_picture):
    make_picture(tmp_path / "a.jpg", 40, 30)
    for ask in (PictureFile(tmp_path / "a.jpg").info, PictureFile(tmp_path / "a.jpg").read):
        with pytest.raises(MediaError, match="no page 2, but 1"):
            ask(1)


def test_each_page_of_a_tiff_file_is_a_frame(tmp_path: Path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for value in (10, 20):
            writer.write(np.full((value, 12, 3), value, np.uint8), photometric="rgb")
    source = PictureFile(tmp_path / "a.tif")
    assert len(source) == 2
    assert [source.info(page).height for page in range(2)] == [10, 20]
    assert source.read(1).pixels[0, 0].tolist() == [20, 20, 20, 255]


@pytest.mark.parametrize(
    ("region", "rows", "columns"),
    [
        ((5, 2, 15, 12), slice(2, 12), slice(5, 15)),
        ((-5, -5, 3, 4), slice(0, 4), slice(0, 3)),
        ((20, 30, 400, 300), slice(30, None), slice(20, None)),
    ],
)
def test_a_region_is_a_part_of_the_upright_picture(
    tmp_path: Path, make_picture, region, rows, columns
):
    make_picture(tmp_path / "a.jpg", 40, 30, orientation=8)
    source = PictureFile(tmp_path / "a.jpg")
    part = source.read(0, region)
    assert np.array_equal(part.pixels, source.read(0).pixels[rows, columns])
    assert part.pixels.flags.c_contiguous
    assert not part.pixels.flags.writeable


def test_a_region_of_a_smaller_picture(tmp_path: Path, make_picture):
    make_picture(tmp_path / "a.png", 64, 48)
    source = PictureFile(tmp_path / "a.png")
    part = source.read(0, (16, 8, 32, 40), scale=4)
    assert np.array_equal(part.pixels, source.read(0, scale=4).pixels[2:10, 4:8])


def test_a_region_outside_is_refused(tmp_path: Path, make_picture):
    make_picture(tmp_path / "a.png", 64, 48)
    for region in ((64, 0, 70, 10), (-9, -9, -3, -3), (5, 5, 5, 9)):
        with pytest.raises(ValueError, match="outside"):
            PictureFile(tmp_path / "a.png").read(0, region)


def test_a_broken_file_says_so_from_every_side(tmp_path: Path):
    (tmp_path / "a.png").write_text("nothing")
    source = PictureFile(tmp_path / "a.png")
    for ask in (lambda: len(source), lambda: source.info(0), lambda: source.read(0)):
        with pytest.raises(AnnotatorError, match=r"a\.png"):
            ask()


def test_identity(tmp_path: Path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 3_000_000)
    identity = file_identity(path)
    assert identity == FileIdentity(3_000_000, path.stat().st_mtime_ns)
    assert content_hash(path) == hashlib.blake2b(b"x" * 3_000_000, digest_size=32).hexdigest()
    with pytest.raises(MediaError, match="cannot be found"):
        file_identity(tmp_path / "gone")
    with pytest.raises(InputError, match="does not exist"):
        content_hash(tmp_path / "gone")


def test_hashing_can_be_cancelled(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"x")
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        content_hash(tmp_path / "a", progress)
