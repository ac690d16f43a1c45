"""One name in two spellings: `ä` is one character, or an `a` and a mark behind it.

A keyboard gives the first (Unicode's normal form C), macOS and what was packed there give the names of files in the
second (form D). Whoever looks something up by its name means either. Names themselves stay as they came: they lead to
files.
"""

from collections.abc import Iterable
from unicodedata import normalize


def composed(text: str) -> str:
    """Return a text in the spelling by which texts are compared."""
    return text if text.isascii() else normalize("NFC", text)


def folded(text: str) -> str:
    """Return a text in the spelling by which texts are compared where capital letters count as small ones."""
    if text.isascii():
        return text.casefold()
    # Folding takes letters apart, and some can be folded only when they are composed.
    return normalize("NFC", normalize("NFC", text).casefold())


def spelled_as(wanted: str, known: Iterable[str]) -> str:
    """Return the name among those that are known that is meant, in its own spelling; `wanted` where there is none."""
    other = wanted
    look = composed(wanted)
    for name in known:
        if name == wanted:
            return name
        if composed(name) == look:
            other = name
    return other
