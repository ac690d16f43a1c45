"""The list of what is on the shown frame; what is selected there is selected on the canvas, and the reverse."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from annotator.canvas.view import CanvasView
from annotator.core.annotations import Annotation
from annotator.ui.action_set import ActionSet
from annotator.ui.frame_document import ProjectDocument
from annotator.ui.icons import icon_pixmap
from annotator.ui.label_rows import paint_swatch
from annotator.ui.objects_model import ANNOTATION_ROLE, ObjectsModel
from annotator.ui.parts import text_label
from annotator.ui.theme import Theme, number_font
from annotator.ui.tokens import ROW

_PADDING: Final = 12
_KIND_ICON: Final = 15
_EMPTY: Final = (
    "What is drawn on this frame is listed here. Choose a tool at the left (B for a rectangle, P for a polygon)"
    " and draw."
)
_Index = QModelIndex | QPersistentModelIndex


class ObjectsPanel(QWidget):
    """All annotations of the frame. `count_changed` when there are more or fewer."""

    count_changed = Signal()

    def __init__(
        self, theme: Theme, actions: ActionSet, document: ProjectDocument, canvas: CanvasView
    ) -> None:
        super().__init__()
        self._canvas = canvas
        self._is_following = False
        self.rows = ObjectsModel(document, self)
        self.list = _row_view()
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_ObjectDelegate(theme, self.rows, document, self.list))
        # Its arrows, Home and End move in the list.
        actions.add_canvas_keys(self.list, "Edit")
        empty = text_label(_EMPTY, "dim", wraps=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(_PADDING, 12, _PADDING, 12)
        self._pile = QStackedLayout(self)
        self._pile.addWidget(self.list)
        self._pile.addWidget(empty)
        # Rows that come and go take their selection with them: wait until the canvas has settled, too.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._follow_canvas)
        document.loaded.connect(self._fill)
        document.updated.connect(self._update)
        canvas.selection_changed.connect(self._follow_canvas)
        self.list.selectionModel().selectionChanged.connect(self._lead_canvas)
        self.list.doubleClicked.connect(self._zoom)

    def _fill(self) -> None:
        self._is_following = True
        self.rows.fill()
        self._is_following = False
        self._count_changed()

    def _update(self, changed: Sequence[Annotation], deleted: Sequence[int]) -> None:
        self._is_following = True
        self.rows.update(changed, deleted)
        self._is_following = False
        self._count_changed()

    def _count_changed(self) -> None:
        self._pile.setCurrentIndex(0 if self.rows.rowCount() else 1)
        self._settle.start()
        self.count_changed.emit()

    def _follow_canvas(self, _ids: object = None) -> None:
        rows = (self.rows.row_of(annotation_id) for annotation_id in self._canvas.selection)
        wanted = sorted(row for row in rows if row is not None)
        selection = QItemSelection()
        for first, last in _stretches(wanted):
            selection.append(QItemSelectionRange(self.rows.index(first), self.rows.index(last)))
        self._is_following = True
        self.list.selectionModel().select(
            selection, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self._is_following = False
        if wanted:
            self.list.scrollTo(self.rows.index(wanted[-1]))

    def _lead_canvas(self) -> None:
        if self._is_following:
            return
        chosen = self.list.selectionModel().selectedIndexes()
        self._canvas.select(self.rows.ids_at(sorted(index.row() for index in chosen)))

    def _zoom(self, index: QModelIndex) -> None:
        self._canvas.zoom_to(self.rows.ids_at([index.row()]))


def _row_view() -> QTableView:
    """A list of rows of one height.

    A table of one column: a QListView would ask for every row again whenever one comes or goes, 40 ms with 20 000.
    """
    view = QTableView()
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
    view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.setMouseTracking(True)
    view.setObjectName("rows")
    view.setAccessibleName("Objects of the frame")
    heads = view.verticalHeader()
    heads.hide()
    heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    heads.setMinimumSectionSize(ROW)
    heads.setDefaultSectionSize(ROW)
    columns = view.horizontalHeader()
    columns.hide()
    columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return view


class _ObjectDelegate(QStyledItemDelegate):
    """A row: colour, kind, label, its number on the frame, attributes, state marks."""

    def __init__(
        self,
        theme: Theme,
        rows: ObjectsModel,
        document: ProjectDocument,
        parent: QAbstractItemView,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = rows
        self._document = document

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        annotation: Annotation | None = index.data(ANNOTATION_ROLE)
        if annotation is None:
            return  # it is just going
        colours = self._theme.colours
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = QStyle.StateFlag.State_Selected in state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.fillRect(rect, QColor(colours.accent_ground))
        elif QStyle.StateFlag.State_MouseOver in state:
            painter.fillRect(rect, QColor(colours.bg3))
        label = self._document.labels.get(annotation.label)
        paint_swatch(
            painter, rect.left() + _PADDING, rect.center().y(), label.colour if label else ""
        )
        ratio = painter.device().devicePixelRatio()
        kind = icon_pixmap(annotation.kind, colours.dim, _KIND_ICON, ratio)
        left = rect.left() + _PADDING + 18
        painter.drawPixmap(left, rect.center().y() - _KIND_ICON // 2, kind)
        left += _KIND_ICON + 8
        font = number_font(painter.font())
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold if selected else QFont.Weight.Normal)
        right = rect.right() - _PADDING
        if annotation.occluded:
            place = QRect(left, rect.top(), right - left, ROW)
            right -= _word(painter, font, colours.dim, "occluded", place, right=True) + 8
        number = str(index.row() + 1)
        number_width = QFontMetrics(font).horizontalAdvance(number)
        name = label.name if label else "?"
        room = max(0, right - left - number_width - 8)
        left += _word(painter, strong, colours.text, name, QRect(left, rect.top(), room, ROW)) + 8
        place = QRect(left, rect.top(), number_width + 2, ROW)
        left += _word(painter, font, colours.dim, number, place) + 10
        summary = self._rows.summary(annotation)
        if summary and right > left:
            _word(painter, font, colours.dim, summary, QRect(left, rect.top(), right - left, ROW))
        painter.restore()


def _word(
    painter: QPainter, font: QFont, colour: str, text: str, rect: QRect, *, right: bool = False
) -> int:
    """Draw a word, shortened to its place; return the width it takes."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.setPen(QColor(colour))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return sorted rows as first and last of each run without gaps."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
