"""The list of recent projects on the start page."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QCursor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QWidget

from annotator.translation import tr, tr_n
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.start.recent_projects import RecentProject
from annotator.ui.widgets.deleting import deletes
from annotator.ui.widgets.plain_tips import plain_tip

if TYPE_CHECKING:
    # Qt makes a class when it is first named, and these take milliseconds that the first paint would wait for.
    import datetime

    from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

ROW_HEIGHT: Final = 60
_PADDING: Final = 16
_ICON: Final = 22
_PICTURE: Final = QSize(56, 40)
# Of what is missing.
_FADED: Final = 0.35
_PROJECT_ROLE: Final = Qt.ItemDataRole.UserRole
_MISSING_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_PICTURE_ROLE: Final = Qt.ItemDataRole.UserRole + 2

_Index = QModelIndex | QPersistentModelIndex


class RecentModel(QAbstractListModel):
    """Recent projects, and which of them are not where they were."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: tuple[RecentProject, ...] = ()
        self._missing: frozenset[str] = frozenset()
        self._pictures: Mapping[str, QImage] = {}

    def show(self, entries: Collection[RecentProject]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def mark_missing(self, paths: Collection[str]) -> None:
        """Mark the projects at these paths as missing, and no others."""
        self._missing = frozenset(paths)
        self._all_changed()

    def show_pictures(self, pictures: "Mapping[str, QImage]") -> None:
        """Show pictures of the projects at some paths."""
        self._pictures = pictures
        self._all_changed()

    def _all_changed(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many projects there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows; its text is what screen readers say."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        missing = entry.path in self._missing
        if role == _PROJECT_ROLE:
            return entry
        if role == _MISSING_ROLE:
            return missing
        if role == _PICTURE_ROLE:
            return self._pictures.get(entry.path)
        if role == Qt.ItemDataRole.DisplayRole:
            state = tr("Missing") if missing else counts_text(entry)
            return f"{entry.name}, {entry.path}, {state}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(entry.path)
        return None


class RecentList(QListView):
    """Recent projects; `chosen(path)` by click or Enter, `removed(path)` by Delete or the menu of a row."""

    chosen = Signal(str)
    removed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries = RecentModel(self)
        self.setModel(self.entries)
        self.setItemDelegate(_RecentDelegate(theme, self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setAccessibleName(tr("Recent projects"))
        # The row with the focus shows where it is: a line around all of them would cross the card.
        self.setObjectName("recent")
        self.clicked.connect(self._choose)

    def keyPressEvent(self, event: "QKeyEvent") -> None:
        """Enter opens, Delete takes off the list, everything else moves in it."""
        index = self.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(index)
        elif index.isValid() and deletes(event):
            self.removed.emit(index.data(_PROJECT_ROLE).path)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: "QContextMenuEvent") -> None:
        """Offer what can be done with a project, by the right button or the menu key."""
        from PySide6.QtWidgets import QMenu

        index = self.indexAt(event.pos())
        if event.reason() == event.Reason.Keyboard:
            index = self.currentIndex()
        if not index.isValid():
            return
        path: str = index.data(_PROJECT_ROLE).path
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Open")).triggered.connect(lambda: self.chosen.emit(path))
        menu.addAction(tr("Take off the list")).triggered.connect(lambda: self.removed.emit(path))
        menu.popup(event.globalPos())

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_PROJECT_ROLE).path)


class _RecentDelegate(QStyledItemDelegate):
    """A row: picture or icon, name over path, counts over when it was opened."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: "QStyleOptionViewItem", index: _Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: "QStyleOptionViewItem", index: _Index) -> None:
        entry: RecentProject = index.data(_PROJECT_ROLE)
        missing = bool(index.data(_MISSING_ROLE))
        colours = self._theme.colours
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = self._view
        focused = view.hasFocus() and view.currentIndex() == index
        if focused or rect.contains(view.viewport().mapFromGlobal(QCursor.pos())):
            painter.setPen(QColor(colours.accent) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.bg2))
            painter.drawRoundedRect(rect.adjusted(6, 2, -6, -2), 6, 6)
        room = QRect(rect.left() + _PADDING, 0, _PICTURE.width(), _PICTURE.height())
        room.moveTop(rect.center().y() - _PICTURE.height() // 2)
        self._paint_picture(painter, room, index.data(_PICTURE_ROLE), missing=missing)
        inner = rect.adjusted(_PADDING + _PICTURE.width() + 14, 11, -_PADDING, -11)
        top, bottom = _halves(inner)
        small = QFont(painter.font())
        small.setPixelSize(12)
        strong = QFont(painter.font())
        strong.setWeight(QFont.Weight.DemiBold)
        counts = tr("Missing") if missing else counts_text(entry)
        side_top = _right_text(
            painter, top, counts, small, colours.warn if missing else colours.dim
        )
        side_bottom = _right_text(painter, bottom, opened_text(entry.opened_ms), small, colours.dim)
        side = max(side_top, side_bottom) + 16
        _left_text(painter, top.adjusted(0, 0, -side, 0), entry.name, strong, colours.text)
        _left_text(
            painter,
            bottom.adjusted(0, 0, -side, 0),
            entry.path,
            small,
            colours.dim,
            Qt.TextElideMode.ElideMiddle,
        )
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, room: QRect, picture: "QImage | None", *, missing: bool
    ) -> None:
        """Paint what fills the room of a picture, or an icon in its middle."""
        colours = self._theme.colours
        if picture is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.bg3))
            painter.drawRoundedRect(room, 4, 4)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(_FADED if missing else 1.0)
            shown = room.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
            part = QRect(0, 0, shown.width(), shown.height())
            part.moveCenter(picture.rect().center())
            painter.drawImage(room, picture, part)
            painter.setOpacity(1.0)
        if picture is not None and not missing:
            return
        mark = icon_pixmap(
            "warning" if missing else "folder-open",
            colours.warn if missing else colours.dim,
            _ICON,
            painter.device().devicePixelRatio(),
        )
        painter.drawPixmap(room.center().x() - _ICON // 2, room.center().y() - _ICON // 2, mark)


def _halves(rect: QRect) -> tuple[QRect, QRect]:
    half = rect.height() // 2
    return rect.adjusted(0, 0, 0, -half), rect.adjusted(0, half + 1, 0, 0)


def _right_text(painter: QPainter, rect: QRect, text: str, font: QFont, colour: str) -> int:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    return QFontMetrics(font).horizontalAdvance(text)


def _left_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    colour: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetrics(font).elidedText(text, elide, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def counts_text(entry: RecentProject) -> str:
    """Return the counts of a project in words; empty while they are not known."""
    if not entry.frames:
        return ""
    frames = tr_n("{count} picture", "{count} pictures", entry.frames)
    objects = tr_n("{count} object", "{count} objects", entry.annotations)
    return f"{frames} · {objects}"


def opened_text(opened_ms: int, now: "datetime.datetime | None" = None) -> str:
    """Return when something was opened, as people say it."""
    import datetime

    if opened_ms <= 0:
        return ""
    now = now or datetime.datetime.now().astimezone()
    try:
        opened = datetime.datetime.fromtimestamp(opened_ms / 1000, now.tzinfo)
    except (OverflowError, OSError, ValueError):
        return ""
    days = (now.date() - opened.date()).days
    if days == 0:
        return tr("Today {time}", time=f"{opened:%H:%M}")
    if days == 1:
        return tr("Yesterday {time}", time=f"{opened:%H:%M}")
    if 1 < days < 7:
        return tr_n("{count} day ago", "{count} days ago", days)
    return f"{opened:%Y-%m-%d}"
