"""WebP: simple and extended. Source: RFC 9649."""

import struct
from io import SEEK_CUR
from typing import BinaryIO

from annotator.media.errors import MediaError
from annotator.media.header.info import PictureInfo, exactly, upright_info
from annotator.media.header.tiff import exif_orientation

_MOST_EXIF = 1 << 20
_MOST_CHUNKS = 100_000


def is_webp(start: bytes) -> bool:
    """Whether the first 12 bytes are those of a WebP file."""
    return start[:4] == b"RIFF" and start[8:12] == b"WEBP"


def read_webp(stream: BinaryIO) -> PictureInfo:
    """Read the header. Raises MediaError."""
    exactly(stream, 12)
    kind, length = struct.unpack("<4sI", exactly(stream, 8))
    start = exactly(stream, 10)
    orientation = 1
    if kind == b"VP8 ":
        size, has_alpha = _lossy_size(start), False
    elif kind == b"VP8L":
        size, has_alpha = _lossless_size(start)
    elif kind == b"VP8X":
        flags = start[0]
        size = (1 + int.from_bytes(start[4:7], "little"), 1 + int.from_bytes(start[7:10], "little"))
        has_alpha = bool(flags & 0x10)
        if flags & 0x08:
            stream.seek(length - len(start) + length % 2, SEEK_CUR)
            orientation = _orientation(stream)
    else:
        raise MediaError("its header is damaged.")
    return upright_info("webp", size, channels=4 if has_alpha else 3, orientation=orientation)


def _lossy_size(start: bytes) -> tuple[int, int]:
    if start[3:6] != b"\x9d\x01\x2a":
        raise MediaError("its header is damaged.")
    width, height = struct.unpack_from("<HH", start, 6)
    return (
        width & 0x3FFF,
        height & 0x3FFF,
    )  # the upper two bits ask for upscaling, which nobody does


def _lossless_size(start: bytes) -> tuple[tuple[int, int], bool]:
    if start[0] != 0x2F:
        raise MediaError("its header is damaged.")
    bits = int.from_bytes(start[1:5], "little")
    return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1)


def _orientation(stream: BinaryIO) -> int:
    """Look for the EXIF chunk, which stands behind the pixels; 1 if there is none after all."""
    for _ in range(_MOST_CHUNKS):
        head = stream.read(8)
        if len(head) < 8:
            break
        kind, length = struct.unpack("<4sI", head)
        if kind == b"EXIF" and length <= _MOST_EXIF:
            return exif_orientation(stream.read(length).removeprefix(b"Exif\0\0"))
        stream.seek(length + length % 2, SEEK_CUR)
    return 1
