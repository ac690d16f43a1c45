"""Shows a page of the manual: its Markdown as text, its pictures as wide as the window allows."""
# ruff: noqa: D102 - Qt explains its virtual functions

import threading
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QFont,
    QImage,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from annotator.ui.gui_calls import GuiCalls
from annotator.ui.look.theme import Theme
from annotator.ui.manual.pages import Manual
from annotator.ui.timers import single_shot

_PICTURE: Final = QTextDocument.ResourceType.ImageResource.value
_MARGIN: Final = 24
# In percent of what the font asks for.
_LINE_HEIGHT: Final = 138.0
_TABLE_LINE_HEIGHT: Final = 110.0
# Stands for a picture in a text.
_PICTURE_SIGN: Final = "\ufffc"
_HEADS: Final = {1: 22, 2: 16, 3: 13}
_CELL: Final = 6
_REST_MS: Final = 120
_MOST_MARKS: Final = 500


class ManualBrowser(QTextBrowser):
    """`page_changed(name)` when another page is shown.

    Pictures are decoded on a thread; until then their places are empty. Links to other pages are followed here, all
    others are given to the system's browser.
    """

    page_changed = Signal(str)

    def __init__(self, manual: Manual, theme: Theme, calls: GuiCalls, parent: QWidget) -> None:
        super().__init__(parent)
        self._manual = manual
        self._theme = theme
        self._calls = calls
        self._wanted: list[tuple[QUrl, Path, QSize]] = []
        self._turn = 0
        self._is_over = False
        self._marked: list[str] = []
        self._rest = single_shot(self, _REST_MS, self._lay_out_anew)
        self.setObjectName("manualPage")
        self.setOpenLinks(False)
        # It takes part of the width: pictures would change their size with it.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSearchPaths([str(manual.folder)])
        self.document().setDocumentMargin(_MARGIN)
        self.anchorClicked.connect(self._follow)
        self.sourceChanged.connect(self._shown)
        theme.changed.connect(self._lay_out_anew)

    # Pages ------------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """The file of the page that is shown."""
        return self.source().fileName()

    def show_page(self, name: str) -> None:
        """Show a page by its file."""
        if name != self.page:
            self.setSource(QUrl.fromLocalFile(str(self._manual.folder / name)))

    def end(self) -> None:
        """Wait for no picture any more, and ask for none."""
        self._is_over = True
        self._rest.stop()

    def mark(self, words: list[str]) -> None:
        """Mark words wherever they stand, and show the first place."""
        self._marked = words
        self._show_marks()
        self.find_next(from_start=True)

    def find_next(self, *, from_start: bool = False) -> None:
        """Show the next place of a marked word, after the last one the first."""
        places = sorted(one.cursor.selectionStart() for one in self.extraSelections())
        if not places:
            return
        after = -1 if from_start else self.textCursor().position()
        place = next((one for one in places if one > after), places[0])
        cursor = QTextCursor(self.document())
        cursor.setPosition(place)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _follow(self, url: QUrl) -> None:
        is_near = url.isRelative() or url.isLocalFile()
        if is_near and any(page.name == url.fileName() for page in self._manual.pages):
            self.show_page(url.fileName())
        else:
            QDesktopServices.openUrl(url)

    def _shown(self, url: QUrl) -> None:
        """The text of a page is there; `source` may still be the page before."""
        self._turn += 1
        _dress(self.document(), self._theme)
        self._show_marks()
        self.page_changed.emit(url.fileName())

    def _show_marks(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        look = QTextCharFormat()
        look.setBackground(QColor(self._theme.colours.accent_ground))
        for word in self._marked:
            cursor = self.document().find(word)
            while not cursor.isNull() and len(marks) < _MOST_MARKS:
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = cursor, look
                marks.append(mark)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)

    # Pictures ---------------------------------------------------------------------------------------

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        if kind != _PICTURE:
            return super().loadResource(kind, name)
        url = QUrl(name)
        path = self._manual.folder / url.toLocalFile()
        size = self._size_of(path.name)
        if not self._wanted:
            QTimer.singleShot(0, self, self._decode)
        self._wanted.append((url, path, size))
        place = QImage(size * self.devicePixelRatioF(), QImage.Format.Format_ARGB32_Premultiplied)
        place.setDevicePixelRatio(self.devicePixelRatioF())
        place.fill(Qt.GlobalColor.transparent)
        return place

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._rest.start()

    def _size_of(self, name: str) -> QSize:
        """How large a picture is shown: as it was taken, or smaller where the window is."""
        width, height = self._manual.sizes.get(name, (1, 1))
        room = max(1, self.viewport().width() - 2 * _MARGIN - 1)
        if width > room:
            width, height = room, max(1, round(height * room / width))
        return QSize(width, height)

    def _decode(self) -> None:
        wanted, self._wanted = self._wanted, []
        if self._is_over:
            return
        work = partial(self._decode_all, wanted, self._turn, self.devicePixelRatioF())
        threading.Thread(target=work, name="manual-pictures", daemon=True).start()

    def _decode_all(self, wanted: list[tuple[QUrl, Path, QSize]], turn: int, ratio: float) -> None:
        """Called on a thread."""
        for url, path, size in wanted:
            image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
            ignore = Qt.AspectRatioMode.IgnoreAspectRatio
            made = image.scaled(size * ratio, ignore, Qt.TransformationMode.SmoothTransformation)
            made.setDevicePixelRatio(ratio)
            self._calls.post(partial(self._decoded, url, made, turn))

    def _decoded(self, url: QUrl, image: QImage, turn: int) -> None:
        if turn == self._turn and not self._is_over:
            self.document().addResource(_PICTURE, url, image)
            self.viewport().update()

    def _lay_out_anew(self) -> None:
        """The pictures have other sizes, or the words other colours."""
        if self.source().isEmpty():
            return
        bar = self.verticalScrollBar()
        place = bar.value() / max(1, bar.maximum())
        self.reload()
        bar.setValue(round(place * bar.maximum()))


def _dress(document: QTextDocument, theme: Theme) -> None:
    """Give a page that was made of Markdown the measures of this window."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeBlockFormat(_line_height(_LINE_HEIGHT))
    # What stands in tables keeps its margins: each change there would take as long as all of these.
    frame = document.rootFrame()
    place = frame.begin()
    while place != frame.end():
        block = place.currentBlock()
        if block.isValid():
            _dress_block(block, theme)
        place += 1
    _set_weight(document)
    for table in frame.childFrames():
        if isinstance(table, QTextTable):
            made = table.format()
            made.setCellPadding(_CELL)
            made.setCellSpacing(0)
            made.setBorder(1)
            made.setBorderCollapse(True)
            made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            made.setBorderBrush(QColor(theme.colours.line))
            table.setFormat(made)
            cursor.setPosition(table.firstPosition())
            cursor.setPosition(table.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeBlockFormat(_line_height(_TABLE_LINE_HEIGHT))
    cursor.endEditBlock()


def _set_weight(document: QTextDocument) -> None:
    """Bold words get the weight that the window's font has; of a heavier one Qt would make a smeared copy."""
    look = QTextCharFormat()
    look.setFontWeight(QFont.Weight.DemiBold)
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        inner = block.begin()
        while not inner.atEnd():
            words = inner.fragment()
            if words.charFormat().fontWeight() > QFont.Weight.DemiBold:
                cursor.setPosition(words.position())
                end = words.position() + words.length()
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(look)
            inner += 1
        block = block.next()


def _line_height(percent: float) -> QTextBlockFormat:
    lines = QTextBlockFormat()
    lines.setLineHeight(percent, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    return lines


def _dress_block(block: QTextBlock, theme: Theme) -> None:
    cursor, head = QTextCursor(block), block.blockFormat().headingLevel()
    is_plain = _is_code(block) or block.text() == _PICTURE_SIGN
    lines = _line_height(100.0) if is_plain else QTextBlockFormat()
    lines.setTopMargin(18 if head > 1 else 4)
    lines.setBottomMargin(6)
    if _is_code(block):
        # One ground below all lines; a line that is too long goes on in the next one.
        lines.setBackground(QColor(theme.colours.bg3))
        lines.setNonBreakableLines(False)
        lines.setTopMargin(0 if _is_code(block.previous()) else 4)
        lines.setBottomMargin(0 if _is_code(block.next()) else 10)
    cursor.mergeBlockFormat(lines)
    if head:
        look = QTextCharFormat()
        look.setProperty(QTextCharFormat.Property.FontPixelSize, _HEADS.get(head, 13))
        look.clearProperty(QTextCharFormat.Property.FontSizeAdjustment)
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.mergeCharFormat(look)


def _is_code(block: QTextBlock) -> bool:
    return block.blockFormat().hasProperty(QTextBlockFormat.Property.BlockCodeFence.value)
