"""Text with two networks: one finds the lines, one reads them."""

from typing import Final

import numpy as np

from annotator.core.shapes import Polygon
from annotator.media.opencv import cv2
from annotator.models.decoders.answers import FloatArray, Regions, Words
from annotator.models.fitting import fit_picture
from annotator.models.proposal import Proposal
from annotator.models.providers import LoadedModel, Pixels, answered

LABEL: Final = "text"
ATTRIBUTE: Final = "text"
# What a region must reach to be read at all, whatever the threshold for the text.
_REGION: Final = 0.6
# A line that is so much higher than wide stands upright.
_UPRIGHT: Final = 1.5
# More than interpolation reaches beyond an outline.
_MARGIN: Final = 8.0


class TextReader:
    """Proposes a polygon for each line, with what is written there as the attribute `text`."""

    def __init__(self, model: LoadedModel) -> None:
        self.labels = (LABEL,)
        self._find = model.network("detect")
        self._read = model.network("read")

    def detect(self, pixels: Pixels, threshold: float) -> list[Proposal]:
        """Return the lines from top to bottom."""
        fitted = fit_picture(pixels, self._find.entry.input)
        outputs = self._find.run(fitted.tensor)
        regions = answered(self._find.decoder.decode(outputs, fitted, _REGION), Regions)
        found = []
        for outline in regions.outlines:
            line = _upright(pixels, outline)
            if line is None:
                continue
            fitted = fit_picture(line, self._read.entry.input)
            outputs = self._read.run(fitted.tensor)
            words = answered(self._read.decoder.decode(outputs, fitted, threshold), Words)
            text, score = words.texts[0].strip(), float(words.scores[0])
            if text and score >= threshold:
                shape = Polygon.from_ring(outline)
                found.append(Proposal(LABEL, shape, min(1.0, score), {ATTRIBUTE: text}))
        return found


def _upright(pixels: Pixels, outline: FloatArray) -> Pixels | None:
    """Return the pixels inside four corners, clockwise from the upper left, as a level line; None where it is none."""
    top, bottom = outline[1] - outline[0], outline[2] - outline[3]
    left, right = outline[3] - outline[0], outline[2] - outline[1]
    width = int(max(np.hypot(*top), np.hypot(*bottom)))
    height = int(max(np.hypot(*left), np.hypot(*right)))
    if width < 2 or height < 2:
        return None
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    part, corner = _around(pixels, outline)
    matrix = cv2.getPerspectiveTransform((outline - corner).astype(np.float32), target)
    line: Pixels = np.asarray(
        cv2.warpPerspective(
            part, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
    )
    return np.ascontiguousarray(np.rot90(line)) if height >= _UPRIGHT * width else line


def _around(pixels: Pixels, outline: FloatArray) -> tuple[Pixels, FloatArray]:
    """Return the pixels around an outline and their upper left corner: OpenCV refuses larger pictures than 32 767."""
    low = np.maximum(np.floor(outline.min(0)) - _MARGIN, 0.0)
    high = np.ceil(outline.max(0)) + _MARGIN
    (x0, y0), (x1, y1) = low.astype(int).tolist(), high.astype(int).tolist()
    return pixels[y0:y1, x0:x1], low


def make(model: LoadedModel) -> TextReader:
    """Return the provider of a model."""
    return TextReader(model)
