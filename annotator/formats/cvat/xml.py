"""Text as CVAT's XML has it: numbers with two decimals, and only characters that XML 1.0 knows."""

import re
from typing import Final

# XML 1.0, production 2. Nothing else can stand in a document, not even as a character reference.
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def legal_text(text: str) -> str:
    """Return the text without the characters that XML 1.0 cannot hold."""
    return _ILLEGAL.sub("", text)


def is_attribute_name(text: str) -> bool:
    """Return whether an XML attribute can have this name; names with a namespace are left out."""
    return _NAME.fullmatch(text) is not None


def escaped(text: str) -> str:
    """Return text for between two tags."""
    # A bare carriage return would be read back as a line feed.
    return (
        legal_text(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\r", "&#13;")
    )


def quoted(text: str) -> str:
    """Return text in double quotes for the value of an XML attribute."""
    # Bare tabs and line ends would be read back as spaces.
    inner = escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{inner}"'


def decimal(value: float) -> str:
    """Return a number with two decimals, and never a negative zero."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


def rounded(value: float) -> float:
    """Return the number that is read back after `decimal` wrote it."""
    return round(value, 2) + 0.0
