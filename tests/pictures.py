"""Real picture files for tests: JPEG through libjpeg-turbo, PNG through a writer of our own.

cv2 is not used, so that a test of our readers never checks OpenCV against itself.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import simplejpeg

Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

PNG_COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}  # by the number of channels
JPEG_COLOURS = {1: "GRAY", 3: "RGB", 4: "CMYK"}


def write_picture(
    path: Path,
    width: int,
    height: int,
    *,
    channels: int = 3,
    bits: int = 8,
    orientation: int | None = None,
    seed: int = 0,
    quality: int = 95,
) -> Pixels:
    """Write a JPEG or PNG file, by the ending of `path`, and return its pixels as stored.

    The result is (height, width, channels), without the last axis where channels is 1; a JPEG file
    holds them up to the loss of its compression. channels: 1 gray, 2 gray with alpha (PNG), 3 RGB,
    4 RGBA (PNG) or CMYK (JPEG). bits: 8, or 16 (PNG). orientation: EXIF's 1 to 8, left out if None.
    seed: another number, another picture.
    """
    pixels = draw_pixels(width, height, channels=channels, bits=bits, seed=seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(pixels, path.suffix.lower(), orientation, quality))
    return pixels[..., 0] if channels == 1 else pixels


def draw_pixels(width: int, height: int, *, channels: int, bits: int, seed: int) -> Pixels:
    """A gradient with a bright rectangle on it: (height, width, channels).

    It is smooth, so JPEG keeps it closely, and no two of its corners are alike, so a picture that is
    turned or mirrored is noticed.
    """
    random = np.random.default_rng(seed)
    across = np.linspace(0.1, 0.5, width)[np.newaxis, :, np.newaxis]
    down = np.linspace(0.0, 0.3, height)[:, np.newaxis, np.newaxis]
    values = (across + down) * random.uniform(0.4, 1.0, channels)
    left, top = (int(side * random.uniform(0.1, 0.4)) for side in (width, height))
    values[top : top + max(1, height // 3), left : left + max(1, width // 4)] = random.uniform(
        0.6, 1.0, channels
    )
    depth = np.uint8 if bits == 8 else np.uint16
    pixels: Pixels = np.rint(values * np.iinfo(depth).max).astype(depth)
    return pixels


def encode(pixels: Pixels, suffix: str, orientation: int | None, quality: int) -> bytes:
    """The bytes of a file with these pixels (height, width, channels). suffix: .png, .jpg or .jpeg."""
    exif = b"" if orientation is None else exif_block(orientation)
    match suffix:
        case ".png":
            return png(pixels, exif)
        case ".jpg" | ".jpeg":
            return jpeg(pixels, exif, quality)
        case _:
            raise ValueError(f"Pictures are made as .jpg or .png, not as {suffix}.")


def jpeg(pixels: Pixels, exif: bytes, quality: int) -> bytes:
    colours = JPEG_COLOURS[pixels.shape[2]]
    sampling = "Gray" if colours == "GRAY" else "444"
    image = np.ascontiguousarray(pixels)
    data: bytes = simplejpeg.encode_jpeg(image, quality, colours, sampling)
    if not exif:
        return data
    segment = b"Exif\0\0" + exif
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


def png(pixels: Pixels, exif: bytes) -> bytes:
    height, width, channels = pixels.shape
    bits = 8 * pixels.itemsize
    header = struct.pack(">IIBBBBB", width, height, bits, PNG_COLOUR_TYPE[channels], 0, 0, 0)
    rows = pixels.astype(pixels.dtype.newbyteorder(">")).view(np.uint8).reshape(height, -1)
    filtered = np.pad(rows, ((0, 0), (1, 0)))  # each row begins with its filter: 0, none
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 1)), (b"IEND", b"")]
    if exif:
        chunks.insert(1, (b"eXIf", exif))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def exif_block(orientation: int) -> bytes:
    """A TIFF block, little-endian, with the one entry 0x0112 (orientation, a 16-bit number)."""
    return struct.pack("<2sHI", b"II", 42, 8) + struct.pack(
        "<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0
    )
