"""The left side of the label editor: the tree of labels, with what is done to whole labels."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from annotator.core.label_draft import LabelDraft
from annotator.core.labels import next_colour
from annotator.translation import in_digits, tr
from annotator.ui.label_editor.state import EditorState
from annotator.ui.label_editor.tree_model import ROW_ROLE, LabelTree, TreeRow
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import ROW
from annotator.ui.widgets.deleting import deletes
from annotator.ui.widgets.key_boxes import paint_key
from annotator.ui.widgets.label_rows import paint_swatch
from annotator.ui.widgets.parts import column, push_button, row, text_label

_KEY: Final = 18
_MOST_KEY: Final = 72


class TreePanel(QWidget):
    """The tree, a field to search it, and buttons.

    Signals: `delete_wanted(ids)`, `merge_wanted(ids)` for what is asked about first; `name_wanted()` when the name
    of the label that is shown is to be typed.
    """

    delete_wanted = Signal(object)
    merge_wanted = Signal(object)
    name_wanted = Signal()

    def __init__(self, state: EditorState, theme: Theme) -> None:
        super().__init__()
        self._state = state
        self._is_filling = False
        self._closed: set[int] = set()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a label"))
        self.search.setAccessibleName(tr("Find a label"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show)
        self.rows = LabelTree(self)
        self.tree = _tree_view(self.rows, theme)
        self.empty = text_label("", "dim", wraps=True)
        self.add = push_button(tr("Add"))
        self.add_below = push_button(tr("Add below"))
        self.merge = push_button(tr("Merge…"))
        self.delete = push_button(tr("Delete"))
        self.sort = push_button(tr("Sort by name"), "link")
        self._lay_out()
        self.tree.installEventFilter(self)
        self.tree.selectionModel().selectionChanged.connect(self._selected)
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._current_changed())
        self.tree.collapsed.connect(lambda index: self._closed.add(self.rows.label_at(index)))
        self.tree.expanded.connect(lambda index: self._closed.discard(self.rows.label_at(index)))
        self.tree.doubleClicked.connect(lambda _: self.name_wanted.emit())
        self.rows.dropped.connect(self._dropped)
        self.add.clicked.connect(lambda: self._add(None))
        self.add_below.clicked.connect(lambda: self._add(self._current_id))
        self.merge.clicked.connect(lambda: self.merge_wanted.emit(self.selected))
        self.delete.clicked.connect(lambda: self.delete_wanted.emit(self.selected))
        self.sort.clicked.connect(lambda: state.set_draft(state.draft.sorted_by_name()))
        state.restructured.connect(self._show)
        state.changed.connect(lambda: self.rows.update(state.draft))
        state.chosen.connect(self._show_current)
        self._show()

    def _lay_out(self) -> None:
        lines = column(self, gap=8)
        lines.addWidget(self.search)
        lines.addWidget(self.empty)
        lines.addWidget(self.tree, 1)
        for pair in ((self.add, self.add_below), (self.merge, self.delete)):
            line = row(gap=8)
            for button in pair:
                line.addWidget(button, 1)
            lines.addLayout(line)
        lines.addWidget(self.sort)

    # What is chosen ---------------------------------------------------------------------------------

    @property
    def selected(self) -> list[int]:
        """The labels that are selected, in the order of the tree."""
        chosen = {self.rows.label_at(one) for one in self.tree.selectionModel().selectedIndexes()}
        return [label.id for label in self._state.draft.in_order() if label.id in chosen]

    @property
    def _current_id(self) -> int | None:
        current = self._state.current
        return None if current is None else current.id

    def select(self, *label_ids: int) -> None:
        """Select labels and show the first of them."""
        selection = QItemSelection()
        for label_id in label_ids:
            index = self.rows.index_of(label_id)
            selection.select(index, index)
        model = self.tree.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        if label_ids:
            model.setCurrentIndex(self.rows.index_of(label_ids[0]), flags.NoUpdate)
        model.select(selection, flags.ClearAndSelect)

    def _current_changed(self) -> None:
        index = self.tree.currentIndex()
        if not self._is_filling and index.isValid():
            self._state.choose(self.rows.label_at(index))

    def _selected(self) -> None:
        some = bool(self.selected)
        self.delete.setEnabled(some)
        self.merge.setEnabled(some and len(self._state.draft.labels) > 1)
        self.add_below.setEnabled(self._current_id is not None)
        self.sort.setEnabled(len(self._state.draft.labels) > 1)

    def _show(self) -> None:
        """Show the tree anew, with the same branches open and the same label chosen."""
        self._is_filling = True
        self.rows.show(self._state.draft, self.search.text())
        closed = set() if self.rows.is_filtered else set(self._closed)
        self.tree.expandAll()
        for label_id in closed:
            self.tree.collapse(self.rows.index_of(label_id))
        self._is_filling = False
        self._show_empty()
        self._show_current()
        self._selected()

    def _show_empty(self) -> None:
        """Say what will be in the tree, or why nothing is."""
        if self._state.draft.labels:
            text = tr("No label has this in its name.")
        else:
            text = tr("No label yet. Add the first one, or import them from a file.")
        self.empty.setText(text)
        self.empty.setVisible(not self.rows.rowCount())

    def _show_current(self) -> None:
        index = self.rows.index_of(self._current_id)
        if index.isValid() and self.tree.currentIndex() != index:
            self.tree.setCurrentIndex(index)
        if index.isValid():
            self.tree.scrollTo(index)

    # What is done -----------------------------------------------------------------------------------

    def _add(self, parent: int | None) -> None:
        """Add a label behind the one that is shown, or as the last one below it."""
        draft = self._state.draft
        label = LabelDraft(colour=next_colour(one.colour for one in draft.labels), parent=parent)
        self.search.clear()
        self._closed.discard(-1 if parent is None else parent)
        self._state.set_draft(draft.put(label), label.id)
        self.name_wanted.emit()

    def _dropped(self, label_ids: list[int], parent: int | None, before: int | None) -> None:
        self._state.set_draft(self._state.draft.moved(label_ids, parent, before))
        self.select(*label_ids)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        match event.key():
            case Qt.Key.Key_Up if alt:
                self._step(-1)
            case Qt.Key.Key_Down if alt:
                self._step(1)
            case Qt.Key.Key_Right if alt:
                self._indent()
            case Qt.Key.Key_Left if alt:
                self._outdent()
            case Qt.Key.Key_Insert:
                self._add(None)
            case _ if deletes(event) and self.selected:
                self.delete_wanted.emit(self.selected)
            case Qt.Key.Key_F2 | Qt.Key.Key_Return | Qt.Key.Key_Enter if self.selected:
                self.name_wanted.emit()
            case _:
                return False
        return True

    def _siblings(self) -> tuple[list[int], int | None]:
        """The labels beside the one that is shown, and what they stand below."""
        current = self._state.current
        parent = None if current is None else current.parent
        return [label.id for label in self._state.draft.children(parent)], parent

    def _step(self, direction: int) -> None:
        """Move the label that is shown up or down among those beside it."""
        current = self._current_id
        beside, parent = self._siblings()
        if current not in beside or self.rows.is_filtered:
            return
        place = beside.index(current) + direction
        if 0 <= place < len(beside):
            beside.remove(current)
            before = beside[place] if place < len(beside) else None
            self._state.set_draft(self._state.draft.moved([current], parent, before))

    def _indent(self) -> None:
        """Move the label that is shown below the one before it."""
        current = self._current_id
        beside, _ = self._siblings()
        place = beside.index(current) if current in beside else 0
        if current is not None and place > 0:
            self._closed.discard(beside[place - 1])
            self._state.set_draft(self._state.draft.moved([current], beside[place - 1]))

    def _outdent(self) -> None:
        """Move the label that is shown out, behind the one above it."""
        current = self._state.current
        if current is None or current.parent is None:
            return
        draft = self._state.draft
        above = draft[current.parent]
        beside = [label.id for label in draft.children(above.parent)]
        behind = beside[beside.index(above.id) + 1 :]
        before = behind[0] if behind else None
        self._state.set_draft(draft.moved([current.id], above.parent, before))


def _tree_view(model: LabelTree, theme: Theme) -> QTreeView:
    tree = QTreeView()
    tree.setObjectName("labelTree")
    tree.setAccessibleName(tr("Labels"))
    tree.setModel(model)
    tree.setItemDelegate(_RowDelegate(theme, tree))
    tree.setHeaderHidden(True)
    tree.setUniformRowHeights(True)
    tree.setIndentation(18)
    tree.setMouseTracking(True)
    tree.setExpandsOnDoubleClick(False)
    tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    tree.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
    tree.setDefaultDropAction(Qt.DropAction.MoveAction)
    tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return tree


class _RowDelegate(QStyledItemDelegate):
    """Paints a row: colour, name, key, number of annotations."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        shown: TreeRow = index.data(ROW_ROLE)  # type: ignore[attr-defined]
        name: str = index.data()  # type: ignore[attr-defined]
        colours = self._theme.colours
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if QStyle.StateFlag.State_Selected in option.state:
            painter.fillRect(rect, QColor(colours.accent_ground))
        elif QStyle.StateFlag.State_MouseOver in option.state:
            painter.fillRect(rect, QColor(colours.bg3))
        paint_swatch(painter, rect.left() + 4, rect.center().y(), shown.label.colour)
        font = number_font(option.font)
        right = self._paint_notes(painter, rect, shown, font)
        painter.setFont(font)
        wrong = shown.is_wrong or not shown.label.name.strip()
        painter.setPen(QColor(colours.bad if wrong else colours.text))
        left = rect.left() + 22
        space = QRect(left, rect.top(), max(0, right - left), rect.height())
        text = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()

    def _paint_notes(self, painter: QPainter, rect: QRect, shown: TreeRow, font: QFont) -> int:
        """Paint the key and the number; return where the room for the name ends."""
        colours = self._theme.colours
        right = rect.right() - 8
        key = shown.label.hotkey
        if key:
            width = min(_MOST_KEY, max(_KEY, QFontMetrics(font).horizontalAdvance(key) + 8))
            place = QRect(right - width, rect.center().y() - 8, width, 17)
            painter.setFont(font)
            paint_key(painter, place, key, colours.line, colours.dim)
            right -= width + 8
        if shown.count:
            text = in_digits(shown.count)
            width = QFontMetrics(font).horizontalAdvance(text)
            painter.setFont(font)
            painter.setPen(QColor(colours.dim))
            place = QRect(right - width, rect.top(), width, rect.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            right -= width + 8
        return right
