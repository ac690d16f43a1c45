"""What a picture is, by its first bytes: size, orientation and depth without decoding, for a few microseconds."""

from pathlib import Path
from typing import BinaryIO

from annotator.media.contents import open_content
from annotator.media.errors import MediaError
from annotator.media.header import bmp, jpeg, png, tiff, webp
from annotator.media.header.info import PictureFormat as PictureFormat
from annotator.media.header.info import PictureInfo as PictureInfo
from annotator.media.header.info import check_limits as check_limits
from annotator.media.header.info import decoded_bytes as decoded_bytes


def read_info(path: Path, index: int = 0, *, root: Path | None = None) -> PictureInfo:
    """Read the header of a picture file, or of one of the pictures in it: a page, or the member of an archive.

    Raises MediaError, or InputError where the file cannot be opened.
    """
    with open_content(path, index, root=root) as (stream, page):
        return info_of(stream, page)


def info_of(stream: BinaryIO, page: int = 0) -> PictureInfo:
    """Read the header of a picture. Its first bytes decide what it is, not its name. Raises MediaError."""
    start = stream.read(12)
    stream.seek(0)
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return tiff.read_tiff(stream, page)
    if page > 0:
        raise MediaError(f"it has no page {page + 1}, but 1.")
    if start.startswith(jpeg.MAGIC):
        return jpeg.read_jpeg(stream)
    if start.startswith(png.MAGIC):
        return png.read_png(stream)
    if webp.is_webp(start):
        return webp.read_webp(stream)
    if start.startswith(bmp.MAGIC):
        return bmp.read_bmp(stream)
    raise MediaError("it is not a picture of a known kind (JPEG, PNG, WebP, BMP or TIFF).")
