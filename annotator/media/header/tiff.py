"""TIFF and BigTIFF directories; EXIF is a TIFF file inside another one.

Source: TIFF 6.0 (Adobe, 1992), section 2; the BigTIFF changes of libtiff: eight-byte offsets and counts.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from typing import BinaryIO, Final

from annotator.media.errors import MediaError
from annotator.media.header.info import PictureInfo, exactly, upright_info

_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION, _SAMPLES = 256, 257, 258, 262, 274, 277
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_PALETTE: Final = 3
_WANTED: Final = frozenset(
    {_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION, _SAMPLES, _TILE_WIDTH, _TILE_HEIGHT}
)
_INTEGERS: Final = {1: "B", 3: "H", 4: "I", 16: "Q"}  # BYTE, SHORT, LONG, LONG8
_MOST_PAGES: Final = 100_000
_MOST_ENTRIES: Final = 4096
_LARGEST_OFFSET: Final = 1 << 40  # beyond any file that is taken, within what seek accepts

Tags = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The sizes that differ between TIFF and BigTIFF, for one byte order."""

    order: str
    count: struct.Struct
    entry: struct.Struct
    offset: struct.Struct


def read_tiff(stream: BinaryIO, page: int = 0) -> PictureInfo:
    """Read the header of one page, from 0. Raises MediaError."""
    wanted: Tags | None = None
    pages = 0
    for tags in _directories(stream):
        if pages == page:
            wanted = tags
        pages += 1
    if wanted is None:
        raise MediaError(f"it has no page {page + 1}, but {pages}.")
    if wanted.get(_TILE_WIDTH, 0) * wanted.get(_TILE_HEIGHT, 0) > 1 << 28:
        raise MediaError("its header says that one tile has more than 268 million pixels.")
    return upright_info(
        "tiff",
        (wanted.get(_WIDTH, 0), wanted.get(_HEIGHT, 0)),
        channels=3 if wanted.get(_PHOTOMETRIC) == _PALETTE else wanted.get(_SAMPLES, 1),
        bit_depth=wanted.get(_BITS, 1),
        orientation=wanted.get(_ORIENTATION, 1),
        pages=pages,
    )


def exif_orientation(exif: bytes) -> int:
    """Return the orientation an EXIF block states; 1 where it has none or cannot be read."""
    try:
        tags = next(_directories(BytesIO(exif)), {})
    except MediaError:
        return 1
    return tags.get(_ORIENTATION, 1)


def _directories(stream: BinaryIO) -> Iterator[Tags]:
    """Yield the wanted tags of each directory, the first value of each."""
    length = stream.seek(0, SEEK_END)
    stream.seek(0)
    layout, offset = _layout(stream)
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < _MOST_PAGES:
        seen.add(offset)
        if offset > length:
            raise MediaError("its header points behind the end of the file.")
        stream.seek(offset)
        (count,) = layout.count.unpack(exactly(stream, layout.count.size))
        if count > _MOST_ENTRIES:
            raise MediaError("its header lists more tags than any TIFF file has.")
        entries = exactly(stream, count * layout.entry.size)
        (offset,) = layout.offset.unpack(exactly(stream, layout.offset.size))
        tags: dict[int, int] = {}
        for tag, kind, number, value in layout.entry.iter_unpack(entries):
            if tag in _WANTED and kind in _INTEGERS and tag not in tags:  # decoders take the first
                tags[tag] = _first_value(stream, layout, kind, number, value)
        yield tags


def _layout(stream: BinaryIO) -> tuple[_Layout, int]:
    """Read the file header; return the layout and the offset of the first directory."""
    magic = exactly(stream, 4)
    order = {b"II": "<", b"MM": ">"}.get(magic[:2], "")
    version = struct.unpack(order + "H", magic[2:])[0] if order else 0
    if version == 42:
        layout = _Layout(order, *(struct.Struct(order + form) for form in ("H", "HHI4s", "I")))
    elif version == 43:
        exactly(stream, 4)  # the size of offsets, always 8, and zero
        layout = _Layout(order, *(struct.Struct(order + form) for form in ("Q", "HHQ8s", "Q")))
    else:
        raise MediaError("it is not a TIFF file.")
    return layout, layout.offset.unpack(exactly(stream, layout.offset.size))[0]


def _first_value(stream: BinaryIO, layout: _Layout, kind: int, number: int, value: bytes) -> int:
    form = struct.Struct(layout.order + _INTEGERS[kind])
    if number * form.size > len(value):  # it does not fit here, so this is where it stands
        (offset,) = layout.offset.unpack(value)
        stream.seek(min(offset, _LARGEST_OFFSET))
        value = exactly(stream, form.size)
    first: int = form.unpack_from(value)[0]
    return first
