"""The pages of the manual: Markdown files with pictures, in the order in which the first one lists them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.ui.resources import resource_path

FIRST: Final = "index.md"

_HEAD: Final = 4096
# Dots in a metre of a picture with one pixel for each of the window's; those with two have twice as many.
_PLAIN_DOTS: Final = 2835

_LISTED = re.compile(r"^- \[([^\]]+)\]\(([a-z-]+\.md)\)", re.MULTILINE)
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
# Where a link or a picture leads is not read by anybody.
_TARGET = re.compile(r"\]\([^)]*\)")
_MARKS = re.compile(r"[*_`|#<>]+")


@dataclass(frozen=True, slots=True)
class ManualPage:
    """One page. name: its file. words: what can be found on it, in small letters."""

    title: str
    name: str
    words: str

    def holds(self, words: list[str]) -> bool:
        """Whether all of these words, in small letters, are on the page."""
        return all(word in self.words for word in words)


@dataclass(frozen=True, slots=True)
class Manual:
    """Everything about the manual but the pixels of its pictures.

    pages: the first one is the table of contents. sizes: width and height of the pictures, by name, in the pixels of
    a window at scale 1.
    """

    folder: Path
    pages: tuple[ManualPage, ...]
    sizes: dict[str, tuple[int, int]]


def read_manual() -> Manual:
    """Read all of it; asks the disk, so not for the GUI thread."""
    folder = manual_folder()
    sizes = {one.name: _png_size(one) for one in folder.glob("pictures/*.png")}
    return Manual(folder, tuple(manual_pages()), sizes)


def manual_folder() -> Path:
    """Where the manual lies."""
    return Path(resource_path("manual"))


def manual_pages() -> list[ManualPage]:
    """Read all pages; the first one is the table of contents."""
    folder = manual_folder()
    first = (folder / FIRST).read_text("utf-8")
    listed = [name for _, name in _LISTED.findall(first)]
    return [_page(folder, name) for name in (FIRST, *listed)]


def _page(folder: Path, name: str) -> ManualPage:
    text = (folder / name).read_text("utf-8")
    title = _TITLE.search(text)
    assert title is not None
    words = _MARKS.sub("", _TARGET.sub("]", text)).casefold()
    return ManualPage(title[1], name, words)


def _png_size(path: Path) -> tuple[int, int]:
    """Width and height by the header of a PNG file, and by the dots in a metre that it names."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    width, height = (int.from_bytes(head[place : place + 4], "big") for place in (16, 20))
    place = head.find(b"pHYs")
    dots = int.from_bytes(head[place + 4 : place + 8], "big") if place >= 0 else _PLAIN_DOTS
    ratio = max(1.0, dots / _PLAIN_DOTS)
    return round(width / ratio), round(height / ratio)
