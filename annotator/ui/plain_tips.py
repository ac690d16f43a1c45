"""Tool tips that show names of the user as they are: Qt would take some for markup."""

from html import escape


def plain_tip(text: str) -> str:
    """Return what a tool tip is given to show a text letter by letter, long ones on several lines."""
    return f"<qt>{escape(text)}</qt>" if text else ""
