"""The log of the program: a few files of bounded size in the user's log folder.

What goes in is for whoever mends a bug: errors with their traceback, and what the program did (not what the user
annotates). A hard crash leaves its stack in a file of its own, which the next start finds.
"""

import faulthandler
import logging
import os
from collections import deque
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Final

_LARGEST: Final = 1 << 20
_KEPT: Final = 3
_FORMAT: Final = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_LOG: Final = "annotator.log"
_CRASH: Final = "crash.txt"

# Held open for the rest of the process: the handler of a crash can open nothing any more.
_crash_stream: IO[str] | None = None


def log_folder() -> Path:
    """Where the user's log lies, whether it exists or not."""
    from platformdirs import user_log_path

    return user_log_path("annotator", appauthor=False)


def start_logging(folder: Path) -> str:
    """Log into a folder from now on; return the stack that a crash of an earlier run left there, empty if none did.

    Where the folder cannot be written, nothing is logged: that must not keep anybody from working.
    """
    global _crash_stream
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / _LOG, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8", errors="replace"
        )
    except OSError:
        return ""
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    left = _crash_left(folder)
    # Several windows may run: each has a file, and a start takes what those left that are gone.
    with suppress(OSError):
        _crash_stream = open(folder / f"{os.getpid()}-{_CRASH}", "w", encoding="utf-8")  # noqa: SIM115
        faulthandler.enable(_crash_stream, all_threads=True)
    return left


def stop_logging() -> None:
    """End the log: the program ends as it should."""
    global _crash_stream
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, RotatingFileHandler)]:
        root.removeHandler(handler)
        handler.close()
    if _crash_stream is not None:
        faulthandler.disable()
        _crash_stream.close()
        Path(_crash_stream.name).unlink(missing_ok=True)
        _crash_stream = None


def last_lines(folder: Path, count: int) -> list[str]:
    """Return the last lines of the log, the oldest first."""
    try:
        with open(folder / _LOG, encoding="utf-8", errors="replace") as stream:
            return [line.rstrip("\n") for line in deque(stream, maxlen=count)]
    except OSError:
        return []


def _crash_left(folder: Path) -> str:
    """Return what processes that are gone left when they crashed, and remove it."""
    found = []
    for path in folder.glob(f"*-{_CRASH}"):
        number = path.name.partition("-")[0]
        if number.isdigit() and _is_running(int(number)):
            continue
        try:
            text = path.read_text("utf-8", "replace").strip()
            path.unlink()
        except OSError:
            continue  # on Windows it is held open by the window it belongs to; elsewhere nobody may read it
        # An empty one is of a process that was killed from outside, which is no fault of the program.
        if text:
            found.append(text)
    return "\n\n".join(found)


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False  # a number that is used again
    if os.name == "nt":
        return False  # an open file cannot be removed there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
