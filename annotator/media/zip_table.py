"""The table of members at the end of a zip archive, as it is written there.

Source: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3 and 4.5; each layout names its own.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from annotator.media.errors import MediaError

_END: Final = struct.Struct("<4s4H2LH")  # 4.3.16
_END_64_LOCATOR: Final = struct.Struct("<4sLQL")  # 4.3.15
_END_64: Final = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")  # 4.3.12
_EXTRA: Final = struct.Struct("<2H")  # 4.5.1
_LONGEST_COMMENT: Final = 1 << 16
_UTF8: Final = 0x0800
_UNIX: Final = 3
_ZIP64: Final = 1  # 4.5.3
_IN_ZIP64: Final = 0xFFFFFFFF
_DAMAGED: Final = "its table of members is damaged or incomplete."


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One row of the table. mode: the Unix file type and permissions, 0 where another system wrote it."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    head: int
    """The least bytes that stand before the data, from `offset`."""
    mode: int


def read_table(stream: BinaryIO, length: int, most: int) -> tuple[list[ZipEntry], int]:
    """Return the rows of the table of an archive of `length` bytes, and the offset of the table.

    Raises MediaError where it is damaged, or has more than `most` rows.
    """
    start, size, count, shift = _place(stream, length)
    if count > most:
        raise MediaError(f"it has {count:,} members, the limit is {most:,}.")
    if start < 0 or start + size > length or size < count * _ENTRY.size:
        raise MediaError(_DAMAGED)
    stream.seek(start)
    try:
        return list(_rows(stream.read(size), count, shift)), start
    except struct.error:
        raise MediaError(_DAMAGED) from None


def _place(stream: BinaryIO, length: int) -> tuple[int, int, int, int]:
    """Return the offset, size and number of rows of the table, and what offsets in it are short of.

    Programs that unpack themselves stand before the archive, and its offsets know nothing of them.
    """
    tail = max(0, length - _END.size - _LONGEST_COMMENT)
    stream.seek(tail)
    data = stream.read()
    at = data.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(data):
        raise MediaError("it is no complete archive: the table of its members is missing.")
    _, _, _, _, count, size, offset, _ = _END.unpack_from(data, at)
    end = tail + at
    if (found := _place_64(stream, end)) is not None:
        size, count, offset, end = found
    start = end - size
    return start, size, count, start - offset


def _place_64(stream: BinaryIO, end: int) -> tuple[int, int, int, int] | None:
    """Return the size, number of rows and stated offset of a large table, and its end; None where there is none."""
    if end < _END_64_LOCATOR.size + _END_64.size:
        return None
    stream.seek(end - _END_64_LOCATOR.size)
    magic, _, _, _ = _END_64_LOCATOR.unpack(stream.read(_END_64_LOCATOR.size))
    if magic != b"PK\6\7":
        return None
    at = end - _END_64_LOCATOR.size - _END_64.size
    stream.seek(at)
    magic, *_, count, size, offset = _END_64.unpack(stream.read(_END_64.size))
    if magic != b"PK\6\6":
        raise MediaError(_DAMAGED)
    return size, count, offset, at


def _rows(table: bytes, count: int, shift: int) -> Iterator[ZipEntry]:
    at = 0
    for _ in range(count):
        (
            magic, made_by, _, flags, method, _, _, crc, packed, size, name_length, extra_length,
            comment_length, _, _, attributes, offset,
        ) = _ENTRY.unpack_from(table, at)  # fmt: skip
        if magic != b"PK\1\2":
            raise MediaError(_DAMAGED)
        at += _ENTRY.size
        raw = table[at : at + name_length]
        extra = table[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        if at > len(table):
            raise MediaError(_DAMAGED)
        if _IN_ZIP64 in (size, packed, offset):
            size, packed, offset = _large_numbers(extra, size, packed, offset)
        mode = attributes >> 16 if made_by >> 8 == _UNIX else 0
        yield ZipEntry(
            _text(raw, flags),
            flags,
            method,
            crc,
            packed,
            size,
            offset + shift,
            30 + name_length,
            mode,
        )


def _large_numbers(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Put 64-bit numbers in the place of those that say that they do not fit, in the order of the format."""
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        if kind == _ZIP64:
            large = iter(struct.unpack_from(f"<{length // 8}Q", extra, at))
            return (
                next(large, size) if size == _IN_ZIP64 else size,
                next(large, packed) if packed == _IN_ZIP64 else packed,
                next(large, offset) if offset == _IN_ZIP64 else offset,
            )
        at += length
    return size, packed, offset


def _text(raw: bytes, flags: int) -> str:
    """Return a name. Many programs write UTF-8 without saying so; what is none is in the letters of DOS."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape") if flags & _UTF8 else raw.decode("cp437")
