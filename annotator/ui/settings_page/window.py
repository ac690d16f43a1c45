"""The window of settings and keys."""

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from annotator.keys.user_keys import UserKeys
from annotator.settings import Settings
from annotator.translation import tr
from annotator.ui.keys.shortcut_editor import ShortcutEditor
from annotator.ui.look.theme import Theme
from annotator.ui.settings_page.page import SettingsPage
from annotator.ui.widgets.first_size import first_size
from annotator.ui.widgets.parts import column

Page: TypeAlias = Literal["settings", "keys"]

_SIZE: Final = (820, 640)
_LEAST_SIZE: Final = (640, 420)


class SettingsWindow(QDialog):
    """Stays open beside the main window, which follows every change. `parts` makes it piece by piece."""

    page: SettingsPage
    keys: ShortcutEditor

    def __init__(self, settings: Settings, keys: UserKeys, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("settingsWindow")
        self.setWindowTitle(tr("Settings"))
        self.resize(first_size(self, _SIZE))
        self.setMinimumSize(*_LEAST_SIZE)
        self._settings = settings
        self._user_keys = keys
        self._theme = theme
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        column(self, gap=0).addWidget(self.tabs)

    def parts(self) -> Iterator[None]:
        """Make both pages, a piece with each step; nothing may be shown before the end."""
        self.page = SettingsPage(self._settings, self._theme)
        self.tabs.addTab(self.page, tr("Settings"))
        yield
        yield from self.page.parts()
        self.keys = ShortcutEditor(self._user_keys, self._theme)
        self.tabs.addTab(self.keys, tr("Keys"))
        yield
        # What the style sheet says of so many parts takes longer than a frame, if it is asked all at once.
        for part in self.findChildren(QWidget):
            part.ensurePolished()
            yield

    def show_page(self, page: Page) -> None:
        """Show a page, in front."""
        shown: SettingsPage | ShortcutEditor = self.page if page == "settings" else self.keys
        self.tabs.setCurrentWidget(shown)
        self.show()
        self.raise_()
        self.activateWindow()
        shown.search.setFocus()
