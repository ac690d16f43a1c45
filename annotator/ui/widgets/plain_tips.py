"""Tool tips that show names of the user as they are: Qt would take some for markup."""

from html import escape
from typing import Final

# Qt breaks lines only in markup.
_LINE: Final = 60


def plain_tip(text: str) -> str:
    """Return what a tool tip is given to show a text letter by letter, long ones on several lines."""
    if len(text) <= _LINE and not set(text) & set("<&"):
        return text
    return f"<qt>{escape(text)}</qt>".replace("\n", "<br>")
