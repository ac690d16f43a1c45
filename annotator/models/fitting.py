"""From the pixels of a picture to the input of a network, and from its coordinates back."""

import math
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
Tensor: TypeAlias = NDArray[Any]
FloatArray: TypeAlias = NDArray[np.float64]

Fit: TypeAlias = Literal["corner", "centre", "stretch", "multiple", "line"]
"""How the picture lies in the input.

corner, centre: ratio kept, in the upper left corner or the middle. stretch: both sides fitted on their own.
multiple: its own size, sides rounded to multiples of `multiple`. line: the height of the input, as wide as that
makes it.
"""
Interpolation: TypeAlias = Literal["linear", "area"]

_LARGEST_SIDE: Final = 8192
_NO_MEAN: Final = (0.0, 0.0, 0.0)
_NO_SCALE: Final = (1.0, 1.0, 1.0)


class InputSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a picture becomes the input.

    size: width and height; for `multiple` and `line` the largest. mean, scale: (value - mean) * scale for each channel,
    in the order of `colours`, before padding with `pad`.
    """

    size: tuple[int, int]
    name: str = ""
    fit: Fit = "corner"
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    colours: Literal["BGR", "RGB"] = "BGR"
    type: Literal["float32", "uint8"] = "float32"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    pad: float = 0.0
    multiple: int = 32
    interpolation: Interpolation = "linear"

    def __post_init__(self) -> None:
        if not all(1 <= side <= _LARGEST_SIDE for side in self.size) or self.multiple < 1:
            raise ValueError(f"a side of the input lies between 1 and {_LARGEST_SIDE}")


@dataclass(frozen=True, slots=True)
class Fitted:
    """The input of a network made from a picture, and the way back.

    tensor: (1, C, H, W) or (1, H, W, C). A point (x, y) of the input is `(x - left) / across, (y - top) / down` of the
    picture. width, height: of the picture.
    """

    tensor: Tensor
    across: float
    down: float
    left: float
    top: float
    width: int
    height: int

    def points_back(self, points: FloatArray) -> FloatArray:
        """Return points (..., 2) of the input as points of the picture, inside it."""
        back = (points - (self.left, self.top)) / (self.across, self.down)
        limited: FloatArray = np.clip(back, 0.0, (float(self.width), float(self.height)))
        return limited

    def boxes_back(self, boxes: FloatArray) -> FloatArray:
        """Return boxes (N, 4), x0 y0 x1 y1, of the input as boxes of the picture, inside it."""
        return self.points_back(boxes.reshape(-1, 2, 2)).reshape(-1, 4)


def fit_picture(pixels: Pixels, spec: InputSpec) -> Fitted:
    """Make the input of a network from pixels (H, W, 3), blue, green, red; a fourth channel is left out."""
    height, width = pixels.shape[:2]
    room_x, room_y = spec.size
    inner_x, inner_y, full_x, full_y = _sizes(width, height, spec)
    resized = pixels
    if (inner_x, inner_y) != (width, height):
        from annotator.media.opencv import cv2

        method = cv2.INTER_AREA if spec.interpolation == "area" else cv2.INTER_LINEAR
        resized = np.empty((inner_y, inner_x, pixels.shape[2]), np.uint8)
        cv2.resize(pixels, (inner_x, inner_y), resized, interpolation=method)
    left = (room_x - inner_x) // 2 if spec.fit == "centre" else 0
    top = (room_y - inner_y) // 2 if spec.fit == "centre" else 0
    tensor = _filled(resized, spec, (full_x, full_y), (left, top))
    return Fitted(tensor, inner_x / width, inner_y / height, left, top, width, height)


def _sizes(width: int, height: int, spec: InputSpec) -> tuple[int, int, int, int]:
    """Return the width and height of the picture in the input, and of the whole input."""
    room_x, room_y = spec.size
    if spec.fit == "stretch":
        return room_x, room_y, room_x, room_y
    if spec.fit == "line":
        across = min(room_x, max(1, math.ceil(width * room_y / height)))
        return across, room_y, across, room_y
    if spec.fit == "multiple":
        ratio = min(1.0, room_x / width, room_y / height)
        x, y = (
            max(spec.multiple, round(side * ratio / spec.multiple) * spec.multiple)
            for side in (width, height)
        )
        return x, y, x, y
    ratio = min(room_x / width, room_y / height)
    return max(1, int(width * ratio)), max(1, int(height * ratio)), room_x, room_y


def _filled(
    resized: Pixels, spec: InputSpec, size: tuple[int, int], corner: tuple[int, int]
) -> Tensor:
    """Return the tensor: channels in order, values scaled, the rest padded.

    Written channel by channel straight into its place: a transposed copy of the whole takes longer than all else.
    """
    height, width = resized.shape[:2]
    (full_x, full_y), (left, top) = size, corner
    by_channel = spec.layout == "NCHW"
    sides = (1, 3, full_y, full_x) if by_channel else (1, full_y, full_x, 3)
    whole = (width, height) == (full_x, full_y)
    tensor = np.empty(sides, spec.type) if whole else np.full(sides, spec.pad, spec.type)
    planes = tensor[0] if by_channel else tensor[0].transpose(2, 0, 1)
    is_scaled = spec.type == "float32" and (spec.mean, spec.scale) != (_NO_MEAN, _NO_SCALE)
    for channel, plane in enumerate(planes[:, top : top + height, left : left + width]):
        plane[...] = resized[..., 2 - channel if spec.colours == "RGB" else channel]
        if is_scaled:
            plane -= np.float32(spec.mean[channel])
            plane *= np.float32(spec.scale[channel])
    return tensor
