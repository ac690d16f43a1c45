"""What stands in for a picture lies exactly where the picture will lie."""

import numpy as np
import pytest

from annotator.canvas.stand_in import StandIn
from annotator.canvas.tone import Tone
from annotator.core.shapes import Rectangle
from tests.canvas.bench import HEIGHT, WIDTH, Bench


def plain(width: int, height: int, grey: int) -> np.ndarray:
    pixels = np.full((height, width, 4), grey, np.uint8)
    pixels[..., 3] = 255
    pixels.flags.writeable = False
    return pixels


def shown(bench: Bench) -> np.ndarray:
    image = bench.image()
    memory = np.frombuffer(image.constBits(), np.uint8)
    return memory.reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()].copy()


class TestPlace:
    @pytest.mark.parametrize("zoom", [0.23, 0.5, 1.0, 1.7, 3.0, 12.0])
    @pytest.mark.parametrize("copy", [(40, 30), (133, 100), (7, 5), (1, 1)])
    def test_every_pixel_of_the_window_is_the_same(self, bench: Bench, zoom, copy):
        """Of one colour, both look alike; were the place another, their edges would differ."""
        bench.view.navigator.zoom_to(zoom)
        bench.view.navigator.pan_by(-31, 17)
        bench.view.show_picture(plain(WIDTH, HEIGHT, 200))
        before = shown(bench)
        state = bench.view.view_state()
        bench.view.show_stand_in(plain(*copy, 200), (WIDTH, HEIGHT))
        assert np.array_equal(shown(bench), before)
        assert bench.view.view_state() == state

    def test_each_part_stands_where_it_will_be(self, bench: Bench):
        """The corner of a dark quarter, in a copy of an eighth of the size."""
        copy = plain(WIDTH // 8, HEIGHT // 8, 220).copy()
        copy[: copy.shape[0] // 2, : copy.shape[1] // 2, :3] = 20
        bench.view.show_stand_in(copy, (WIDTH, HEIGHT))
        image = bench.image()
        x, y = copy.shape[1] // 2 * 8, copy.shape[0] // 2 * 8
        assert bench.colour(image, x - 8, y - 8) == (20, 20, 20)
        assert bench.colour(image, x + 8, y - 8) == (220, 220, 220)
        assert bench.colour(image, x - 8, y + 8) == (220, 220, 220)

    def test_a_frame_of_another_size_is_fitted(self, bench: Bench):
        bench.view.show_stand_in(plain(40, 20, 90), (4000, 2000))
        assert bench.view.stage.size.toTuple() == (4000.0, 2000.0)
        assert bench.view.view_state().fits
        stood = bench.view.view_state()
        bench.view.show_picture(plain(4000, 2000, 90))
        assert bench.view.view_state() == stood


class TestTheRest:
    def test_shapes_lie_on_it_and_stay_when_the_picture_comes(self, bench: Bench):
        (box,) = bench.put(Rectangle((40.0, 40.0, 90.0, 80.0)))
        bench.view.select((box,))
        bench.view.show_stand_in(plain(40, 30, 120), (WIDTH, HEIGHT))
        assert bench.view.selection == (box,)
        bench.view.show_picture(plain(WIDTH, HEIGHT, 120))
        assert bench.view.selection == (box,)
        assert bench.view.stage.frame.ids() == [box]

    def test_no_colour_is_told_of_it(self, bench: Bench):
        told: list[object] = []
        bench.view.pointer_moved.connect(lambda x, y, colour: told.append(colour))
        bench.view.show_stand_in(plain(40, 30, 120), (WIDTH, HEIGHT))
        bench.move(50, 50)
        bench.view.show_picture(plain(WIDTH, HEIGHT, 120))
        bench.move(51, 50)
        assert told[0] is None
        assert told[-1] == (120, 120, 120)

    def test_the_tone_is_that_of_the_pictures(self, bench: Bench):
        bench.view.set_tone(Tone(brightness=0.2))
        bench.view.show_stand_in(plain(40, 30, 100), (WIDTH, HEIGHT))
        stood = bench.colour(bench.image(), 50, 50)
        bench.view.set_tone(Tone())
        assert bench.colour(bench.image(), 50, 50) == (100, 100, 100)
        bench.view.set_tone(Tone(brightness=0.2))
        bench.view.show_picture(plain(WIDTH, HEIGHT, 100))
        assert bench.colour(bench.image(), 50, 50) == stood == (151, 151, 151)

    def test_a_picture_is_not_told_to_be_painted(self, bench: Bench, qtbot):
        bench.image()
        qtbot.wait(10)
        with qtbot.assertNotEmitted(bench.view.picture_painted, wait=50):
            bench.view.show_stand_in(plain(40, 30, 120), (WIDTH, HEIGHT))
            bench.image()
        with qtbot.waitSignal(bench.view.picture_painted):
            bench.view.show_picture(plain(WIDTH, HEIGHT, 120))
            bench.image()

    def test_pixels_that_somebody_may_write_to_are_copied(self, bench: Bench):
        pixels = plain(40, 30, 120).copy()
        bench.view.show_stand_in(pixels, (WIDTH, HEIGHT))
        pixels[..., :3] = 0
        assert bench.colour(bench.image(), 50, 50) == (120, 120, 120)

    def test_it_asks_for_no_finer_copies(self, bench: Bench):
        bench.view.show_stand_in(plain(4000, 3000, 120), (8000, 6000))
        standing = bench.view.stage.resting.picture
        assert isinstance(standing, StandIn)
        bench.view.finish_painting()
        assert bench.view.stage.resting.picture is standing
