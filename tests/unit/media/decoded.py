"""The bytes of a picture file, decoded as the program does: from a file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from annotator.media.picture import Picture
from annotator.media.pictures import read_picture


def decode_picture(data: bytes, *, scale: int = 1) -> Picture:
    """Decode them through a file of no particular name."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        return read_picture(path, scale=scale)
