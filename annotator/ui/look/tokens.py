"""The colours and measures of the window, the same for every widget.

Words of every kind have a contrast of at least 4.5 : 1 on every ground, which a test computes.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as `#rrggbb`.

    bg0 to bg3: window, bars, raised, fields. line: hairlines. text, dim, faint: words by importance.
    accent: selection and the main button, on_accent: words on it, accent_ground: behind what
    is selected. canvas: around the picture. good, warn, bad: states.
    """

    name: str
    bg0: str
    bg1: str
    bg2: str
    bg3: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    accent_ground: str
    canvas: str
    good: str
    warn: str
    bad: str
    is_dark: bool


DARK: Final = Tokens(
    name="dark",
    bg0="#15171a",
    bg1="#1b1e22",
    bg2="#22262b",
    bg3="#2b3036",
    line="#31363d",
    text="#e6e8eb",
    dim="#a5aeb8",
    faint="#959ea8",
    accent="#4c9ffe",
    on_accent="#0c1116",
    accent_ground="#1d3554",
    canvas="#101214",
    good="#3fb950",
    warn="#d29922",
    bad="#ff6f67",
    is_dark=True,
)
LIGHT: Final = Tokens(
    name="light",
    bg0="#eef0f2",
    bg1="#f7f8f9",
    bg2="#ffffff",
    bg3="#e7eaee",
    line="#d9dde2",
    text="#1c2126",
    dim="#525c66",
    faint="#5f6974",
    accent="#1a62d6",
    on_accent="#ffffff",
    accent_ground="#dbe9ff",
    canvas="#dfe2e6",
    good="#187233",
    warn="#8a5c00",
    bad="#c4242c",
    is_dark=False,
)

# Device-independent pixels.
TOP_BAR: Final = 44
OPTION_BAR: Final = 36
TOOL_STRIP: Final = 48
TOOL_BUTTON: Final = 34
PANEL: Final = 316
PANEL_LEAST: Final = 240
STATUS_BAR: Final = 26
ROW: Final = 30
FIELD: Final = 28
ICON: Final = 18
BASE_TEXT: Final = 13
STATUS_TEXT: Final = 11.5
HEAD_TEXT: Final = 11
