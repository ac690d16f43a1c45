"""Order of names as people count: picture 9 before picture 10."""

import re
import unicodedata
from typing import Final, TypeAlias

_DIGITS: Final = re.compile(r"([0-9]+)")

NaturalKey: TypeAlias = tuple[tuple[object, ...], ...]


def natural_key(path: str) -> tuple[NaturalKey, str]:
    """Return a sort key for a relative path with "/": folder by folder, digits by value, capitals as small letters.

    Two different paths never have equal keys.
    """
    return tuple(_part_key(part) for part in path.split("/")), path


def _part_key(part: str) -> tuple[object, ...]:
    if not part.isascii():
        part = unicodedata.normalize("NFC", part)
    pieces: list[object] = [*_DIGITS.split(part.casefold())]
    # Split puts texts at even places and digits at odd ones, so that only like is compared with like. The
    # value of digits is compared by length, then as text: no number is too long for that.
    for i in range(1, len(pieces), 2):
        digits = str(pieces[i]).lstrip("0")
        pieces[i] = (len(digits), digits)
    return tuple(pieces)
