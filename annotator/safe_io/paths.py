"""Names of files that come from inside other files."""

import os
import re
import unicodedata
from pathlib import Path
from typing import Final

from annotator.core.free_names import FreeNames
from annotator.safe_io.errors import InputError

# They change the order in which a name is shown: "gpj.exe" can be made to look like "exe.jpg".
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_SEPARATORS: Final = re.compile(r"[/\\]")
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE
)
_NOT_IN_NAMES: Final = re.compile(r'[/\\:*?"<>|]')
_ON_WINDOWS: Final = os.name == "nt"
# A stream beside a file ("a.jpg:b"), and dots and spaces that are dropped at the end ("a./b", but not "../b").
_OTHER: Final = re.compile(r":|(?<=[^.])[. ]+$")
_NAME_BYTES: Final = 255
_PATH_BYTES: Final = 4000
_SAFE_NAME_BYTES: Final = 240


def real_path(path: Path) -> Path:
    """Return where a path really leads, absolute, whether anything is there or not.

    Unlike with `Path.resolve`, which fails under Python 3.11 and 3.12, a link that leads to itself stays as it is.
    """
    return Path(os.path.realpath(path))


def resolve_inside(root: Path, name: str) -> Path:
    """Return the real path of `name`, which an untrusted file gives relative to the folder `root`.

    Both kinds of slash separate folders, as Windows programs write the one and all others the other. The file
    need not exist. Raises InputError, naming the rule, for whatever leaves the root or could be taken for
    something else: absolute paths, drive letters, network shares, addresses, "..", links out of the root,
    control characters. Nothing is opened, and no other machine is asked.
    """
    if reason := _refusal(name):
        raise InputError(f"The file name {printable(name)} is not allowed: {reason}.", rule="path")
    real_root = os.path.realpath(root)
    path = os.path.realpath(os.path.join(real_root, *_SEPARATORS.split(name)))
    if path != real_root and not path.startswith(os.path.join(real_root, "")):
        raise InputError(
            f"The file name {printable(name)} is not allowed: it is a link out of {real_root}.",
            rule="path",
        )
    return Path(path)


def name_problem(path: str) -> str | None:
    """Return why a path below a folder, with "/" between its parts, could not be opened again; None if it can.

    For names found on a disk: those that a project could not keep, or that mean another file on Windows.
    """
    if "\\" in path:
        return "a name holds a backslash"
    if any("\ud800" <= character <= "\udfff" for character in path):
        # Names that are not UTF-8 come with halves of surrogate pairs on Linux.
        return "it is not valid text"
    return _refusal(path)


def printable(name: str, length: int = 120) -> str:
    """Return `name` in quotes for a message: control characters escaped, the middle of a long one left out."""
    if len(name) > length:
        name = f"{name[: length // 2]}…{name[-length // 2 :]}"
    return (
        '"'
        + "".join(_escaped(character) if _is_hidden(character) else character for character in name)
        + '"'
    )


def safe_file_name(name: str, fallback: str = "unnamed") -> str:
    """Return a file name for `name` that every system accepts: one part, no reserved word, at most 240 bytes.

    Letters of all languages are kept. Different names can become the same one: see `FileNames`.
    """
    kept = "".join(
        "_" if _is_hidden(character) else character
        for character in unicodedata.normalize("NFC", name)
    )
    kept = _NOT_IN_NAMES.sub("_", kept).strip(" ").rstrip(". ")
    if kept.startswith("."):
        kept = "_" + kept[1:]
    if _RESERVED.match(kept):
        kept = "_" + kept
    return _shortened(kept) or fallback


class FileNames:
    """The file names given out in one folder: each safe, no two equal, also where case does not count."""

    def __init__(self) -> None:
        self._names = FreeNames(_numbered, _folded)

    def claim(self, name: str) -> str:
        """Return `safe_file_name(name)`, with a counter before the suffix where that is taken."""
        return self._names.claim(safe_file_name(name))


def _refusal(name: str) -> str | None:
    parts = _SEPARATORS.split(name)
    if not name.strip():
        return "it is empty"
    if not name.isprintable() and any(_is_hidden(character) for character in name):
        return "it holds control characters"
    if _URL.match(name):
        return "it is an address, not a file of the dataset"
    if _DRIVE.match(name):
        return "it starts with a drive letter"
    if len(parts) > 1 and parts[0] == parts[1] == "":
        return "it points to another machine"
    if parts[0] == "":
        return "it is absolute"
    if _climbs_out(parts):
        return 'it leaves the folder through ".."'
    if len(os.fsencode(name)) > _PATH_BYTES or any(
        len(os.fsencode(part)) > _NAME_BYTES for part in parts
    ):
        return "it is too long"
    if _ON_WINDOWS and any(_RESERVED.match(part) or _OTHER.search(part) for part in parts):
        return "Windows takes it for a device or for another file"
    return None


def _climbs_out(parts: list[str]) -> bool:
    depth = 0
    for part in parts:
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < 0:
            return True
    return False


def _is_hidden(character: str) -> bool:
    # Cc: control characters; Cs: half of a surrogate pair, which no file system can store; Zl, Zp: line ends.
    return character in _BIDI or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _numbered(name: str, number: int) -> str:
    stem, suffix = os.path.splitext(name)
    return _shortened(f"{stem}_{number}{suffix}", keep=len(f"_{number}{suffix}"))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _shortened(name: str, keep: int | None = None) -> str:
    """Cut `name` to `_SAFE_NAME_BYTES`, sparing its last `keep` characters (its suffix, where not given)."""
    if len(name.encode()) <= _SAFE_NAME_BYTES:
        return name
    keep = len(os.path.splitext(name)[1]) if keep is None else keep
    stem, suffix = name[: len(name) - keep], name[len(name) - keep :]
    room = _SAFE_NAME_BYTES - len(suffix.encode())
    if room < 1:
        stem, suffix, room = name, "", _SAFE_NAME_BYTES
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix
