"""Order of names as people count: picture 9 before picture 10."""

import re
import unicodedata
from typing import Final

_DIGITS: Final = re.compile(r"[0-9]+")


def natural_key(path: str) -> str:
    """Return a sort key for a relative path with "/": folder by folder, digits by value, capitals as small letters.

    Different paths have different keys. It is one text, because comparing those is quick: a sort cannot be
    interrupted, and that of 100 000 nested keys would stop the window for a quarter of a second.
    """
    # NUL, which no name contains, sorts before everything else, so a folder comes before its longer namesakes.
    folded = path.replace("/", "\0").casefold()
    if not path.isascii():
        folded = unicodedata.normalize("NFC", folded)
    return f"{_DIGITS.sub(_by_value, folded)}\0\0{path}"


def _by_value(digits: re.Match[str]) -> str:
    """Put the number of digits in front of them; that orders them by value, however many they are."""
    value = digits[0].lstrip("0")
    return f"\x01{chr(len(value))}{value}"
