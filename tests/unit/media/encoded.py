"""Picture files as bytes, for kinds that `tests.pictures` does not write."""

import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile

from tests.pictures import exif_block


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, *, bits: int, colour: int, rows: bytes, extra: bytes = b""
) -> bytes:
    """rows: each with its filter byte. colour: PNG's colour type. extra: chunks before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", zlib.compress(rows, 9))
        + png_chunk(b"IEND", b"")
    )


def bmp(width: int, height: int, bits: int, rows: bytes, *, masks: bytes = b"") -> bytes:
    """height: negative for rows from the top. masks: of red, green, blue and alpha, for 32 bits."""
    header = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, bits, 3 if masks else 0, len(rows), 0, 0, 0, 0
    )
    offset = 14 + len(header) + len(masks)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + header + masks + rows


def tiff(pixels: npt.NDArray[Any], *, orientation: int | None = None, **options: Any) -> bytes:
    """options: those of tifffile.imwrite."""
    stream = BytesIO()
    tags = [] if orientation is None else [(274, 3, 1, orientation, True)]
    options.setdefault("photometric", "rgb" if pixels.ndim == 3 else "minisblack")
    tifffile.imwrite(stream, pixels, extratags=tags, **options)
    return stream.getvalue()


def with_tag(data: bytes, tag: int, value: int) -> bytes:
    """A TIFF file of one page whose directory has a number of 16 bits under a tag."""
    (offset,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, offset)
    entries = dict(struct.iter_unpack("<H10s", data[offset + 2 : offset + 2 + 12 * count]))
    entries[tag] = struct.pack("<HIHH", 3, 1, value, 0)
    directory = b"".join(struct.pack("<H10s", *one) for one in sorted(entries.items()))
    start = len(data) + len(data) % 2
    end = struct.pack("<H", len(entries)) + directory + bytes(4)
    return data[:4] + struct.pack("<I", start) + data[8:].ljust(start - 8, b"\0") + end


def tiff_with_lzw(samples: npt.NDArray[np.uint8]) -> bytes:
    """A TIFF file of samples with straight alpha, packed as tifffile alone cannot unpack them. samples: blue first."""
    from annotator.media.opencv import cv2

    ok, data = cv2.imencode(".tif", samples, [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    assert ok
    return with_tag(bytes(data), 338, 2)


def webp(pixels: npt.NDArray[np.uint8], *, lossless: bool = True) -> bytes:
    from annotator.media.opencv import cv2

    ok, data = cv2.imencode(".webp", pixels, [cv2.IMWRITE_WEBP_QUALITY, 101 if lossless else 90])
    assert ok
    return bytes(data)


def extended_webp(
    simple: bytes, width: int, height: int, *, orientation: int, alpha: bool = False
) -> bytes:
    """Wrap a simple WebP file into the extended kind, with an EXIF block behind the pixels."""
    flags = 0x08 | (0x10 if alpha else 0)
    extension = (
        struct.pack("<I", flags)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    body = (
        riff_chunk(b"VP8X", extension) + simple[12:] + riff_chunk(b"EXIF", exif_block(orientation))
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def riff_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def without_segment(jpeg: bytes, marker: int) -> bytes:
    """Take the first segment with this marker out of a JPEG file."""
    start = 2
    while jpeg[start + 1] != marker:
        start += 2 + struct.unpack_from(">H", jpeg, start + 2)[0]
    return jpeg[:start] + jpeg[start + 2 + struct.unpack_from(">H", jpeg, start + 2)[0] :]


def tiff_pages(pages: Sequence[np.ndarray]) -> bytes:
    """One picture after the other in one TIFF file."""
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        for page in pages:
            writer.write(page, photometric="minisblack")
    return buffer.getvalue()
