"""The report of a bug: what whoever mends it needs, and nothing about the person or their pictures."""

import getpass
import os
import platform
import re
import socket
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from annotator import __version__
from annotator.logs import last_lines

_LINES: Final = 200
_PACKAGES: Final = (
    "PySide6-Essentials", "numpy", "opencv-python", "openvino", "onnxruntime", "apsw", "av",
    "simplejpeg", "shapely", "lxml",
)  # fmt: skip
# From here on a path tells of the program, not of the person.
_OURS: Final = re.compile(
    r".*?[\\/](annotator|site-packages|lib[\\/]python[\d.]+|Lib)[\\/]", re.IGNORECASE
)
_START: Final = r"(?:~\w*|[A-Za-z]:)?[\\/]"
_QUOTED: Final = re.compile(rf"""(?:(["'])(?={_START})(.*?)\1|“(?={_START})(.*?)”)""")
# Names may hold spaces: without quotation marks, what follows up to the next sign is taken for a part of the name,
# rather too much than too little.
_BARE: Final = re.compile(
    rf"""(?<![\w.~<])({_START}[^\s"'“”,;:()<>](?:[^"“”,;:<>\n]|[,;:](?=\S))*)"""
)
_ENDING: Final = re.compile(r"[.][A-Za-z0-9]{1,8}(?=[\s)]|[.]?$)")


def report_text(error: BaseException | None, crash: str, log_folder: Path) -> str:
    """Return the report of an error, or of a crash of an earlier run, with versions and the end of the log."""
    parts = ["Annotator: report of a fault", "", *_versions(), ""]
    if error is not None:
        parts += ["".join(traceback.format_exception(error)).rstrip(), ""]
    if crash:
        parts += ["The last run ended with:", crash, ""]
    parts += [f"The last {_LINES} lines of the log:", *last_lines(log_folder, _LINES)]
    return without_personal_data("\n".join(parts)) + "\n"


def without_personal_data(text: str) -> str:
    """Return a text without the names of the person, of the machine, and of the person's folders and files.

    A path keeps what tells of the program, else no more than its ending: `/home/eva/scan 1.png` is `<path>.png`.
    """
    text = _QUOTED.sub(_without_name, text)
    text = _BARE.sub(lambda found: _shortened_bare(found[1]), text)
    for name, word in _names():
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", word, text)
    return text


def _without_name(found: re.Match[str]) -> str:
    path = found[2] if found[1] else found[3]
    return f"{found[0][0]}{_shortened(path)}{found[0][-1]}"


def _shortened_bare(text: str) -> str:
    """A path, and perhaps words behind it: those behind the ending of a file are kept, and those behind our own."""
    first, space, rest = text.partition(" ")
    if _OURS.match(first) is not None:
        return _shortened(first) + space + rest
    endings = list(_ENDING.finditer(text))
    return f"<path>{endings[-1][0]}{text[endings[-1].end() :]}" if endings else "<path>"


def _shortened(path: str) -> str:
    ours = _OURS.match(path)
    if ours is not None:
        return path[ours.start(1) :].replace("\\", "/")
    ending = os.path.splitext(path)[1]
    return f"<path>{ending if re.fullmatch(r'[.][A-Za-z0-9]{1,8}', ending) else ''}"


def _names() -> Iterable[tuple[str, str]]:
    """Yield the names that are the person's, and what stands for them."""
    found = [(socket.gethostname(), "<host>"), (Path.home().name, "<user>")]
    with suppress(OSError, KeyError):  # the system knows no name
        found.append((getpass.getuser(), "<user>"))
    # Names that are words of the program would make the report unreadable, and tell nothing.
    return [(name, word) for name, word in found if len(name) > 2 and name not in _COMMON]


_COMMON: Final = frozenset({"root", "user", "home", "localhost", "annotator", "main"})


def _versions() -> list[str]:
    from importlib.metadata import PackageNotFoundError, version

    lines = [
        f"Annotator {__version__}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()}, {platform.machine()}",
    ]
    known = []
    for package in _PACKAGES:
        try:
            known.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            known.append(f"{package} missing")
    return [*lines, ", ".join(known)]
