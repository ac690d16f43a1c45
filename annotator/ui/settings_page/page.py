"""The page of all settings, made from their declarations."""

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QWidget,
)

from annotator.settings import SECTION_TITLES, SETTINGS, Setting, Settings, section_title
from annotator.translation import tr, tr_n
from annotator.ui.look.theme import Theme
from annotator.ui.settings_page.row import SettingRow
from annotator.ui.widgets.parts import column, push_button, row, text_label

_SECTIONS_WIDTH = 168


class SettingsPage(QWidget):
    """Settings by section, with a search. Everything acts at once; the file follows by itself."""

    def __init__(self, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self._settings = settings
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a setting"))
        self.search.setAccessibleName(tr("Find a setting"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_found)
        self.rows: list[SettingRow] = []
        self._theme = theme
        self._heads: dict[str, QLabel] = {}
        self.sections = QListWidget()
        self.sections.setObjectName("sections")
        self.sections.setAccessibleName(tr("Sections"))
        self.sections.setFixedWidth(_SECTIONS_WIDTH)
        self.sections.currentRowChanged.connect(self._go_to_section)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lines = column(gap=0)
        self._area.setWidget(self._body())
        self._nothing = text_label(tr("No setting has these words."), "dim")
        self._nothing.setContentsMargins(0, 12, 0, 0)
        self._nothing.hide()
        self.said = text_label("", "dim")
        self.reset_all = push_button(tr("Reset all"))
        self.reset_all.setToolTip(tr("Sets everything back to its default. Keys stay."))
        self.reset_all.clicked.connect(self._reset_all)
        self._lay_out()

    def parts(self) -> Iterator[None]:
        """Make the rows, one with each step."""
        for setting in _in_order():
            self._add(SettingRow(setting, self._settings, self._theme))
            yield
        self._stop: Callable[[], None] = self._settings.subscribe(self._changed)
        self._count()

    def _body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("settingsBody")
        lines = column(body, gap=0)
        lines.setContentsMargins(4, 0, 12, 16)
        lines.addLayout(self._lines)
        lines.addStretch(1)
        return body

    def _add(self, made: SettingRow) -> None:
        section = made.setting.section
        if section not in self._heads:
            head = text_label(tr(section_title(section)), "pageHead")
            head.setContentsMargins(0, 14 if self._heads else 2, 0, 4)
            self._heads[section] = head
            self.sections.addItem(tr(section_title(section)))
            self._lines.addWidget(head)
        self.rows.append(made)
        self._lines.addWidget(made)

    def _lay_out(self) -> None:
        pages = column(gap=0)
        pages.addWidget(self._nothing)
        pages.addWidget(self._area, 1)
        middle = row(gap=16)
        middle.addWidget(self.sections)
        middle.addLayout(pages, 1)
        foot = row(gap=8)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.reset_all)
        whole = column(self, gap=12)
        whole.setContentsMargins(16, 14, 16, 14)
        whole.addWidget(self.search)
        whole.addLayout(middle, 1)
        whole.addLayout(foot)

    def _show_found(self) -> None:
        """Show the settings that hold all words that are typed."""
        words = self.search.text().casefold().split()
        shown: set[str] = set()
        for each in self.rows:
            is_found = all(word in each.words for word in words)
            each.setVisible(is_found)
            if is_found:
                shown.add(each.setting.section)
        for place, (section, head) in enumerate(self._heads.items()):
            head.setVisible(section in shown)
            self.sections.item(place).setHidden(section not in shown)
        self._nothing.setVisible(not shown)

    def _go_to_section(self, place: int) -> None:
        if place >= 0:
            head = list(self._heads.values())[place]
            self._area.verticalScrollBar().setValue(head.y())

    def _changed(self, setting: Setting[Any]) -> None:
        for each in self.rows:
            if each.setting is setting:
                each.show_value()
        self._count()

    def _count(self) -> None:
        count = sum(self._settings.is_changed(each.setting) for each in self.rows)
        self.reset_all.setEnabled(bool(count))
        text = tr_n("{count} setting differs.", "{count} settings differ.", count)
        self.said.setText(text if count else tr("Everything is as it comes."))

    def _reset_all(self) -> None:
        for each in self.rows:
            self._settings.reset(each.setting)


def _in_order() -> list[Setting[Any]]:
    """The settings by section, those that have a title of their own in the order of the titles."""
    order = list(dict.fromkeys([*SECTION_TITLES, *(one.section for one in SETTINGS)]))
    return sorted(SETTINGS, key=lambda one: order.index(one.section))
