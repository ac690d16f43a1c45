"""The colours of the canvas, given by whoever knows the theme of the window."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CanvasTheme:
    """Colours as `#rrggbb`.

    ground: around the picture. card, line, text, dim: what is said on the ground. accent: the rubber band and
    what is drawn while no label colour is known. tag_text: on label colours, which are light in every theme.
    """

    ground: str
    card: str
    line: str
    text: str
    dim: str
    accent: str
    tag_text: str = "#15171a"
    handle: str = "#ffffff"


DARK: Final = CanvasTheme(
    ground="#101214",
    card="#1b1e22",
    line="#31363d",
    text="#e6e8eb",
    dim="#9aa3ad",
    accent="#4c9ffe",
)
LIGHT: Final = CanvasTheme(
    ground="#dfe2e6",
    card="#f7f8f9",
    line="#c3c9d0",
    text="#1c2126",
    dim="#5c6670",
    accent="#1f6feb",
)
