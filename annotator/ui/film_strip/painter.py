"""How a frame looks in the film strip: its picture, its number and name, and what is to be known of it."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from annotator.media.folder import PICTURE_SUFFIXES
from annotator.project.frames.frame_cards import FrameCard
from annotator.translation import in_digits, tr, tr_n
from annotator.ui.film_strip.thumbnails import ShownThumbnail
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import Tokens
from annotator.ui.widgets.said_below import said_below

_TEXT: Final = 11
_MARK_TEXT: Final = 10
# Height of the marks on a picture, and their distance from its edge.
_MARK: Final = 15
_INSET: Final = 3
_MARKED: Final = QSize(72, 44)
_ICON: Final = 22
_FRAME: Final = 2
_RADIUS: Final = 4
# No name that is longer is measured; what is left out is in its middle.
_LONGEST: Final = 80
_LONGEST_TIP: Final = 200
_MOST_TEXTS: Final = 2_000
# Of a picture whose file is not there any more.
_FADED: Final = 0.35
# Readable on every picture.
_MARK_GROUND: Final = QColor(16, 18, 20, 205)
_MARK_INK: Final = QColor("#ffffff")
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Cell:
    """What is painted of one frame. number: from 0. room: for the picture. line: for the text below."""

    number: int
    card: FrameCard | None
    thumbnail: ShownThumbnail | None
    room: QRect
    line: QRect
    is_shown: bool
    is_selected: bool
    is_focused: bool


class FilmStripPainter:
    """Paints cells in the colours of a theme."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self._theme = theme
        self._font = QFont(font)
        self._font.setPixelSize(_TEXT)
        self._number_font = number_font(self._font)
        self._strong_font = QFont(self._number_font)
        self._strong_font.setWeight(QFont.Weight.DemiBold)
        self._mark_font = number_font(self._font)
        self._mark_font.setPixelSize(_MARK_TEXT)
        self._mark_font.setWeight(QFont.Weight.DemiBold)
        self._metrics = QFontMetrics(self._font)
        self._number_metrics = QFontMetrics(self._strong_font)
        self._mark_metrics = QFontMetrics(self._mark_font)
        self._cuts: dict[tuple[str, int], str] = {}
        self._mark_cuts: dict[tuple[str, int], str] = {}

    def paint(self, painter: QPainter, cell: Cell) -> None:
        """Paint a frame; the ground is there already."""
        colours = self._theme.colours
        if cell.is_selected:
            whole = QRectF(cell.room.united(cell.line)).adjusted(-3.5, -3.5, 3.5, 0.5)
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(QColor(colours.accent_ground))
            painter.drawRoundedRect(whole, _RADIUS, _RADIUS)
        picture = self._paint_picture(painter, cell, colours)
        if cell.is_shown:
            edge = QRectF(picture).adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), _FRAME))
            painter.drawRoundedRect(edge, _RADIUS, _RADIUS)
        if cell.card is not None:
            self._paint_marks(painter, cell.card, _marked(picture, cell.room), colours)
        self._paint_text(painter, cell, colours)

    def _paint_picture(self, painter: QPainter, cell: Cell, colours: Tokens) -> QRect:
        """Paint the picture or what stands in its place; return where it is."""
        shown = cell.thumbnail
        if shown is None:
            _paint_ground(painter, cell.room, colours.bg2)
            return cell.room
        trouble = shown.content.trouble
        place = cell.room
        if shown.image is not None:
            # Device pixel for device pixel; stretched only until one of the right size is there.
            place = _placed(shown.image.size(), cell.room, painter.device().devicePixelRatio())
            painter.setOpacity(_FADED if trouble else 1.0)
            painter.drawImage(place, shown.image)
            painter.setOpacity(1.0)
        else:
            _paint_ground(painter, cell.room, colours.bg3)
        if trouble:
            name = "picture-missing" if trouble == "missing" else "picture-broken"
            colour = colours.bad if trouble == "broken" else colours.warn
            mark = icon_pixmap(
                name,
                colours.dim if trouble == "none" else colour,
                _ICON,
                painter.device().devicePixelRatio(),
            )
            corner = cell.room.center() - QPoint(_ICON // 2, _ICON // 2)
            if shown.image is not None:
                _paint_ground(
                    painter, QRect(corner, QSize(_ICON, _ICON)).adjusted(-4, -4, 4, 4), colours.bg2
                )
            painter.drawPixmap(corner, mark)
        return place

    def _paint_marks(
        self, painter: QPainter, card: FrameCard, room: QRect, colours: Tokens
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if card.done:
            place = QRect(room.right() - _INSET - _MARK + 1, room.top() + _INSET, _MARK, _MARK)
            painter.setBrush(QColor(colours.good))
            painter.drawEllipse(place)
            side = _MARK - 4
            tick = icon_pixmap(
                "check", colours.on_accent, side, painter.device().devicePixelRatio()
            )
            painter.drawPixmap(place.topLeft() + QPoint(2, 2), tick)
        bottom = room.bottom() - _INSET - _MARK + 1
        right = room.right() - _INSET
        if card.count:
            text = _short_count(card.count)
            width = self._mark_metrics.horizontalAdvance(text) + 8
            self._paint_mark(
                painter,
                QRect(right - width + 1, bottom, width, _MARK),
                text,
                _MARK_GROUND,
                _MARK_INK,
            )
            right -= width + _INSET
        if card.subset:
            most = right - room.left() - _INSET - 8
            text = self._cut_mark(card.subset, most)
            width = self._mark_metrics.horizontalAdvance(text) + 8
            self._paint_mark(
                painter,
                QRect(room.left() + _INSET, bottom, width, _MARK),
                text,
                QColor(colours.accent_ground),
                QColor(colours.text),
            )

    def _paint_mark(
        self, painter: QPainter, place: QRect, text: str, ground: QColor, ink: QColor
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(place, _RADIUS, _RADIUS)
        painter.setPen(ink)
        painter.setFont(self._mark_font)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)

    def _paint_text(self, painter: QPainter, cell: Cell, colours: Tokens) -> None:
        number = in_digits(cell.number + 1)
        line = cell.line
        is_strong = cell.is_shown or cell.is_selected
        painter.setFont(self._strong_font if cell.is_shown else self._number_font)
        painter.setPen(QColor(colours.text if is_strong else colours.dim))
        painter.drawText(line, _LEFT | _MIDDLE, number)
        if cell.card is None:
            return
        used = self._number_metrics.horizontalAdvance(number) + 6
        rest = line.adjusted(used, 0, 0, 0)
        name = self._cut_name(cell.card.name, rest.width())
        painter.setFont(self._font)
        painter.setPen(QColor(colours.text if is_strong else colours.faint))
        painter.drawText(rest, _LEFT | _MIDDLE | Qt.TextFlag.TextSingleLine, name)
        if cell.is_focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 1))
            edge = QRectF(line).adjusted(-2.5, 0.5, 2.5, 0.5)
            painter.drawRoundedRect(edge, _RADIUS, _RADIUS)

    def _cut_name(self, name: str, width: int) -> str:
        """The name of a file as far as it has room; measuring it for each paint would take long."""
        found = self._cuts.get((name, width))
        if found is None:
            _make_room(self._cuts)
            found = self._metrics.elidedText(short_name(name), Qt.TextElideMode.ElideMiddle, width)
            self._cuts[name, width] = found
        return found

    def _cut_mark(self, text: str, width: int) -> str:
        found = self._mark_cuts.get((text, width))
        if found is None:
            _make_room(self._mark_cuts)
            found = self._mark_metrics.elidedText(
                _on_one_line(text[:_LONGEST]), Qt.TextElideMode.ElideRight, width
            )
            self._mark_cuts[text, width] = found
        return found


def short_name(name: str) -> str:
    """Return the name of a picture without folders and ending, on one line, not longer than can be read."""
    stem, dot, ending = name.rpartition("/")[2].rpartition(".")
    is_plain = bool(stem) and f"{dot}{ending}".lower() in PICTURE_SUFFIXES
    last = _on_one_line(stem if is_plain else name.rpartition("/")[2] or name)
    return last if len(last) <= _LONGEST else f"{last[: _LONGEST // 2]}…{last[-_LONGEST // 2 :]}"


def described(number: int, count: int, card: FrameCard, shown: ShownThumbnail | None) -> str:
    """Return what is to be known of a frame, as plain text in lines."""
    name = _on_one_line(card.name)
    half = _LONGEST_TIP // 2
    lines = [
        name if len(name) <= _LONGEST_TIP else f"{name[:half]}…{name[-half:]}",
        tr("Frame {number} of {count}", number=in_digits(number + 1), count=in_digits(count)),
    ]
    if card.count:
        lines.append(tr_n("{count} object", "{count} objects", card.count))
    if card.done:
        lines.append(tr("Done"))
    if card.subset:
        lines.append(tr("Subset {name}", name=_on_one_line(card.subset)))
    if shown is not None and shown.content.reason:
        lines.append(said_below(shown.content.reason))
    return "\n".join(lines)


def _placed(size: QSize, room: QRect, ratio: float) -> QRect:
    """Where an image is painted: unscaled, in the middle; scaled where it was made for another size."""
    wanted = QSize(round(size.width() / ratio), round(size.height() / ratio))
    across, down = wanted.width(), wanted.height()
    fills = across in (room.width(), room.width() - 1) or down in (room.height(), room.height() - 1)
    if not fills or across > room.width() or down > room.height():
        wanted = wanted.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    corner = room.topLeft() + QPoint(
        (room.width() - wanted.width()) // 2, (room.height() - wanted.height()) // 2
    )
    return QRect(corner, wanted)


def _marked(picture: QRect, room: QRect) -> QRect:
    """Where the marks of a picture are: on it, unless it is too narrow or too flat for them."""
    marked = QRect(picture)
    marked.setSize(picture.size().expandedTo(_MARKED))
    marked.moveCenter(picture.center())
    return marked.intersected(room)


def _paint_ground(painter: QPainter, place: QRect, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(place, _RADIUS, _RADIUS)


def _short_count(count: int) -> str:
    """A number that fits on a small picture."""
    return in_digits(count) if count < 10_000 else f"{in_digits(count // 1000)}k"


def _on_one_line(text: str) -> str:
    """A text without line breaks and without characters that turn the direction of what follows."""
    return "".join(one if one.isprintable() else " " for one in text)


def _make_room(texts: dict[tuple[str, int], str]) -> None:
    if len(texts) >= _MOST_TEXTS:
        texts.clear()
