"""Brightness, contrast and gamma: what they do to a sample, and that the picture is drawn with them at any zoom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.canvas.picture import Smaller, fitted_size
from annotator.canvas.tone import PLAIN, Tone
from tests.canvas.bench import Bench, grey_pixels

tones = st.builds(Tone, st.floats(-1, 1), st.floats(-1, 1), st.floats(0.2, 5, exclude_min=True))


class TestTable:
    def test_the_plain_tone_changes_nothing(self):
        assert np.array_equal(PLAIN.table(), np.arange(256))
        assert PLAIN.is_plain

    @given(tones)
    def test_lighter_stays_lighter(self, tone):
        assert np.all(np.diff(tone.table().astype(int)) >= 0)

    @given(tones, st.floats(0, 1))
    def test_more_brightness_darkens_nothing(self, tone, more):
        brighter = Tone(tone.brightness + more, tone.contrast, tone.gamma)
        assert np.all(brighter.table() >= tone.table())

    def test_by_hand(self):
        # 51 is 0.2: the square root of it is 0.447; contrast 0.5 doubles the distance from the middle.
        assert Tone(gamma=2.0).table()[51] == round(0.2**0.5 * 255)
        assert Tone(contrast=0.5).table()[153] == round(((0.6 - 0.5) * 2 + 0.5) * 255)
        assert Tone(brightness=0.2).table()[51] == round(0.4 * 255)

    def test_values_outside_are_moved_inside(self):
        assert Tone(7, -9, 100) == Tone(1, -1, 5)

    def test_alpha_stays(self):
        pixels = np.zeros((2, 3, 4), np.uint8)
        pixels[..., 3] = [[0, 100, 255], [1, 2, 3]]
        changed = Tone(brightness=0.5).applied(pixels)
        assert np.array_equal(changed[..., 3], pixels[..., 3])
        assert np.all(changed[..., :3] == 128)


LIGHTER = Tone(brightness=0.25)
TABLE = LIGHTER.table()


class TestPicture:
    @pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
    def test_a_tone_is_seen_at_any_zoom_and_the_pixels_told_stay(self, bench: Bench, factor):
        level = np.full((300, 400, 4), 120, np.uint8)
        level[..., 3] = 255
        bench.view.show_picture(level)
        bench.view.navigator.zoom_to(factor)
        bench.view.set_tone(LIGHTER)
        assert bench.colour(bench.image(), 200, 150) == (int(TABLE[120]),) * 3
        assert bench.view.stage.resting.picture.colour_at(5, 5) == (120, 120, 120)
        bench.view.set_tone(PLAIN)
        assert bench.colour(bench.image(), 200, 150) == (120, 120, 120)

    def test_the_next_picture_has_it_too(self, bench: Bench):
        bench.view.set_tone(LIGHTER)
        pixels = grey_pixels()
        bench.view.show_picture(pixels)
        assert bench.colour(bench.image(), 100, 100) == (int(TABLE[pixels[100, 100, 0]]),) * 3

    def test_a_large_picture_is_toned_where_it_is_seen(self, bench: Bench):
        """Parts that are drawn one by one fit together: the result is that of toning everything first."""
        noise = np.random.default_rng(1).integers(0, 256, (2300, 2600, 4), np.uint8)
        noise[..., 3] = 255
        toned = LIGHTER.applied(noise)
        for zoom in (0.7, 1.3):
            images = []
            for pixels, tone in ((noise, LIGHTER), (toned, PLAIN)):
                bench.view.set_tone(tone)
                bench.view.show_picture(pixels)
                bench.view.navigator.zoom_to(zoom)
                images.append(bench.image())
            first, second = (
                np.frombuffer(image.constBits(), np.uint8).astype(int) for image in images
            )
            # Smooth drawing and the table do not change places exactly where the table cuts off at white.
            assert np.abs(first - second).mean() < (1.5 if zoom < 1 else 1e-9)

    def test_the_copy_for_the_room_is_toned(self, bench: Bench):
        width, height = 1600, 1200
        across, down = fitted_size(width, height, bench.view.navigator.room.zoom_of(width, height))
        fitted = np.full((down, across, 4), 100, np.uint8)
        half = np.full((600, 800, 4), 100, np.uint8)
        whole = np.full((height, width, 4), 100, np.uint8)
        bench.view.set_tone(LIGHTER)
        bench.view.show_picture(whole, smaller=Smaller((half,), fitted))
        bench.view.fit()
        assert bench.colour(bench.image(), 800, 600) == (int(TABLE[100]),) * 3

    def test_colours_behind_transparency_are_toned_and_the_checks_are_not(self, bench: Bench):
        pixels = np.full((300, 400, 4), 100, np.uint8)
        pixels[:, :200, 3] = 0
        pixels[:, 200:, 3] = 255
        bench.view.set_tone(LIGHTER)
        bench.view.show_picture(pixels, has_alpha=True)
        image = bench.image()
        seen = {bench.colour(image, x, 100) for x in range(20, 100, 4)}
        assert seen == {(255, 255, 255), (203, 208, 214)}
        assert bench.colour(image, 300, 100) == (int(TABLE[100]),) * 3
