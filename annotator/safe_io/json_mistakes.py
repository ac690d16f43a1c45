"""What is wrong with a JSON document, in plain words in place of those of the decoder."""

import re
from typing import Final

# Where the decoder stops is up to this far behind the beginning of the word it did not expect.
_BEFORE: Final = 12
_NOT_A_NUMBER: Final = re.compile(rb"[+-]?\b(nan|inf|infinity)\b", re.IGNORECASE)
_WRONG_KIND: Final = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<found>[^`]+)`")
_MISSING: Final = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.+)`")
# Escapes of backslashes, and of characters beyond 16 bits: both halves, or one that stands alone.
_HALVES: Final = re.compile(
    rb"\\\\|\\u(?P<first>d[89ab]..(?P<second>\\ud[c-f]..)?|d[c-f]..)", re.IGNORECASE | re.DOTALL
)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_WORDS: Final = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false", "null": "null",
    "array": "a list", "object": "an object",
}  # fmt: skip


def wrong_value(message: str) -> str:
    """Return as a clause what the decoder says of a value that is of another kind than was declared."""
    what, _, path = message.partition(" - at `")
    place = path.rstrip("`").removeprefix("$").removeprefix(".") or "it"
    if kinds := _WRONG_KIND.match(what):
        wanted = [_WORDS.get(word, word) for word in kinds["wanted"].split(" | ")]
        if "a number" in wanted and "a whole number" in wanted:
            wanted.remove("a whole number")
        found = _WORDS.get(kinds["found"], kinds["found"])
        return f"{place} must be {' or '.join(wanted)} and is {found}"
    if missing := _MISSING.match(what):
        return f"the key {missing[1]!r} is missing{_inside(place)}"
    if unknown := _UNKNOWN.match(what):
        return f"the key {unknown[1]!r} is not known{_inside(place)}"
    if "out of range" in what:
        return f"{place} is a number that is too large"
    return message


def _inside(place: str) -> str:
    return "" if place == "it" else f" in {place}"


def not_a_number(data: bytes, place: int) -> str | None:
    """Return the word beside a place that other programs write for what is no number, None where there is none."""
    start = max(0, place - _BEFORE)
    for found in _NOT_A_NUMBER.finditer(data, start, place + _BEFORE):
        if found.start() <= place <= found.end() + 1:
            return found[0].decode("ascii")
    return None


def place_of_half(data: bytes) -> int | None:
    """Return where half of a character is escaped, None where nowhere.

    So Python writes the bytes of file names that are no text.
    """
    found = _HALVES.finditer(data)
    return next((one.start() for one in found if one["first"] and not one["second"]), None)


def is_utf_16(data: bytes) -> bool:
    """Return whether a text begins with the mark of UTF-16."""
    return data.startswith(_UTF_16)
