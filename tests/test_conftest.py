"""What the tests stand on is true: pictures that another decoder reads, and a home for each test."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QImageReader

FORMATS = {
    (1, 8): QImage.Format.Format_Grayscale8,
    (1, 16): QImage.Format.Format_Grayscale16,
    (3, 8): QImage.Format.Format_RGB888,
    (3, 16): QImage.Format.Format_RGBA64,
    (4, 8): QImage.Format.Format_RGBA8888,
    (4, 16): QImage.Format.Format_RGBA64,
}


def pixels_read_by_qt(path, channels, bits):
    image = QImageReader(str(path)).read().convertToFormat(FORMATS[channels, bits])
    bits_of_image = np.frombuffer(image.constBits(), np.uint8).copy()  # they die with the image
    rows = bits_of_image.reshape(image.height(), -1)
    stored = 4 if image.format() == QImage.Format.Format_RGBA64 else channels
    values = rows[:, : image.width() * stored * bits // 8].view(f"u{bits // 8}")
    values = values.reshape(image.height(), image.width(), stored)[..., :channels]
    return values[..., 0] if channels == 1 else values


@pytest.mark.parametrize(("channels", "bits"), sorted(FORMATS))
def test_a_png_holds_the_very_pixels(make_picture, tmp_path, channels, bits):
    path = tmp_path / "a" / "picture.png"
    made = make_picture(path, 31, 17, channels=channels, bits=bits)
    assert made.shape[:2] == (17, 31)
    assert made.itemsize * 8 == bits
    np.testing.assert_array_equal(pixels_read_by_qt(path, channels, bits), made)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_jpeg_holds_them_up_to_its_loss(make_picture, tmp_path, channels):
    path = tmp_path / "Büro 猫.JPG"
    made = make_picture(path, 64, 48, channels=channels).astype(int)
    read = pixels_read_by_qt(path, channels, 8)
    assert read.shape == made.shape
    assert np.abs(read - made).mean() < 2


def test_a_jpeg_in_cmyk_says_so(make_picture, tmp_path):
    make_picture(tmp_path / "picture.jpg", 20, 10, channels=4)
    assert QImage(str(tmp_path / "picture.jpg")).format() == QImage.Format.Format_CMYK8888


def test_the_orientation_is_in_the_file(make_picture, tmp_path):
    for orientation in range(1, 9):
        path = tmp_path / f"{orientation}.jpg"
        stored = make_picture(path, 32, 20, orientation=orientation)
        reader = QImageReader(str(path))
        reader.setAutoTransform(True)
        upright = reader.read()
        assert stored.shape == (20, 32, 3)
        turned = orientation >= 5
        assert (upright.width(), upright.height()) == ((20, 32) if turned else (32, 20))


def test_other_seeds_make_other_pictures(make_picture, tmp_path):
    pictures = [make_picture(tmp_path / f"{seed}.png", 8, 8, seed=seed) for seed in (0, 0, 1)]
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] != pictures[2]).any()


def test_each_test_has_an_empty_home_of_its_own(home):
    assert Path.home() == home
    assert list(home.iterdir()) == []
    for folder in (
        platformdirs.user_config_path("annotator"),
        platformdirs.user_data_path("annotator"),
        platformdirs.user_cache_path("annotator"),
    ):
        assert folder.is_relative_to(home)
    assert os.environ["QT_QPA_PLATFORM"]


@pytest.mark.parametrize("_", range(2))
def test_chance_is_the_same_for_each_test(_):
    assert random.random() == 0.9056396761745207


@given(st.integers())
def test_property_tests_work_with_the_fixtures_of_every_test(number):
    assert number - number == 0


def test_the_screen_takes_whoever_comes_as_the_last_one_goes(x_display):
    """An X server may begin anew whenever nobody is left, and refuse who comes meanwhile."""
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool (apt-get install xdotool)")
    command = ("xdotool", "getmouselocation")
    environment = os.environ | {"DISPLAY": x_display}
    for _ in range(100):
        subprocess.run(command, env=environment, check=True, capture_output=True)
