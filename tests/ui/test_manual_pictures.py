"""The tool that takes the pictures of the manual still takes them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from annotator.ui.manual.pages import manual_folder
from manual.shrinking import quantised, write_png

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / "packaging" / "manual" / "pictures.py"


@pytest.mark.slow
def test_a_scene_is_played_and_its_pictures_are_as_large_as_those_of_the_manual(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, TOOL, "labels", "--to", tmp_path / "taken"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    taken = {one.name for one in (tmp_path / "taken").iterdir()}
    assert taken == {f"labels-{one}.png" for one in ("form", "delete", "raw", "review")}
    for name in taken:
        there = QImage(str(manual_folder() / "pictures" / name))
        assert QImage(str(tmp_path / "taken" / name)).width() == there.width()


def test_few_colours_are_kept_as_they_are():
    pixels = np.random.default_rng(1).integers(0, 6, (40, 30, 3), np.uint8) * 50
    palette, places = quantised(pixels)
    assert len(palette) <= 216
    assert (palette[places] == pixels).all()


def test_of_many_colours_flat_ones_stay_and_others_come_near():
    chance = np.random.default_rng(2)
    ramp = np.linspace(0, 255, 200).round()
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels[:] = np.stack([np.tile(ramp, (300, 1)).T, np.full((200, 300), 90.0)] * 2, 2)[..., :3]
    pixels = np.clip(pixels + chance.normal(0, 6, pixels.shape), 0, 255).astype(np.uint8)
    pixels[:20, :20] = (242, 193, 78)
    palette, places = quantised(pixels)
    assert len(palette) <= 256
    made = palette[places].astype(int)
    assert (made[:20, :20] == (242, 193, 78)).all()
    assert np.abs(made - pixels).mean() < 4


def test_a_file_says_how_many_pixels_are_one_of_the_window(tmp_path: Path):
    image = QImage(64, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#1b1e22"))
    for ratio in (1, 2):
        image.setDevicePixelRatio(ratio)
        write_png(image, tmp_path / "one.png")
        read = QImage(str(tmp_path / "one.png"))
        assert read.pixelColor(5, 5) == QColor("#1b1e22")
        assert round(read.dotsPerMeterX() / 2835) == ratio
