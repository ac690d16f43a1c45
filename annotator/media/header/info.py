"""What the header of a picture says, and how its bytes are taken."""

from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias

from annotator.media.errors import MediaError
from annotator.safe_io import Limits

PictureFormat: TypeAlias = Literal["jpeg", "png", "webp", "bmp", "tiff"]


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What is known about a picture before it is decoded."""

    width: int
    """Upright, as shown."""
    height: int
    orientation: int
    """EXIF: 1 to 8, 1 for "as stored"; any other value in the file counts as 1."""
    channels: int
    """Once decoded: a palette counts as the colours it holds."""
    bit_depth: int
    """Of one channel."""
    format: PictureFormat
    pages: int = 1

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height before the orientation is applied."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def upright_info(
    format: PictureFormat,
    stored_size: tuple[int, int],
    *,
    channels: int,
    bit_depth: int = 8,
    orientation: int = 1,
    pages: int = 1,
) -> PictureInfo:
    """Make a PictureInfo from what the file stores. Raises MediaError for a picture without pixels."""
    width, height = stored_size
    if width < 1 or height < 1 or channels < 1:
        raise MediaError(f"its header says {width} x {height} pixels in {channels} channels.")
    if orientation not in range(1, 9):
        orientation = 1
    if orientation >= 5:
        width, height = height, width
    return PictureInfo(width, height, orientation, channels, bit_depth, format, pages)


def decoded_bytes(info: PictureInfo) -> int:
    """Return what the samples of a picture, or its pixels, take, whichever is more."""
    return info.width * info.height * max(4, info.channels * -(-info.bit_depth // 8))


def check_limits(info: PictureInfo, limits: Limits) -> None:
    """Raise MediaError if the picture would take too much memory."""
    pixels = info.width * info.height
    if pixels > limits.picture_pixels:
        raise MediaError(
            f"it has {info.width} x {info.height} pixels, the limit is {limits.picture_pixels / 1e6:,.0f} million; "
            "cut it into smaller pictures."
        )
    size = decoded_bytes(info)
    if size > limits.picture_bytes:
        raise MediaError(
            f"it needs {size / 1e9:,.1f} GB of memory, the limit is {limits.picture_bytes / 1e9:,.1f} GB; "
            "cut it into smaller pictures."
        )


def exactly(stream: BinaryIO, count: int) -> bytes:
    """Read `count` bytes. Raises MediaError if there are fewer."""
    data = stream.read(count)
    if len(data) != count:
        raise MediaError("its header breaks off; the file is damaged or incomplete.")
    return data
