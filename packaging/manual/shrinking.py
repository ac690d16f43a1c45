"""Pictures of windows as small PNG files: a palette of 256 colours chosen for each, and as much packing as there is."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

_COLOURS = 256
_PLAIN_DOTS = 2835
# A colour of so many pixels is meant to be just that, unless one is kept that differs by less in all channels together.
_FLAT = 60
_APART = 10


def write_png(image: QImage, path: Path) -> None:
    """Write an image with at most 256 colours."""
    pixels = _pixels(image)
    palette, places = quantised(pixels)
    made = QImage(image.width(), image.height(), QImage.Format.Format_Indexed8)
    made.setColorTable([0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in palette])
    rows = np.frombuffer(made.bits(), np.uint8).reshape(image.height(), made.bytesPerLine())
    rows[:, : image.width()] = places
    # How many pixels are one of the window's: the manual shows them in their size.
    dots = round(_PLAIN_DOTS * image.devicePixelRatio())
    made.setDotsPerMeterX(dots)
    made.setDotsPerMeterY(dots)
    # 0 is the most packing.
    if not made.save(str(path), quality=0):
        raise OSError(f"{path} cannot be written.")


def quantised(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a palette (N, 3) and the place in it of each pixel (H, W), for pixels (H, W, 3).

    Flat colours are kept as they are; boxes of the rest are halved where they are longest, weighted by their pixels
    (median cut after Heckbert, 1982).
    """
    flat = pixels.reshape(-1, 3)
    codes = flat.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    table = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], 1).astype(np.float64)
    if len(colours) <= _COLOURS:
        palette = table
        nearest = np.arange(len(colours))
    else:
        palette, nearest = _chosen(table, counts.astype(np.float64))
    places = nearest.astype(np.uint8)[inverse].reshape(pixels.shape[:2])
    return palette.round().astype(np.uint8), places


def _chosen(
    table: NDArray[np.float64], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    kept = _flat_colours(table, counts)
    weights = np.sqrt(counts)
    boxes = [np.setdiff1d(np.arange(len(table)), kept)]
    while len(boxes) < _COLOURS - len(kept):
        spans = [_span(table[box], weights[box]) for box in boxes]
        widest = int(np.argmax(spans))
        if spans[widest] == 0:
            break
        box = boxes.pop(widest)
        boxes += _halves(box, table, weights)
    means = [np.average(table[box], axis=0, weights=weights[box]) for box in boxes]
    palette = np.concatenate([table[kept], np.array(means)])
    return palette, _nearest(table, palette)


def _flat_colours(table: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[Any]:
    """The places of the most frequent colours that differ from each other: grounds, words, colours of labels."""
    kept: list[int] = []
    for place in np.argsort(-counts, kind="stable").tolist():
        if counts[place] < _FLAT or len(kept) == _COLOURS // 2:
            break
        if not kept or np.abs(table[kept] - table[place]).sum(1).min() >= _APART:
            kept.append(place)
    return np.array(kept, np.int64)


def _span(colours: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    if len(colours) < 2:
        return 0.0
    return float(np.ptp(colours, axis=0).max() * weights.sum() ** 0.5)


def _halves(
    box: NDArray[Any], table: NDArray[np.float64], weights: NDArray[np.float64]
) -> list[NDArray[Any]]:
    channel = int(np.argmax(np.ptp(table[box], axis=0)))
    order = box[np.argsort(table[box, channel], kind="stable")]
    below = np.cumsum(weights[order])
    middle = int(np.searchsorted(below, below[-1] / 2)) + 1
    middle = min(max(middle, 1), len(order) - 1)
    return [order[:middle], order[middle:]]


def _nearest(table: NDArray[np.float64], palette: NDArray[np.float64]) -> NDArray[Any]:
    found = np.empty(len(table), np.int64)
    for start in range(0, len(table), 4096):
        part = table[start : start + 4096]
        distance = ((part[:, None, :] - palette[None]) ** 2).sum(2)
        found[start : start + 4096] = distance.argmin(1)
    return found


def _pixels(image: QImage) -> NDArray[np.uint8]:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()
