"""JPEG: the segments up to the first scan. Source: ITU-T T.81, annex B."""

import struct
from dataclasses import dataclass
from io import SEEK_CUR
from typing import BinaryIO, Final

from annotator.media.errors import MediaError
from annotator.media.header.info import PictureInfo, exactly, upright_info
from annotator.media.header.tiff import exif_orientation

MAGIC: Final = b"\xff\xd8\xff"
END: Final = b"\xff\xd9"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_END_OF_IMAGE, _START_OF_SCAN, _EXIF, _ADOBE = 0xD9, 0xDA, 0xE1, 0xEE
_MOST_JUNK: Final = 1 << 16


@dataclass(slots=True)
class JpegHeader:
    """The parts of a JPEG header that matter for showing it."""

    width: int = 0
    height: int = 0
    bit_depth: int = 8
    channels: int = 0
    orientation: int | None = None
    is_adobe: bool = False
    """An Adobe program wrote it: four channels are then stored inverted."""


def read_jpeg(stream: BinaryIO) -> PictureInfo:
    """Read the header. Raises MediaError."""
    header = read_jpeg_header(stream)
    return upright_info(
        "jpeg",
        (header.width, header.height),
        channels=header.channels,
        bit_depth=header.bit_depth,
        orientation=header.orientation or 1,
    )


def read_jpeg_header(stream: BinaryIO) -> JpegHeader:
    """Read the segments up to the first scan. Raises MediaError."""
    header = JpegHeader()
    exactly(stream, 2)
    while (marker := _next_marker(stream)) not in (_START_OF_SCAN, _END_OF_IMAGE):
        if marker in _WITHOUT_LENGTH:
            continue
        (length,) = struct.unpack(">H", exactly(stream, 2))
        if length < 2:
            raise MediaError("its header is damaged.")
        if marker in _FRAMES:
            _take_frame(header, exactly(stream, length - 2))
        elif marker == _EXIF and header.orientation is None:
            _take_exif(header, exactly(stream, length - 2))
        elif marker == _ADOBE:
            header.is_adobe |= exactly(stream, length - 2).startswith(b"Adobe")
        else:
            stream.seek(length - 2, SEEK_CUR)
    return header


def _next_marker(stream: BinaryIO) -> int:
    """Return the next marker, past filler and, as decoders do, past a little junk."""
    previous = 0
    for _ in range(_MOST_JUNK):
        byte = exactly(stream, 1)[0]
        if previous == 0xFF and byte not in (0x00, 0xFF):
            return byte
        previous = byte
    raise MediaError("its header is damaged.")


def _take_frame(header: JpegHeader, segment: bytes) -> None:
    if len(segment) < 6:
        raise MediaError("its header is damaged.")
    header.bit_depth, header.height, header.width, header.channels = struct.unpack_from(
        ">BHHB", segment
    )


def _take_exif(header: JpegHeader, segment: bytes) -> None:
    if segment.startswith(b"Exif\0"):  # XMP uses the same marker
        header.orientation = exif_orientation(segment[6:])
