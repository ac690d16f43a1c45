"""The look of the window: which theme is shown, and what Qt needs to show it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from annotator.settings import THEME, Settings
from annotator.ui.language import CHINESE_FONTS
from annotator.ui.look import tokens
from annotator.ui.look.style_sheet import style_sheet
from annotator.ui.look.tokens import DARK, LIGHT, Tokens
from annotator.ui.resources import resource_path

_WANTED_FONT: Final = "Inter"
_FONT_FILES: Final = ("Inter-Regular.otf", "Inter-SemiBold.otf")


class Theme(QObject):
    """The colours that are shown now. `changed` is emitted after everything has them."""

    changed = Signal()

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self._application = application
        self._settings = settings
        application.setStyle("Fusion")
        application.setFont(base_font())
        self.colours = self._wanted()
        self._apply()
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._choose)
        self._stop: Callable[[], None] = settings.subscribe(
            lambda setting: self._choose() if setting is THEME else None
        )

    def _wanted(self) -> Tokens:
        chosen = self._settings.get(THEME)
        if chosen == "system":
            scheme = self._application.styleHints().colorScheme()
            # Many desktops do not tell; pictures are judged best on a dark ground.
            return LIGHT if scheme == Qt.ColorScheme.Light else DARK
        return LIGHT if chosen == "light" else DARK

    def _choose(self) -> None:
        wanted = self._wanted()
        if wanted is self.colours:
            return
        self.colours = wanted
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        # From one sheet to another takes Qt more than twice as long as to none and from none to the other:
        # 140 ms against 55 with the settings open.
        self._application.setStyleSheet("")
        self._application.setPalette(palette(self.colours))
        self._application.setStyleSheet(style_sheet(self.colours))


def base_font() -> QFont:
    """Return the font of the window: Inter, for what it has no letters for the system's own, at 13 px."""
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(resource_path("fonts", name))
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    chinese = CHINESE_FONTS if QLocale().language() == QLocale.Language.Chinese else ()
    font.setFamilies([_WANTED_FONT, *chinese, *font.families()])
    font.setPixelSize(tokens.BASE_TEXT)
    return font


def number_font(font: QFont) -> QFont:
    """Return a font whose digits are all of the same width, where it has such."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def palette(colours: Tokens) -> QPalette:
    """Return Qt's palette in the colours of a theme."""
    role = QPalette.ColorRole
    made = QPalette()
    for which, colour in (
        (role.Window, colours.bg1), (role.WindowText, colours.text), (role.Base, colours.bg2),
        (role.AlternateBase, colours.bg1), (role.Text, colours.text), (role.Button, colours.bg3),
        (role.ButtonText, colours.text), (role.BrightText, colours.bad), (role.Link, colours.accent),
        (role.Highlight, colours.accent_ground), (role.HighlightedText, colours.text),
        (role.ToolTipBase, colours.bg2), (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.dim), (role.Accent, colours.accent),
        (role.Light, colours.bg3), (role.Midlight, colours.bg2), (role.Mid, colours.line),
        (role.Dark, colours.line), (role.Shadow, colours.canvas),
    ):  # fmt: skip
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(colours.faint))
    return made
