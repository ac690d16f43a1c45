"""Zip archives as folders of pictures: which members there are, and the bytes of one of them.

Nothing is ever extracted to a disk. What an archive says of itself is a claim: bytes are counted while a member is
decompressed, and members that could be a trap are refused, each with a sentence.
"""

import os
import stat
import threading
import zlib
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Final

from annotator.media.errors import MediaError, naming
from annotator.media.zip_table import ZipEntry, read_table
from annotator.safe_io import DEFAULT_LIMITS, Limits, name_problem, open_regular, printable

ARCHIVE_SUFFIXES: Final = frozenset({".zip"})
_MAGIC: Final = b"PK\3\4"
_LOCAL_HEAD: Final = 30
_ENCRYPTED: Final = 0x0001
_STORED, _DEFLATED = 0, 8
_PIECE: Final = 1 << 20
# Archives whose members are kept in mind: those of 100 000 take about 30 MB.
_MOST_KEPT: Final = 4
# One index for a member and a page in it, so that a frame in an archive is found by a number, as others are.
_PAGE_STEP: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One file in an archive. number: its place in the archive's own table, from 0, which no other order changes."""

    number: int
    name: str
    """With "/" between folders, and safe: see `name_problem`."""
    size: int
    """In bytes, as the archive claims."""
    packed: int
    crc: int
    offset: int
    method: int

    def index_of(self, page: int) -> int:
        """Return the index of a page of this member among the frames of its archive."""
        return page * _PAGE_STEP + self.number


@dataclass(frozen=True, slots=True)
class Archive:
    """The files in an archive that can be read, in the order of its table. problems: what is refused, as sentences."""

    members: tuple[ArchiveMember, ...]
    problems: tuple[str, ...]

    def find(self, index: int) -> tuple[ArchiveMember, int]:
        """Return the member and the page in it that an index means. Raises MediaError where there is none."""
        page, number = divmod(index, _PAGE_STEP)
        place = bisect_left(self.members, number, key=attrgetter("number"))
        if place == len(self.members) or self.members[place].number != number:
            raise MediaError(f"it has no member {number + 1} that can be read.")
        return self.members[place], page


def is_archive(stream: BinaryIO) -> bool:
    """Whether a file that stands at its beginning is a zip archive; it stands there again afterwards."""
    start = stream.read(len(_MAGIC))
    stream.seek(0)
    return start == _MAGIC


def read_archive(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, root: Path | None = None
) -> Archive:
    """Read which members an archive has. Raises MediaError, or InputError where the file cannot be opened."""
    with naming(path), open_regular(path, root=root) as stream:
        return archive_of(stream, limits)


def archive_of(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Archive:
    """Return the members of an open archive; what was read before is kept for as long as the file stays the same."""
    status = os.fstat(stream.fileno())
    key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, limits)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    entries, table = read_table(stream, status.st_size, limits.entries)
    archive = _checked(entries, table)
    with _lock:
        _kept[key] = archive
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return archive


def read_member(stream: BinaryIO, member: ArchiveMember, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return the bytes of a member of an open archive. Raises MediaError, also where it grows beyond the limits."""
    if member.size > limits.file_bytes:
        raise MediaError(
            f"it has {member.size / 1e6:,.0f} MB, the limit is {limits.file_bytes / 1e6:,.0f} MB."
        )
    if member.size > max(limits.expansion_free_bytes, limits.expansion * member.packed):
        raise MediaError(
            f"it expands to more than {limits.expansion} times its packed size, as no picture does; it is not read."
        )
    stream.seek(member.offset)
    head = stream.read(_LOCAL_HEAD)
    if len(head) != _LOCAL_HEAD or head[:4] != _MAGIC:
        raise MediaError("it is not where the archive says; the archive is damaged.")
    lengths = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    stream.seek(lengths, os.SEEK_CUR)
    data = b"".join(_content(stream, member))
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise MediaError(
            "it is damaged: its content does not have the check sum that the archive gives."
        )
    return data


def _content(stream: BinaryIO, member: ArchiveMember) -> Iterator[bytes]:
    """Yield the content of a member in pieces, at most one byte more than it claims to have."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == _DEFLATED else None
    packed, left = member.packed, member.size + 1
    while packed > 0 and left > 0:
        piece = stream.read(min(packed, _PIECE))
        if not piece:
            return
        packed -= len(piece)
        if inflate is not None:
            try:
                piece = inflate.decompress(piece, left)
            except zlib.error:
                raise MediaError("it is damaged: it cannot be decompressed.") from None
        left -= len(piece)
        yield piece


# Which members are taken -------------------------------------------------------------------------------


def _checked(entries: Sequence[ZipEntry], table: int) -> Archive:
    names = Counter(entry.name for entry in entries)
    overlapping = _overlapping(entries, table)
    members: list[ArchiveMember] = []
    problems: list[str] = []
    for number, entry in enumerate(entries):
        if entry.name.endswith("/"):
            continue
        reason = _refusal(entry)
        if names[entry.name] > 1:
            reason = f"there are {names[entry.name]} members of that name"
        elif number in overlapping:
            reason = "it shares its bytes with another member"
        if reason is not None:
            problems.append(f"{printable(entry.name)} in the archive is left out: {reason}.")
            continue
        member = ArchiveMember(
            number, entry.name, entry.size, entry.packed, entry.crc, entry.offset, entry.method
        )
        members.append(member)
    return Archive(tuple(members), tuple(problems))


def _refusal(entry: ZipEntry) -> str | None:
    """Return why a member is not taken by what the table says of it alone."""
    if reason := name_problem(entry.name):
        return reason
    if ".." in entry.name.split("/"):
        return 'its name holds ".."'
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG):
        return "it is a link or a device, not a file"
    if entry.flags & _ENCRYPTED:
        return "it is encrypted"
    if entry.method not in (_STORED, _DEFLATED):
        return "it is compressed in a way that is not known; pack it again with Deflate"
    return None


def _overlapping(entries: Sequence[ZipEntry], table: int) -> set[int]:
    """Return the places of members whose bytes are also those of another one, or of the table."""
    order = sorted(range(len(entries)), key=lambda place: entries[place].offset)
    found: set[int] = set()
    furthest, holder = 0, -1
    for place in order:
        entry = entries[place]
        if entry.offset < furthest:
            found.update((place, holder))
        end = entry.offset + entry.head + entry.packed
        if entry.offset < 0 or end > table:
            found.add(place)
        if end > furthest:
            furthest, holder = end, place
    return found


_lock: Final = threading.Lock()
_kept: Final[OrderedDict[tuple[object, ...], Archive]] = OrderedDict()
