"""Every command with its key, to be read, searched and printed."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, Qt
from PySide6.QtGui import QKeyEvent, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QAbstractSlider, QDialog, QFileDialog, QLineEdit, QListView, QWidget

from annotator.core.errors import AnnotatorError
from annotator.safe_io import write_whole
from annotator.translation import tr
from annotator.ui.keys.keys_page import KeySection, key_sections, keys_html
from annotator.ui.look.theme import Theme
from annotator.ui.palette.list import PaletteRow, palette_list
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.widgets.first_size import first_size
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.said_below import error_text

_SIZE: Final = (600, 680)
# Qt adds two centimetres of its own.
_MARGIN_MM: Final = 2.0
_RESOLUTION: Final = 300
_PAGE_TEXT: Final = 9
_STEPS: Final = {
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
}


class KeysDialog(QDialog):
    """The list of keys, made from the commands as they are now; it stays open beside the window."""

    def __init__(self, parent: QWidget, actions: ActionSet, theme: Theme) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(first_size(self, _SIZE))
        self._actions = actions
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a command or a key"))
        self.search.setAccessibleName(tr("Find a command or a key"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show)
        self.list, self.rows = palette_list(theme, self)
        self.list.setAccessibleName(tr("Keys"))
        self.list.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.said = text_label(tr("No command has these words."), "dim", wraps=True)
        self.change = push_button(tr("Change keys…"))
        self.change.clicked.connect(actions["help.change_keys"].trigger)
        self.save = push_button(tr("Save as PDF…"))
        self.save.setToolTip(tr("Writes the page for printing."))
        self.save.clicked.connect(self._ask_for_file)
        foot = row(gap=8)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.change)
        foot.addWidget(self.save)
        lines = column(self, gap=10)
        lines.setContentsMargins(12, 12, 12, 12)
        lines.addWidget(self.search)
        lines.addWidget(self.list, 1)
        lines.addLayout(foot)
        actions.keys_changed.connect(self._show)
        self._show()
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll the list with the keys that the field for finding has no use for."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.list.verticalScrollBar().triggerAction(step)

    def save_pdf(self, path: Path) -> None:
        """Write the page to a file."""
        page = key_sections(self._actions)
        try:
            with write_whole(path) as stream:
                stream.write(_pdf(page))
        except AnnotatorError as error:
            self.said.setText(error_text(error))
            return
        self.said.setText(tr("{name} is written.", name=path.name))

    def _show(self) -> None:
        sections = key_sections(self._actions, self.search.text())
        self.rows.show(list(_rows(sections)))
        self.said.setText("" if sections else tr("No command has these words."))

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, tr("Save as PDF"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(tr("Keys") + ".pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save_pdf(Path(name)))
        dialog.open()


def _rows(sections: list[KeySection]) -> list[PaletteRow]:
    rows: list[PaletteRow] = []
    for section in sections:
        rows.append(PaletteRow(section.title, is_head=True))
        rows += [PaletteRow(line.title, note=line.help, keys=line.keys) for line in section.lines]
    return rows


def _pdf(sections: list[KeySection]) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    writer.setResolution(_RESOLUTION)
    writer.setTitle(tr("Keys"))
    document = QTextDocument()
    font = document.defaultFont()
    font.setPointSize(_PAGE_TEXT)
    document.setDefaultFont(font)
    document.setHtml(keys_html(sections, tr("Keys of Annotator")))
    document.print_(writer)
    return bytes(buffer.data().data())
