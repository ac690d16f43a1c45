from pathlib import Path

import numpy as np
import pytest

from annotator.media.errors import MediaError
from annotator.media.pictures import read_picture
from annotator.media.thumbnails import (
    LARGE,
    SMALL,
    fitted,
    fitted_size,
    kept_size,
    make_thumbnail,
    pack,
    shows_whole,
    unpack,
)
from annotator.safe_io import InputError
from tests.conftest import MakePicture


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1280, 720, (192, 108)),
        (720, 1280, (72, 128)),
        (192, 128, (192, 128)),
        (100, 50, (100, 50)),
        (1, 1, (1, 1)),
        (6000, 150, (192, 48)),
        (7, 3000, (7, 28)),
    ],
)
def test_a_thumbnail_fits_and_is_never_larger_than_the_picture(
    tmp_path: Path, make_picture: MakePicture, width: int, height: int, expected: tuple[int, int]
) -> None:
    make_picture(tmp_path / "a.png", width, height)

    pixels = make_thumbnail(tmp_path / "a.png")

    assert pixels.shape == (expected[1], expected[0], 4)
    assert (pixels[:, :, 3] == 255).all()


@pytest.mark.parametrize("box", [SMALL, LARGE, (144, 96), (61, 40)])
@pytest.mark.parametrize(
    ("width", "height", "is_whole"),
    [
        (1280, 720, True),
        (720, 1280, True),
        (1001, 333, True),
        (333, 1001, True),
        (97, 31, True),
        (1, 1, True),
        (7, 300, False),
        (1500, 150, False),
    ],
)
def test_a_thumbnail_of_a_whole_picture_is_told_from_one_of_its_middle(
    tmp_path: Path, make_picture: MakePicture, width: int, height: int, is_whole: bool, box
) -> None:
    make_picture(tmp_path / "a.png", width, height)
    pixels = fitted(make_thumbnail(tmp_path / "a.png", box=kept_size(box)), box)
    assert shows_whole(pixels, (width, height)) == is_whole


@pytest.mark.parametrize("other", [(720, 1280), (1280, 760), (1200, 720), (640, 480)])
def test_a_thumbnail_of_another_form_is_none_of_a_picture(
    tmp_path: Path, make_picture: MakePicture, other: tuple[int, int]
) -> None:
    make_picture(tmp_path / "a.png", 1280, 720)
    assert not shows_whole(make_thumbnail(tmp_path / "a.png"), other)


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_thumbnail_shows_what_the_picture_shows(
    tmp_path: Path, make_picture: MakePicture, suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    make_picture(path, 1536, 1024, quality=98)
    whole = read_picture(path).pixels.astype(float)
    # Each of its pixels is the mean of a square of 8.
    expected = whole.reshape(128, 8, 192, 8, 4).mean(axis=(1, 3))

    difference = np.abs(make_thumbnail(path).astype(float) - expected)

    # At the sharp edges of the rectangle libjpeg filters differently.
    assert np.median(difference) <= 1
    assert np.mean(difference > 12) < 0.02


def test_of_a_panorama_the_middle_is_shown(tmp_path: Path, make_picture: MakePicture) -> None:
    stored = make_picture(tmp_path / "a.png", 4000, 100)

    pixels = make_thumbnail(tmp_path / "a.png")

    middle = stored[:, 1800:2200]
    assert pixels.shape[:2] == (48, 192)
    assert np.abs(pixels[:, :, 2].mean() - middle[:, :, 0].mean()) < 2


def test_a_turned_picture_stands_upright(tmp_path: Path, make_picture: MakePicture) -> None:
    make_picture(tmp_path / "a.jpg", 900, 600, orientation=6)

    assert make_thumbnail(tmp_path / "a.jpg").shape == (128, 85, 4)


def test_deep_pictures_are_spread_over_all_greys(tmp_path: Path, make_picture: MakePicture) -> None:
    make_picture(tmp_path / "a.png", 400, 300, bits=16, channels=1)

    pixels = make_thumbnail(tmp_path / "a.png")

    assert pixels[:, :, 0].min() < 40
    assert pixels[:, :, 0].max() > 215


def test_transparent_pictures_stand_before_squares(tmp_path: Path) -> None:
    from tests.pictures import encode

    clear = np.zeros((64, 64, 4), dtype=np.uint8)
    (tmp_path / "a.png").write_bytes(encode(clear, ".png", None, 95))

    pixels = make_thumbnail(tmp_path / "a.png")

    assert sorted(np.unique(pixels[:, :, :3]).tolist()) == [150, 190]
    assert (pixels[:, :, 3] == 255).all()


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"this is no picture at all")

    with pytest.raises(MediaError, match=r"a\.jpg"):
        make_thumbnail(tmp_path / "a.jpg")
    with pytest.raises(InputError, match=r"b\.jpg"):
        make_thumbnail(tmp_path / "b.jpg")


def test_fitting_makes_smaller_and_larger(tmp_path: Path, make_picture: MakePicture) -> None:
    make_picture(tmp_path / "a.png", 192, 128)
    pixels = make_thumbnail(tmp_path / "a.png")

    assert fitted(pixels, (96, 64)).shape == (64, 96, 4)
    assert fitted(pixels, (192, 128)) is pixels
    assert fitted(pixels[:1, :1], (96, 64)).shape == (64, 64, 4)
    assert (fitted(pixels[:1, :1], (96, 64)) == pixels[0, 0]).all()


def test_the_kept_size_is_the_least_that_is_large_enough() -> None:
    assert kept_size((96, 64)) == kept_size((192, 128)) == SMALL
    assert kept_size((193, 128)) == kept_size((300, 200)) == LARGE


def test_sizes_keep_their_shape_and_are_at_least_one_pixel() -> None:
    assert fitted_size((3000, 2000), (96, 64)) == (96, 64)
    assert fitted_size((4000, 1000), (96, 64)) == (96, 24)
    assert fitted_size((1000, 1), (96, 64)) == (96, 1)


def test_packed_thumbnails_come_back(tmp_path: Path, make_picture: MakePicture) -> None:
    make_picture(tmp_path / "a.png", 640, 427)
    pixels = make_thumbnail(tmp_path / "a.png")

    again = unpack(pack(pixels))

    assert again is not None
    assert again.shape == pixels.shape
    assert np.abs(again.astype(int) - pixels.astype(int)).mean() < 3


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff\xd8\xff\xe0" + bytes(100)])
def test_damaged_thumbnails_are_none(data: bytes) -> None:
    assert unpack(data) is None


def test_a_thumbnail_that_claims_to_be_huge_is_not_decoded(
    tmp_path: Path, make_picture: MakePicture
) -> None:
    make_picture(tmp_path / "a.jpg", 2000, 2000)

    assert unpack((tmp_path / "a.jpg").read_bytes()) is None
