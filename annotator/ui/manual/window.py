"""The manual: contents and search at the left, the page at the right. It needs no network."""

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.look.icons import icon
from annotator.ui.look.theme import Theme
from annotator.ui.manual.browser import ManualBrowser
from annotator.ui.manual.pages import FIRST, Manual
from annotator.ui.widgets.first_size import first_size
from annotator.ui.widgets.parts import column, push_button, row, text_label

_SIZE: Final = (1040, 740)
_LEAST_SIZE: Final = (560, 400)
_CONTENTS: Final = 208
_NAME = Qt.ItemDataRole.UserRole


class ManualWindow(QDialog):
    """Stays open beside the main window."""

    def __init__(self, parent: QWidget, manual: Manual, theme: Theme, calls: GuiCalls) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Manual"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(first_size(self, _SIZE))
        self.setMinimumSize(*_LEAST_SIZE)
        self._theme = theme
        self._pages = manual.pages
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find in the manual"))
        self.search.setAccessibleName(tr("Find in the manual"))
        self.search.setClearButtonEnabled(True)
        self.contents = QListWidget()
        self.contents.setObjectName("sections")
        self.contents.setAccessibleName(tr("Contents"))
        self.said = text_label(tr("No page has these words."), "dim", wraps=True)
        self.back = push_button(tr("Back"))
        self.forward = push_button(tr("Forward"))
        self.browser = ManualBrowser(manual, theme, calls, self)
        self.browser.setAccessibleName(tr("Page of the manual"))
        self.browser.setFrameShape(QFrame.Shape.NoFrame)
        self._lay_out()
        self._connect()
        self._list_found()
        self.search.setFocus()
        # The window is seen before its first page is laid out.
        QTimer.singleShot(0, self, lambda: self.browser.show_page(FIRST))

    def _lay_out(self) -> None:
        for button in (self.back, self.forward):
            button.setAutoDefault(False)
            button.setEnabled(False)
        steps = row(gap=8)
        steps.addWidget(self.back)
        steps.addWidget(self.forward)
        side = QWidget()
        side.setFixedWidth(_CONTENTS)
        lines = column(side, gap=10)
        lines.addWidget(self.search)
        lines.addWidget(self.said)
        lines.addWidget(self.contents, 1)
        lines.addLayout(steps)
        whole = row(self, gap=12)
        whole.setContentsMargins(12, 12, 0, 12)
        whole.addWidget(side)
        whole.addWidget(self.browser, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._list_found)
        self.search.returnPressed.connect(self.browser.find_next)
        self.contents.currentItemChanged.connect(self._chosen)
        self.back.clicked.connect(self.browser.backward)
        self.forward.clicked.connect(self.browser.forward)
        self.browser.backwardAvailable.connect(self.back.setEnabled)
        self.browser.forwardAvailable.connect(self.forward.setEnabled)
        self.browser.page_changed.connect(self._show_place)
        self._theme.changed.connect(self._recolour)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)
        again = QShortcut(QKeySequence(QKeySequence.StandardKey.FindNext), self)
        again.activated.connect(self.browser.find_next)
        self._recolour()

    def done(self, result: int) -> None:
        """Close."""
        self.browser.end()
        super().done(result)

    # Finding ----------------------------------------------------------------------------------------

    def _list_found(self) -> None:
        """List the pages that hold all words that are typed, and mark these on the page that is shown."""
        words = self.search.text().casefold().split()
        found = [one for one in self._pages if one.holds(words)]
        self.contents.blockSignals(True)
        self.contents.clear()
        for page in found:
            item = QListWidgetItem(page.title)
            item.setData(_NAME, page.name)
            self.contents.addItem(item)
        self.contents.blockSignals(False)
        self.said.setVisible(not found)
        self._show_place(self.browser.page)
        if words and found and self.browser.page not in {one.name for one in found}:
            self.browser.show_page(found[0].name)
        self.browser.mark(words)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.browser.show_page(item.data(_NAME))
            if self.search.text():
                self.browser.find_next(from_start=True)

    def _show_place(self, name: str) -> None:
        """Select the page in the contents."""
        self.contents.blockSignals(True)
        for place in range(self.contents.count()):
            if self.contents.item(place).data(_NAME) == name:
                self.contents.setCurrentRow(place)
                break
        else:
            self.contents.setCurrentRow(-1)
        self.contents.blockSignals(False)

    def _recolour(self) -> None:
        self.back.setIcon(icon("previous", self._theme.colours))
        self.forward.setIcon(icon("next", self._theme.colours))
