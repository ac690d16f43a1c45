"""How the rows of the list of objects look: colour, kind, label, number, attributes, marks at the right."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from typing import Final, Literal, TypeAlias, get_args

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
)

from annotator.translation import in_digits, tr
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import Tokens
from annotator.ui.objects.model import ROW_ROLE, HeadRow, ObjectRow
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.kind_names import kind_name
from annotator.ui.widgets.label_rows import paint_swatch
from annotator.ui.widgets.plain_tips import plain_tip
from annotator.ui.widgets.row_delegate import RowDelegate

# From the left to the right; each keeps its place, so that nothing moves under the pointer.
Mark: TypeAlias = Literal["occluded", "lock", "hide"]
MARKS: Final[tuple[Mark, ...]] = get_args(Mark)

_PADDING: Final = 12
_KIND_ICON: Final = 15
_MARK: Final = 15
_MARK_ROOM: Final = 24
_FOLD_ICON: Final = 13
_Index = QModelIndex | QPersistentModelIndex


def mark_at(place: QPoint, width: int) -> Mark | None:
    """Return the mark at a place in a row, from the row's left upper corner."""
    first = width - _PADDING + (_MARK_ROOM - _MARK) // 2 - _MARK_ROOM * len(MARKS)
    number = (place.x() - first) // _MARK_ROOM
    return MARKS[number] if 0 <= number < len(MARKS) else None


def mark_place(mark: Mark, rect: QRect) -> QRect:
    """Return where a mark is painted in a row."""
    from_right = len(MARKS) - MARKS.index(mark) - 1
    left = rect.right() + 1 - _PADDING - _MARK - from_right * _MARK_ROOM
    return QRect(left, rect.top() + (rect.height() - _MARK) // 2, _MARK, _MARK)


class ObjectDelegate(RowDelegate):
    """Paints rows and heads. The row under the pointer shows all its marks, others those that are set."""

    def __init__(self, theme: Theme, actions: ActionSet, view: QAbstractItemView) -> None:
        super().__init__(theme, view)
        self._actions = actions

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(ROW_ROLE)
        if row is None:
            return  # it is just going
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        brush = _Brush(painter, self._theme.colours, option.rect)
        hovered = QStyle.StateFlag.State_MouseOver in state
        selected = QStyle.StateFlag.State_Selected in state
        if isinstance(row, HeadRow):
            brush.head(row, hovered=hovered, focused=QStyle.StateFlag.State_HasFocus in state)
        else:
            brush.row(row, selected=selected, hovered=hovered)
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: _Index,
    ) -> bool:
        row = index.data(ROW_ROLE)
        if not isinstance(row, ObjectRow | HeadRow):
            return False
        rect: QRect = option.rect
        mark = mark_at(event.pos() - rect.topLeft(), rect.width())
        if mark is None or isinstance(row, HeadRow):
            text = _name(row) if isinstance(row, HeadRow) else _full(row)
        else:
            text = mark_tip(mark, row, self._actions)
        QToolTip.showText(event.globalPos(), plain_tip(text), view)
        return True


def mark_tip(mark: Mark, row: ObjectRow, actions: ActionSet) -> str:
    """Return what a click on a mark does, with the key that does the same."""
    match mark:
        case "occluded":
            act = tr("Not occluded") if row.is_occluded else tr("Occluded")
        case "lock":
            act = tr("Unlock") if row.is_locked else tr("Lock")
        case _:
            act = tr("Show") if row.is_hidden else tr("Hide")
    return actions.with_key(act, f"object.{mark}")


def _name(row: ObjectRow | HeadRow) -> str:
    return "?" if row.label is None else row.label.name


def _full(row: ObjectRow) -> str:
    words = f"{_name(row)} {row.number} · {kind_name(row.kind)}"
    return f"{words} · {row.summary}" if row.summary else words


class _Brush:
    """Paints one row into its place."""

    def __init__(self, painter: QPainter, colours: Tokens, rect: QRect) -> None:
        self._painter = painter
        self._colours = colours
        self._rect = rect
        self._ratio = painter.device().devicePixelRatio()
        self._font = number_font(painter.font())
        self._strong = QFont(self._font)
        self._strong.setWeight(QFont.Weight.DemiBold)

    def row(self, row: ObjectRow, *, selected: bool, hovered: bool) -> None:
        colours, rect = self._colours, self._rect
        if selected:
            self._painter.fillRect(rect, QColor(colours.accent_ground))
        elif hovered:
            self._painter.fillRect(rect, QColor(colours.bg3))
        if row.is_hidden:
            self._painter.setOpacity(0.45)
        colour = row.label.colour if row.label else ""
        paint_swatch(self._painter, rect.left() + _PADDING, rect.center().y(), colour)
        left = rect.left() + _PADDING + 18
        self._icon(row.kind, colours.dim, QRect(left, 0, _KIND_ICON, _KIND_ICON))
        left += _KIND_ICON + 8
        right = self._marks(row, hovered=hovered)
        number = str(row.number)
        number_width = QFontMetrics(self._font).horizontalAdvance(number)
        room = max(0, right - left - number_width - 8)
        # Faint words are too faint on any other ground than that of the list.
        quiet = colours.dim if selected or hovered else colours.faint
        strong = quiet if row.is_hidden else colours.text
        left += self._word(self._strong, strong, _name(row), left, room) + 8
        dim = quiet if row.is_hidden else colours.dim
        left += self._word(self._font, dim, number, left, number_width + 2) + 10
        if row.summary and right > left:
            # On the ground of what is selected the dim words are too faint.
            words = colours.text if selected else dim
            self._word(self._font, words, row.summary, left, right - left)

    def head(self, row: HeadRow, *, hovered: bool, focused: bool) -> None:
        colours, rect = self._colours, self._rect
        ground = colours.accent_ground if focused else colours.bg3 if hovered else colours.bg2
        self._painter.fillRect(rect, QColor(ground))
        left = rect.left() + _PADDING - 3
        fold = "chevron-right" if row.is_folded else "chevron-down"
        self._icon(fold, colours.dim, QRect(left, 0, _FOLD_ICON, _FOLD_ICON))
        left += _FOLD_ICON + 6
        paint_swatch(self._painter, left, rect.center().y(), row.label.colour if row.label else "")
        left += 18
        count = in_digits(row.count)
        width = QFontMetrics(self._font).horizontalAdvance(count)
        right = rect.right() + 1 - _PADDING
        self._word(self._font, colours.dim, count, right - width, width + 2)
        self._word(self._strong, colours.text, _name(row), left, right - width - 8 - left)

    def _marks(self, row: ObjectRow, *, hovered: bool) -> int:
        """Paint the marks; return where the text has to end."""
        self._painter.setOpacity(1.0)
        right = self._rect.right() + 1 - _PADDING
        icons = {
            "hide": ("eye-off" if row.is_hidden else "eye", row.is_hidden),
            "lock": ("lock" if row.is_locked else "unlock", row.is_locked),
            "occluded": ("layers", row.is_occluded),
        }
        for mark in MARKS[::-1]:
            name, is_set = icons[mark]
            if not (is_set or hovered):
                continue
            place = mark_place(mark, self._rect)
            # What is not set is there to be found, not to be read.
            self._painter.setOpacity(1.0 if is_set else 0.5)
            colour = self._colours.text if is_set and hovered else self._colours.dim
            self._icon(name, colour, place)
            right = place.left() - 8
        self._painter.setOpacity(1.0)
        return right

    def _icon(self, name: str, colour: str, place: QRect) -> None:
        """Paint an icon in the middle of the row's height."""
        pixmap = icon_pixmap(name, colour, place.width(), self._ratio)
        top = self._rect.top() + (self._rect.height() - place.width()) // 2
        self._painter.drawPixmap(place.left(), top, pixmap)

    def _word(self, font: QFont, colour: str, text: str, left: int, width: int) -> int:
        """Draw a word, shortened to its room; return the width it takes."""
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        place = QRect(left, self._rect.top(), width, self._rect.height())
        # A name in a script from right to left begins here all the same.
        side = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignLeft
        self._painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown)
