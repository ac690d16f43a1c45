"""The page on which commands get other keys: search, change, reset, maps, import and export."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QTableView,
    QWidget,
)

from annotator.core.errors import AnnotatorError
from annotator.keys.maps import KEY_MAPS
from annotator.keys.user_keys import UserKeys
from annotator.safe_io import write_whole
from annotator.translation import tr, tr_n
from annotator.ui.keys.capture import KeyCapture
from annotator.ui.keys.shortcut_editor_detail import ShortcutDetail
from annotator.ui.keys.shortcut_editor_model import COMMAND_ROLE, Column, KeysDelegate, KeysModel
from annotator.ui.look.icons import icon
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import ROW
from annotator.ui.widgets.parts import column, push_button, row, text_label
from annotator.ui.widgets.said_below import error_text

_BY_KEY_WIDTH = 150
_KEYS_WIDTH = 270
_STANDARD_WIDTH = 180
_FILES = "*.toml *.json"


class ShortcutEditor(QWidget):
    """Everything acts at once; the file follows by itself."""

    def __init__(self, keys: UserKeys, theme: Theme) -> None:
        super().__init__()
        self._keys = keys
        self._theme = theme
        self.model = KeysModel(keys, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a command"))
        self.search.setAccessibleName(tr("Find a command"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.by_key = KeyCapture()
        self.by_key.setFixedWidth(_BY_KEY_WIDTH)
        self.by_key.setPlaceholderText(tr("or press its key"))
        self.by_key.setAccessibleName(tr("Find a command by pressing its key"))
        self.by_key.pressed.connect(self._search_key)
        self._key = ""
        self._clear_key = self.by_key.addAction(
            icon("close", theme.colours, 14), QLineEdit.ActionPosition.TrailingPosition
        )
        self._clear_key.setText(tr("Show all commands"))
        self._clear_key.setVisible(False)
        self._clear_key.triggered.connect(lambda: self._search_key(""))
        self.maps = QComboBox()
        self.maps.setAccessibleName(tr("Key map"))
        for one in KEY_MAPS:
            self.maps.addItem(one.title, one.id)
            self.maps.setItemData(self.maps.count() - 1, tr(one.help), Qt.ItemDataRole.ToolTipRole)
        self.maps.activated.connect(self._choose_map)
        self.table = _Table(self.model, theme)
        self.detail = ShortcutDetail(keys)
        self.said = text_label("", "dim", wraps=True)
        self.import_ = push_button(tr("Import…"))
        self.import_.clicked.connect(self._ask_import)
        self.export = push_button(tr("Export…"))
        self.export.clicked.connect(self._ask_export)
        self.reset_all = push_button(tr("Reset all"))
        self.reset_all.clicked.connect(self._reset_all)
        self._lay_out()
        self._stop = keys.subscribe(self._show)
        self._show()

    def _lay_out(self) -> None:
        top = row(gap=8)
        top.addWidget(self.search, 1)
        top.addWidget(self.by_key)
        top.addSpacing(12)
        top.addWidget(text_label(tr("Key map"), "dim"))
        top.addWidget(self.maps)
        foot = row(gap=8)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.import_)
        foot.addWidget(self.export)
        foot.addWidget(self.reset_all)
        whole = column(self, gap=10)
        whole.setContentsMargins(16, 14, 16, 14)
        whole.addLayout(top)
        whole.addWidget(self.table, 1)
        whole.addWidget(self.detail)
        whole.addLayout(foot)
        self.table.selectionModel().currentChanged.connect(self._current_changed)
        self.table.activated.connect(lambda _: self.detail.begin())

    def show_command(self, command_id: str) -> None:
        """Make a command the current one."""
        self.search.clear()
        self._search_key("")
        self._select(command_id)

    # Finding ----------------------------------------------------------------------------------------

    def _search(self) -> None:
        current = self.table.currentIndex().data(COMMAND_ROLE)
        self.model.search(self.search.text(), self._key)
        self._select(None if current is None else current.id)

    def _search_key(self, key: str) -> None:
        self._key = key
        self.by_key.show_key(key)
        self._clear_key.setVisible(bool(key))
        self._search()

    def _select(self, command_id: str | None) -> None:
        found = None if command_id is None else self.model.row_of(command_id)
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(found or 0, Column.COMMAND))
        else:
            self.detail.show_command(None)

    def _current_changed(self, index: QModelIndex) -> None:
        self.detail.show_command(index.data(COMMAND_ROLE) if index.isValid() else None)

    # Changing ---------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.maps.setCurrentIndex(self.maps.findData(self._keys.map.id))
        self.model.refresh()
        count = len(self._keys.changed)
        self.reset_all.setEnabled(bool(count))
        text = tr_n("{count} command has other keys.", "{count} commands have other keys.", count)
        self._say(text if count else self._help_of_map())

    def _help_of_map(self) -> str:
        return tr(self._keys.map.help)

    def _choose_map(self, place: int) -> None:
        self._keys.use_map(self.maps.itemData(place))

    def _reset_all(self) -> None:
        self._keys.reset_all()

    def _say(self, text: str, look: str = "dim") -> None:
        self.said.setText(text)
        self.said.setObjectName(look)
        self.said.style().polish(self.said)

    # Files ------------------------------------------------------------------------------------------

    def import_from(self, path: Path) -> None:
        """Take the keys of a file in place of those there are."""
        try:
            problems = self._keys.import_from(path)
        except AnnotatorError as error:
            self._say(error_text(error), "warn")
            return
        if problems:
            self._say("\n".join(problems), "warn")
        else:
            self._say(tr("The keys of {name} are in use now.", name=path.name))

    def export_to(self, path: Path) -> None:
        """Write the keys to a file."""
        try:
            self._keys.export_to(path, write_whole)
        except AnnotatorError as error:
            self._say(error_text(error), "warn")
            return
        self._say(tr("{name} is written.", name=path.name))

    def _ask_import(self) -> None:
        dialog = QFileDialog(self, tr("Import keys"))
        dialog.setNameFilter(tr("Keys") + f" ({_FILES})")
        self._ask(dialog, self.import_from)

    def _ask_export(self) -> None:
        dialog = QFileDialog(self, tr("Export keys"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tr("Keys") + f" ({_FILES})")
        dialog.setDefaultSuffix("toml")
        dialog.selectFile("keys.toml")
        self._ask(dialog, self.export_to)

    def _ask(self, dialog: QFileDialog, then: Callable[[Path], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()


class _Table(QTableView):
    """The table of commands; Enter begins to change one."""

    def __init__(self, model: KeysModel, theme: Theme) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(KeysDelegate(theme, model, self))
        self.setAccessibleName(tr("Commands and their keys"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(Column.COMMAND, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(Column.KEYS, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.STANDARD, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(Column.KEYS, _KEYS_WIDTH)
        header.resizeSection(Column.STANDARD, _STANDARD_WIDTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter activates on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)
