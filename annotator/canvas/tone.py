"""Brightness, contrast and gamma of the picture on the screen; pixels in files and for models stay as they are."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Tone:
    """How light and dark are spread: with v from 0 (black) to 1, `(v^(1/gamma) - 0.5) * 4^contrast + 0.5 + brightness`.

    brightness, contrast: -1 to 1, 0 changes nothing. gamma: 0.2 to 5, 1 changes nothing, more lightens what is dark.
    Values outside are moved to the nearest one inside.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "brightness", min(1.0, max(-1.0, self.brightness)))
        object.__setattr__(self, "contrast", min(1.0, max(-1.0, self.contrast)))
        object.__setattr__(self, "gamma", min(5.0, max(0.2, self.gamma)))

    @property
    def is_plain(self) -> bool:
        """Whether it changes nothing."""
        return self == PLAIN

    def table(self) -> Pixels:
        """Return what each of the 256 values of a sample becomes."""
        values = np.linspace(0.0, 1.0, 256) ** (1.0 / self.gamma)
        spread = (values - 0.5) * 4.0**self.contrast + 0.5 + self.brightness
        table: Pixels = np.rint(np.clip(spread, 0.0, 1.0) * 255).astype(np.uint8)
        return table

    def applied(self, pixels: Pixels) -> Pixels:
        """Return pixels (H, W, 4), blue, green, red, alpha, with another tone and the same alpha."""
        from annotator.media.opencv import cv2

        tables = np.empty((1, 256, 4), np.uint8)
        tables[0, :, :3] = self.table()[:, None]
        tables[0, :, 3] = np.arange(256)
        result = np.empty(pixels.shape, np.uint8)
        cv2.LUT(pixels, tables, result)
        return result


PLAIN = Tone()
