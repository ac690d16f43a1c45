"""Small pictures of pictures: made from files, brought to a size, packed for keeping."""

from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from annotator.media.buffers import Pixels
from annotator.media.header import read_info
from annotator.media.pictures import read_picture

Box: TypeAlias = tuple[int, int]
"""Width and height in pixels that a thumbnail has to fit into."""

# Thumbnails are kept in two sizes, so that a strip of another height need not read the pictures again. The small one
# is for strips of up to 128 device pixels.
SMALL: Final[Box] = (192, 128)
LARGE: Final[Box] = (600, 400)

# Of a longer picture the middle is shown: a panorama would else be a line.
_LONGEST: Final = 4.0
# libjpeg decodes to these fractions at a fraction of the cost.
_FACTORS: Final = (8, 4, 2)
# From here on pixels are shown as squares, as on the canvas.
_SQUARES: Final = 2.0
_QUALITY: Final = 85
# What is behind transparent pixels: squares of two greys.
_GREYS: Final = (150, 190)
_SQUARE: Final = 8


def kept_size(box: Box) -> Box:
    """Return the size in which a thumbnail for a box is kept."""
    return SMALL if box[0] <= SMALL[0] and box[1] <= SMALL[1] else LARGE


def make_thumbnail(path: Path, index: int = 0, *, box: Box = SMALL) -> Pixels:
    """Return a picture (H, W, 4), opaque, upright, made smaller to fit a box; a smaller one has its own size.

    index: as in `read_picture`. Raises MediaError, InputError.
    """
    info = read_info(path, index)
    width, height = _shown_size(info.width, info.height)
    shrink = 1 / _zoom((width, height), box)
    scale = next((factor for factor in _FACTORS if factor <= shrink), 1)
    picture = read_picture(path, index, scale=scale)
    pixels = _middle(picture.pixels)
    if shrink > 1:
        pixels = _resized(pixels, fitted_size((pixels.shape[1], pixels.shape[0]), box))
    return _opaque(pixels) if picture.has_alpha else pixels


def fitted_size(size: Box, box: Box) -> Box:
    """Return the (width, height) that a picture of a size has where it fills a box."""
    zoom = _zoom(size, box)
    return max(1, min(box[0], round(size[0] * zoom))), max(1, min(box[1], round(size[1] * zoom)))


def fitted(pixels: Pixels, box: Box) -> Pixels:
    """Return a thumbnail as large as a box allows, larger than it is where need be."""
    size = (pixels.shape[1], pixels.shape[0])
    wanted = fitted_size(size, box)
    return pixels if wanted == size else _resized(pixels, wanted)


def shows_whole(pixels: Pixels, size: Box) -> bool:
    """Whether a thumbnail can be one of a whole picture of a size: of the middle of a long one it is not."""
    height, width = pixels.shape[:2]
    # Its sides are whole numbers, after one made for keeping was brought to the size that is shown.
    rounding = 1 / size[0] + 1 / size[1]
    same_form = abs(width / size[0] - height / size[1]) <= rounding
    return same_form and _shown_size(*size) == size


def pack(pixels: Pixels) -> bytes:
    """Return a thumbnail as the bytes of a JPEG file."""
    import simplejpeg

    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), _QUALITY, "BGRX", "444")
    return data


def unpack(data: bytes) -> Pixels | None:
    """Return the thumbnail that `pack` has packed; None for other and damaged bytes."""
    import simplejpeg

    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        if width > LARGE[0] or height > LARGE[1]:
            return None
        pixels: Pixels = simplejpeg.decode_jpeg(data, "BGRA")
    except ValueError:
        return None
    return pixels


def _zoom(size: Box, box: Box) -> float:
    return min(box[0] / size[0], box[1] / size[1])


def _shown_size(width: int, height: int) -> Box:
    """The size of the part that is shown."""
    return min(width, round(height * _LONGEST)), min(height, round(width * _LONGEST))


def _middle(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    across, down = _shown_size(width, height)
    left, top = (width - across) // 2, (height - down) // 2
    return pixels[top : top + down, left : left + across]


def _resized(pixels: Pixels, size: Box) -> Pixels:
    from annotator.media.opencv import cv2

    zoom = size[0] / pixels.shape[1]
    method = cv2.INTER_NEAREST if zoom >= _SQUARES else cv2.INTER_LINEAR
    result = np.empty((size[1], size[0], 4), dtype=np.uint8)
    cv2.resize(pixels, size, result, interpolation=cv2.INTER_AREA if zoom < 1 else method)
    return result


def _opaque(pixels: Pixels) -> Pixels:
    """Put a picture with alpha before squares of two greys."""
    height, width = pixels.shape[:2]
    rows, columns = np.ogrid[:height, :width]
    ground = np.where((rows // _SQUARE + columns // _SQUARE) % 2, *_GREYS)[:, :, np.newaxis]
    share = pixels[:, :, 3:].astype(np.float32) / 255
    result = np.full_like(pixels, 255)
    result[:, :, :3] = np.rint(pixels[:, :, :3] * share + ground * (1 - share))
    return result
