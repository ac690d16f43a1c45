"""PNG: the chunks before the pixels. Source: PNG specification, third edition (W3C)."""

import struct
from collections.abc import Iterator
from io import SEEK_CUR
from typing import BinaryIO, Final

from annotator.media.errors import MediaError
from annotator.media.header.info import PictureInfo, exactly, upright_info
from annotator.media.header.tiff import exif_orientation

MAGIC: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
_PALETTE: Final = 3
_MOST_EXIF: Final = 1 << 20
_MOST_CHUNKS: Final = 100_000


def read_png(stream: BinaryIO) -> PictureInfo:
    """Read the header; an orientation that stands behind the pixels is not seen. Raises MediaError."""
    exactly(stream, len(MAGIC))
    length, kind = struct.unpack(">I4s", exactly(stream, 8))
    if kind != b"IHDR" or length != 13:
        raise MediaError("its header is damaged.")
    width, height, bit_depth, colour = struct.unpack_from(">IIBB", exactly(stream, 17))
    if colour not in _CHANNELS:
        raise MediaError("its header is damaged.")
    channels, orientation = _CHANNELS[colour], 1
    for kind, data in _chunks(stream):
        if kind == b"tRNS" and colour != 0:
            channels = 4
        elif kind == b"eXIf":
            orientation = exif_orientation(data)
    return upright_info(
        "png",
        (width, height),
        channels=channels,
        bit_depth=8 if colour == _PALETTE else bit_depth,
        orientation=orientation,
    )


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and data of the chunks before the pixels that say something about the picture."""
    for _ in range(_MOST_CHUNKS):
        length, kind = struct.unpack(">I4s", exactly(stream, 8))
        if kind in (b"IDAT", b"IEND"):
            return
        if kind in (b"tRNS", b"eXIf") and length <= _MOST_EXIF:
            yield kind, exactly(stream, length)
            length = 0
        stream.seek(length + 4, SEEK_CUR)  # the data and their check sum
    raise MediaError("its header is damaged.")
