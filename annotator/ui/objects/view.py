"""The list of objects as a widget: what clicks and keys mean in it."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from annotator.translation import tr
from annotator.ui.look.tokens import ROW
from annotator.ui.objects.delegate import mark_at
from annotator.ui.objects.model import ROW_ROLE, HeadRow, ObjectRow


class ObjectView(QTableView):
    """Rows of one height, several of which can be selected.

    Signals: `mark_clicked(ObjectRow, mark)`; `head_clicked(HeadRow)` when a group is to be folded or opened;
    `relabel_wanted()` for what is selected; `menu_wanted(place)` in global coordinates.

    A table of one column: a QListView would ask for every row again whenever one comes or goes, 40 ms with 20 000.
    """

    mark_clicked = Signal(object, str)
    head_clicked = Signal(object)
    relabel_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setObjectName("rows")
        self.setAccessibleName(tr("Objects of the frame"))
        heads = self.verticalHeader()
        heads.hide()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setMinimumSectionSize(ROW)
        heads.setDefaultSectionSize(ROW)
        columns = self.horizontalHeader()
        columns.hide()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._take_click(event):
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # On marks and heads it is two clicks.
        if event.button() != Qt.MouseButton.LeftButton or self._take_click(event):
            event.accept()
            return
        if self.indexAt(event.position().toPoint()).isValid():
            self.relabel_wanted.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(rect.bottomLeft() + QPoint(40, 0))
        self.menu_wanted.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().data(ROW_ROLE)
        match Qt.Key(event.key()):
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if isinstance(
                row, HeadRow
            ):
                self.head_clicked.emit(row)
            case Qt.Key.Key_Left if isinstance(row, HeadRow) and not row.is_folded:
                self.head_clicked.emit(row)
            case Qt.Key.Key_Right if isinstance(row, HeadRow) and row.is_folded:
                self.head_clicked.emit(row)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.relabel_wanted.emit()
            case _:
                super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not the beginnings of rows."""

    def _take_click(self, event: QMouseEvent) -> bool:
        """Do what a click on a mark or a head means; return whether it was one."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        row = index.data(ROW_ROLE)
        if isinstance(row, HeadRow):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.head_clicked.emit(row)
            return True
        rect = self.visualRect(index)
        mark = mark_at(place - rect.topLeft(), rect.width())
        if mark is None or not isinstance(row, ObjectRow):
            return False
        self.mark_clicked.emit(row, mark)
        return True
