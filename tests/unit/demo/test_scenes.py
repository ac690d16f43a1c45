"""The pictures of the demo: the same each time, and what is said of them is to be seen on them."""

from collections import Counter

import numpy as np
import pytest

from annotator.core.shapes import Shape
from annotator.demo.scenes import (
    HEIGHT,
    SCENES,
    STREET_FRAMES,
    WIDTH,
    Scene,
    all_scenes,
    street,
    tray,
)


@pytest.fixture(scope="module")
def scenes():
    return list(all_scenes())


def test_every_picture_is_drawn_the_same_each_time(scenes):
    again = tray("tray_1.png", seed=1)
    assert np.array_equal(scenes[0].pixels, again.pixels)
    assert scenes[0].objects == again.objects


def test_names_are_different_and_in_order_of_their_kind(scenes):
    names = [scene.name for scene in scenes]
    assert len(set(names)) == len(names)
    assert Counter(name.split("_")[0] for name in names) == {
        "tray": 2, "receipt": 2, "sign": 3, "street": STREET_FRAMES,
    }  # fmt: skip


def test_objects_lie_on_their_picture(scenes):
    assert len(scenes) == SCENES
    for scene in scenes:
        assert scene.objects, scene.name
        assert scene.pixels.shape == (HEIGHT, WIDTH, 3)
        for seen in scene.objects:
            x0, y0, x1, y1 = seen.shape.box
            assert 0 <= x0 < x1 <= WIDTH, scene.name
            assert 0 <= y0 < y1 <= HEIGHT, scene.name


def test_a_tray_has_things_to_count(scenes):
    counts = Counter(seen.label for seen in scenes[0].objects)
    assert sum(counts.values()) == 34
    assert set(counts) == {"sweet", "nut"}


def test_a_sweet_is_where_it_is_said_to_be(scenes):
    """Its middle is coloured, the places on its four sides are the grey of the tray."""
    scene = scenes[0]
    sweets = shapes_of(scene, "sweet")
    assert len(sweets) > 10
    for sweet in sweets:
        (x, y), (x0, y0, x1, y1) = sweet.centre, sweet.box
        assert colourfulness(scene, x, y) > 40
        for beside in ((x0 - 8, y), (x1 + 8, y), (x, y0 - 8), (x, y1 + 8)):
            assert colourfulness(scene, *beside) < 15


def shapes_of(scene: Scene, label: str) -> list[Shape]:
    return [seen.shape for seen in scene.objects if seen.label == label]


def colourfulness(scene: Scene, x: float, y: float) -> int:
    """How far the strongest of blue, green and red is above the weakest."""
    colour = scene.pixels[round(y), round(x)].astype(int)
    return int(colour.max() - colour.min())


def test_what_is_written_is_dark_on_light_where_it_is_said_to_be(scenes):
    receipts = [scene for scene in scenes if scene.name.startswith("receipt")]
    assert len(receipts) == 2
    for scene in receipts:
        texts = shapes_of(scene, "text")
        assert len(texts) > 3
        for text in texts:
            x0, y0, x1, y1 = (round(each) for each in text.box)
            assert scene.pixels[y0:y1, x0:x1].min() < 90
            assert scene.pixels[y0:y1, x0:x1].max() > 220


def test_cars_move(scenes):
    first, later = street("a.png", 3), street("b.png", 4)
    assert len(first.objects) >= 3
    moved = [
        b.shape.box[0] - a.shape.box[0] for a, b in zip(first.objects, later.objects, strict=False)
    ]
    assert all(abs(each) > 20 for each in moved)
