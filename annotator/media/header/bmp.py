"""BMP. Source: "Bitmap Storage", Microsoft's Windows GDI documentation."""

import struct
from typing import BinaryIO, Final

from annotator.media.header.info import PictureInfo, exactly, upright_info

MAGIC: Final = b"BM"
_CORE_HEADER: Final = 12


def read_bmp(stream: BinaryIO) -> PictureInfo:
    """Read the header. Raises MediaError."""
    exactly(stream, 14)
    (size,) = struct.unpack("<I", exactly(stream, 4))
    form = "<HHHH" if size == _CORE_HEADER else "<iiHH"
    width, height, _, bits = struct.unpack(form, exactly(stream, struct.calcsize(form)))
    return upright_info("bmp", (width, abs(height)), channels=4 if bits == 32 else 3)
