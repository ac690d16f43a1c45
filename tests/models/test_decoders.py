"""Decoders on made-up outputs whose meaning is known, and inputs made of pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.models.decoders import make_decoder
from annotator.models.decoders.answers import Boxes, Words
from annotator.models.decoders.dbnet import _reading_order
from annotator.models.decoders.suppression import best_boxes
from annotator.models.errors import ModelError
from annotator.models.fitting import InputSpec, fit_picture
from annotator.models.providers import answered


def fitted(width: int = 64, height: int = 64, **spec):
    return fit_picture(np.zeros((height, width, 3), np.uint8), InputSpec(size=(64, 64), **spec))


class TestFitting:
    @given(
        st.integers(1, 500), st.integers(1, 500), st.sampled_from(["corner", "centre", "stretch"])
    )
    def test_corners_come_back(self, width, height, fit):
        made = fitted(width, height, fit=fit)
        assert made.tensor.shape == (1, 3, 64, 64)
        inner = np.array(
            [
                [made.left, made.top],
                [made.left + width * made.across, made.top + height * made.down],
            ]
        )
        assert np.allclose(made.points_back(inner), [[0, 0], [width, height]])

    def test_colours_scaling_and_padding(self):
        pixels = np.zeros((2, 4, 3), np.uint8)
        pixels[...] = (10, 20, 30)
        spec = InputSpec(size=(4, 4), colours="RGB", mean=(10, 10, 10), scale=(2, 1, 0.5), pad=7.0)
        tensor = fit_picture(pixels, spec).tensor
        assert tensor[0, :, 0, 0].tolist() == [40.0, 10.0, 0.0]
        assert tensor[0, :, 3, 3].tolist() == [7.0, 7.0, 7.0]

    def test_multiples_and_lines(self):
        pixels = np.zeros((100, 250, 3), np.uint8)
        assert fit_picture(pixels, InputSpec(size=(2048, 2048), fit="multiple")).tensor.shape == (
            1,
            3,
            96,
            256,
        )
        assert fit_picture(pixels, InputSpec(size=(2048, 48), fit="line")).tensor.shape == (
            1,
            3,
            48,
            120,
        )
        tall = np.zeros((4000, 10, 3), np.uint8)
        assert fit_picture(tall, InputSpec(size=(1024, 1024), fit="multiple")).tensor.shape == (
            1,
            3,
            1024,
            32,
        )


class TestYolox:
    def outputs(self, *cells: tuple[int, tuple[float, ...]]):
        values = np.zeros((1, 84, 7), np.float32)  # 8 x 8, 4 x 4 and 2 x 2 cells, two labels
        for place, row in cells:
            values[0, place] = row
        return {"output": values}

    def test_a_cell_by_hand(self):
        """Column 3 of row 2 in the first grid: middle (3.5, 2.25) * 8, width e^1 * 8, height e^0 * 8."""
        decoder = make_decoder("yolox", {}, ("a", "b"))
        outputs = self.outputs((2 * 8 + 3, (0.5, 0.25, 1.0, 0.0, 0.9, 0.1, 0.8)))
        found = decoder.decode(outputs, fitted(), 0.3)
        half = np.e * 4
        assert np.allclose(found.xyxy, [[28 - half, 14, 28 + half, 22]])
        assert np.allclose(found.scores, [0.72])
        assert found.labels.tolist() == [1]

    def test_boxes_that_overlap_a_better_one_of_their_label_go(self):
        decoder = make_decoder("yolox", {}, ("a", "b"))
        row = (0.0, 0.0, 1.0, 1.0)
        outputs = self.outputs(
            (18, (*row, 1.0, 0.9, 0.0)), (19, (*row, 1.0, 0.5, 0.0)), (26, (*row, 1.0, 0.0, 0.6))
        )
        assert decoder.decode(outputs, fitted(), 0.3).scores.tolist() == pytest.approx([0.9, 0.6])
        loose = make_decoder("yolox", {"overlap": 0.99}, ("a", "b"))
        assert len(loose.decode(outputs, fitted(), 0.3).scores) == 3

    def test_numbers_that_are_none_are_left_out(self):
        decoder = make_decoder("yolox", {}, ("a", "b"))
        nan = float("nan")
        outputs = self.outputs(
            (5, (nan, 0, 0, 0, 1, 1, 0)), (6, (0, 0, 900, 0, 1, 0, 1)), (7, (0, 0, 0, 0, nan, 1, 0))
        )
        found = decoder.decode(outputs, fitted(), 0.3)
        assert np.isfinite(found.scores).all()

    def test_another_shape_is_told(self):
        decoder = make_decoder("yolox", {}, ("a", "b", "c"))
        with pytest.raises(ModelError, match="does not fit"):
            decoder.decode(self.outputs(), fitted(), 0.3)


class TestSuppression:
    def test_nothing(self):
        assert len(best_boxes(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64), 0.5)) == 0

    @given(
        st.lists(
            st.tuples(
                *[st.floats(0, 100)] * 2,
                *[st.floats(1, 50)] * 2,
                st.floats(0.01, 1),
                st.integers(0, 2),
            ),
            max_size=30,
        )
    )
    def test_what_stays_overlaps_little_and_what_goes_overlaps_something_better(self, rows):
        boxes = np.array([(x, y, x + w, y + h) for x, y, w, h, _, _ in rows]).reshape(-1, 4)
        scores = np.array([row[4] for row in rows])
        labels = np.array([row[5] for row in rows], np.int64)
        kept = best_boxes(boxes, scores, labels, 0.5).tolist()
        assert sorted(scores[kept].tolist(), reverse=True) == scores[kept].tolist()

        def overlap(a, b):
            left, right = (
                np.maximum(boxes[a, :2], boxes[b, :2]),
                np.minimum(boxes[a, 2:], boxes[b, 2:]),
            )
            shared = np.prod(np.maximum(0, right - left))
            return shared / (
                np.prod(boxes[a, 2:] - boxes[a, :2]) + np.prod(boxes[b, 2:] - boxes[b, :2]) - shared
            )

        for place, a in enumerate(kept):
            assert all(labels[a] != labels[b] or overlap(a, b) <= 0.5 + 1e-3 for b in kept[:place])
        for gone in set(range(len(rows))) - set(kept):
            assert any(
                labels[gone] == labels[k]
                and scores[k] >= scores[gone]
                and overlap(gone, k) >= 0.5 - 1e-3
                for k in kept
            )


class TestCtc:
    def decode(self, *steps: int):
        values = np.zeros((1, len(steps), 4), np.float32)
        for step, sign in enumerate(steps):
            values[0, step, sign] = 0.8
        words = make_decoder("ctc", {}, ("a", "b")).decode({"x": values}, fitted(), 0.5)
        return words.texts[0], words.scores[0]

    def test_repeats_count_once_unless_none_lies_between(self):
        assert self.decode(0, 1, 1, 0, 1, 3, 2, 2)[0] == "aa b"
        assert self.decode(1, 0, 2)[1] == pytest.approx(0.8)

    def test_nothing_is_an_empty_text(self):
        assert self.decode(0, 0, 0) == ("", 0.0)

    def test_another_alphabet_is_told(self):
        with pytest.raises(ModelError, match="alphabet"):
            make_decoder("ctc", {}, ("a",)).decode({"x": np.zeros((1, 3, 9))}, fitted(), 0.5)


class TestDbNet:
    def test_a_block_is_found_and_grown(self):
        chances = np.zeros((1, 1, 64, 64), np.float32)
        chances[0, 0, 20:31, 10:51] = 0.9
        found = make_decoder("dbnet", {}, ()).decode({"x": chances}, fitted(), 0.6)
        (outline,) = found.outlines
        # 40 x 10, grown by 400 * 1.6 / 100 on each side.
        assert np.allclose(
            outline, [[3.6, 13.6], [56.4, 13.6], [56.4, 36.4], [3.6, 36.4]], atol=0.1
        )
        assert found.scores[0] == pytest.approx(0.9, abs=0.01)

    def test_what_is_faint_or_small_is_left_out(self):
        chances = np.zeros((1, 1, 64, 64), np.float32)
        chances[0, 0, 5:20, 5:30] = 0.4
        chances[0, 0, 40:42, 40:42] = 0.9
        assert make_decoder("dbnet", {}, ()).decode({"x": chances}, fitted(), 0.6).outlines == ()


class TestReadingOrder:
    def outline(self, x: float, y: float, width: float = 40, height: float = 10):
        return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], float)

    @given(st.permutations(range(9)), st.lists(st.floats(-2, 2), min_size=9, max_size=9))
    def test_rows_of_a_table_that_are_not_quite_level(self, order, jitter):
        places = [(60 * (i % 3), 15 * (i // 3) + jitter[i]) for i in order]
        found = _reading_order([self.outline(x, y) for x, y in places])
        assert [order[place] for place in found] == list(range(9))

    def test_a_headline_does_not_swallow_the_lines_below(self):
        outlines = [self.outline(100, 38), self.outline(0, 0, 200, 30), self.outline(0, 40)]
        assert _reading_order(outlines) == [1, 2, 0]
        assert _reading_order([]) == []


def test_a_decoder_of_another_kind_is_a_sentence():
    answer = Words(("a",), np.ones(1))
    assert answered(answer, Words) is answer
    with pytest.raises(ModelError, match="gives words where boxes are needed"):
        answered(answer, Boxes)
