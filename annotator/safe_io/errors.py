"""What is said when an untrusted file, name or document is not taken."""

import errno
import os
from pathlib import Path
from typing import Final, Literal, TypeAlias

from annotator.core.errors import AnnotatorError

Rule: TypeAlias = Literal[
    "path",
    "missing",
    "unreadable",
    "unwritable",
    "size",
    "depth",
    "count",
    "dtd",
    "syntax",
    "type",
    "occupied",
]


_LONGEST_SHOWN: Final = 300
_FORBIDDEN: Final = "this user may not write in {folder}; choose another place"
_NO_FOLDER: Final = "a file stands where a folder is needed; choose another place"
_FULL: Final = "the disk is full; make room, or choose another place"
_REASONS: Final = {
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EEXIST: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EISDIR: "a folder stands where a file is needed; choose another place",
    errno.ENOSPC: _FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): _FULL,
    errno.EROFS: "the disk is read-only; choose another place",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


class InputError(AnnotatorError):
    """A file, a name or a document that cannot be taken; an entry for the import report.

    rule: which check refused it. line: where in the document, from 1; None where that is not known.
    """

    def __init__(self, text: str, *, rule: Rule, line: int | None = None) -> None:
        super().__init__(text)
        self.rule = rule
        self.line = line


def unreadable(name: object, error: OSError) -> InputError:
    """Return the sentence for an operating system error on a file or folder that is read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return InputError(
            f"{shortened(name)} does not exist; it may have been moved or renamed.", rule="missing"
        )
    if isinstance(error, PermissionError):
        text = f"{shortened(name)} may not be read by this user; change its permissions."
        return InputError(text, rule="unreadable")
    if error.errno == errno.ENAMETOOLONG:
        text = f"{shortened(name)} is too long to be the name of a file; check it."
        return InputError(text, rule="missing")
    reason = error.strerror or error
    return InputError(f"{shortened(name)} cannot be read: {reason}.", rule="unreadable")


def unwritable(path: Path, error: OSError, folder: Path | None = None) -> InputError:
    """Return the sentence for an operating system error on a file or folder that is written.

    folder: where it was to be made, if that is not the folder that it is to lie in.
    """
    folder = path.parent if folder is None else folder
    if error.errno == errno.ENOENT:
        # Folders such as /proc are there and take no files.
        lacks = "takes no files" if os.path.isdir(folder) else "does not exist"
        text = f"{shortened(path)} cannot be written: {shortened(folder)} {lacks}; choose another place."
        return InputError(text, rule="unwritable")
    reason = _REASONS.get(error.errno or 0) or f"{error.strerror or error}; choose another place"
    reason = reason.format(folder=shortened(folder))
    return InputError(f"{shortened(path)} cannot be written: {reason}.", rule="unwritable")


def shortened(name: object, longest: int = _LONGEST_SHOWN) -> str:
    """Return a path or name for a sentence, or a sentence, without the middle of a very long one."""
    text = str(name)
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"
