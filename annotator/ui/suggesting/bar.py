"""The bar at the lower edge of the canvas, there only while suggestions wait."""
# ruff: noqa: D102 - Qt explains its virtual functions

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from annotator.canvas.tags import TAG_GAP, TAG_HEIGHT
from annotator.canvas.view import CanvasView
from annotator.translation import tr, tr_n
from annotator.ui.look.icons import icon, icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.shell.action_set import ActionSet, native_key
from annotator.ui.suggesting.key_button import KeyButton
from annotator.ui.suggesting.memory import SuggestingMemory
from annotator.ui.suggesting.offers import Offers
from annotator.ui.suggesting.score_slider import SHORT, WIDTH, ScoreSlider
from annotator.ui.timers import single_shot
from annotator.ui.widgets.parts import row, text_label

_HEIGHT: Final = 40
_MARGIN: Final = 12
_ICON: Final = 18
_CROSS: Final = 26
_CROSS_ICON: Final = 14
_BORDER: Final = 1
_MOST_SAID: Final = 220
# What a model sees on the next frame is there so soon that the bar would only blink in between.
_STAYS_MS: Final = 150
# Around the current suggestion: its handles and its plate, in screen pixels.
_AROUND: Final = 14
# What can be left out: the model, the word before the slider, the keys, the cross, the button for all of them, half the
# slider.
_LEFT_OUT: Final = 6

_MOVING: Final = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class SuggestionBar(QFrame):
    """How many suggestions there are and from what; the least score; accept and reject.

    name_of: gives what a model is called. It lies where it does not hide the current suggestion, and below the messages
    (`messages` is their bar). On a frame on which the slider was moved it stays, so that what was left out can be had
    back. `off_wanted()` when nothing is to be suggested any more.
    """

    off_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        offers: Offers,
        memory: SuggestingMemory,
        canvas: CanvasView,
        name_of: Callable[[str], str],
        messages: QWidget,
        area: QWidget,
    ) -> None:
        super().__init__(area)
        self.setObjectName("suggestionBar")
        self._messages = messages
        self.setAccessibleName(tr("Suggestions"))
        self._theme = theme
        self._offers = offers
        self._memory = memory
        self._canvas = canvas
        self._area = area
        self._is_asked_for = False
        self._how_to_take = ""
        # What is on the canvas is painted first, and what changes several times is shown once.
        self._soon = single_shot(self, 0, self._show)
        self._going = single_shot(self, _STAYS_MS, self.hide)
        self._name_of = name_of
        self._icon = QLabel()
        self.count = text_label("", "strong")
        self.model = text_label("", "dim")
        self._score = score = ScoreSlider(offers, memory, name_of, self)
        self.slider, self.number = score.slider, score.number
        self.reject = KeyButton(theme, tr("Reject"))
        self.accept = KeyButton(theme, tr("Accept"), is_main=True)
        self.accept_all = KeyButton(theme, tr("Accept all"))
        self.off = QToolButton()
        self._lay_out()
        self._connect()
        area.installEventFilter(self)
        messages.installEventFilter(self)
        self._recolour()
        self.hide()

    def _lay_out(self) -> None:
        self.setFixedHeight(_HEIGHT)
        self._line = line = row(self, gap=8)
        line.setContentsMargins(12, 0, 6, 0)
        line.addWidget(self._icon)
        line.addWidget(self.count)
        line.addWidget(self.model)
        line.addSpacing(4)
        line.addWidget(self._score.word)
        line.addWidget(self.slider)
        line.addWidget(self.number)
        line.addSpacing(4)
        line.addWidget(self.reject)
        line.addWidget(self.accept)
        line.addWidget(self.accept_all)
        line.addWidget(self.off)
        self.off.setFixedSize(_CROSS, _CROSS)
        self.off.setIconSize(QSize(_CROSS_ICON, _CROSS_ICON))
        self.off.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.off.setAccessibleName(tr("Suggest nothing in this project"))
        self.off.setToolTip(tr("Suggest nothing in this project"))

    def _connect(self) -> None:
        self._score.moved.connect(self._score_moved)
        self.reject.clicked.connect(self._offers.reject)
        self.accept.clicked.connect(self._offers.accept)
        self.accept_all.clicked.connect(self._offers.accept_all)
        self.off.clicked.connect(self.off_wanted)
        self._offers.changed.connect(self._soon.start)
        self._memory.threshold_changed.connect(self._show)
        self._canvas.navigator.moved.connect(self._make_way)
        self._theme.changed.connect(self._recolour)

    def ask(self) -> None:
        """Show the bar though nothing waits, and put the focus on the slider."""
        self._is_asked_for = True
        self._show()
        self.slider.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_keys(self, actions: ActionSet) -> None:
        """Name the keys of the commands as they are now, where they have none those that the picture keeps."""
        for button, command, own in (
            (self.reject, "suggestion.reject", native_key("Del")),
            (self.accept, "suggestion.accept", tr("Enter")),
            (self.accept_all, "suggestion.accept_all", tr("Shift Enter")),
        ):
            button.set_key((actions.keys(command) or (own,))[0])
        self._how_to_take = how_to_take(actions)
        if not self.isHidden():
            self._show()

    def let_go(self) -> None:
        """Another frame is shown, or something is looked for: the bar is there only if something waits."""
        self._score.let_go()
        if self._is_asked_for:
            self._is_asked_for = False
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVING:
            self._place()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(self._line.sizeHint().width(), _HEIGHT)

    def _score_moved(self) -> None:
        self._is_asked_for = True

    def refresh(self) -> None:
        """Show what there is now: something of it is called otherwise."""
        self._show()

    def _show(self) -> None:
        self._soon.stop()
        offers = self._offers
        waiting, current = len(offers.shown), offers.current
        if not (waiting or (self._is_asked_for and not self._memory.is_off)):
            if self._memory.is_off:
                self.hide()
            elif not self._going.isActive():
                self._going.start()
            return
        self._going.stop()
        plain = text = tr_n("{count} suggestion", "{count} suggestions", waiting)
        if current is not None and waiting > 1:
            place = offers.shown.index(current) + 1
            text = tr("{place} of {suggestions}", place=place, suggestions=plain)
        self.count.setText(text)
        # The words change with each step, the place of what stands beside them does not.
        widest = tr("{place} of {suggestions}", place=waiting, suggestions=plain)
        room = self.count.fontMetrics().horizontalAdvance(widest) if waiting > 1 else 0
        self.count.setMinimumWidth(room)
        self.model.setText(self._said())
        self._score.show()
        decides = current is not None or waiting == 1
        why = "" if decides else self._how_to_take
        for button in (self.reject, self.accept):
            button.setEnabled(decides)
            if button.toolTip() != why:
                button.setToolTip(why)
        self.accept_all.setEnabled(waiting > 0)
        self.show()
        self.raise_()
        self._place()

    def _said(self) -> str:
        """Return what the model has read there, else whose suggestions these are."""
        current = self._offers.current
        if current is not None and current.attributes:
            words = " · ".join(current.attributes.values())
            elided = self.model.fontMetrics().elidedText(
                words, Qt.TextElideMode.ElideRight, _MOST_SAID
            )
            return f"“{elided}”"
        models = dict.fromkeys(self._name_of(one.model) for one in self._offers.shown)
        return tr("from {model}", model=", ".join(models)) if models else ""

    # Where it lies ----------------------------------------------------------------------------------

    def _place(self) -> None:
        if not self.isHidden():
            self.resize(self._fitting(self._area.width() - 2 * _MARGIN), _HEIGHT)
            self._make_way()

    def _make_way(self) -> None:
        """Go where the current suggestion is not hidden."""
        if not self.isHidden():
            self.move(self._free_place(self._area.size(), self.width()))

    def _fitting(self, room: int) -> int:
        """Leave out what matters least until the bar fits into a width; return its own."""
        wanted = room
        for left_out in range(_LEFT_OUT + 1):
            self.model.setVisible(left_out < 1 and bool(self.model.text()))
            self._score.word.setVisible(left_out < 2)
            for button in (self.reject, self.accept, self.accept_all):
                button.show_key(shown=left_out < 3)
            self.off.setVisible(left_out < 4)
            self.accept_all.setVisible(left_out < 5 and len(self._offers.shown) != 1)
            self.slider.setFixedWidth(WIDTH if left_out < 6 else SHORT)
            self._line.invalidate()
            self._line.activate()
            wanted = self._line.sizeHint().width() + 2 * _BORDER
            if wanted <= room:
                break
        return min(wanted, room)

    def _free_place(self, room: QSize, width: int) -> QPoint:
        """Return the first place that leaves the current suggestion in sight: below, left, right, above."""
        middle, right = (room.width() - width) // 2, room.width() - width - _MARGIN
        below, above = room.height() - _HEIGHT - _MARGIN, self._end_of_messages() + _MARGIN
        places = [
            QPoint(middle, below),
            QPoint(_MARGIN, below),
            QPoint(right, below),
            QPoint(middle, above),
        ]
        covered = self._current_area()
        if covered is None:
            return places[0]
        return min(places, key=lambda place: _shared(QRect(place, QSize(width, _HEIGHT)), covered))

    def _end_of_messages(self) -> int:
        """Return how far down the messages reach in the area."""
        shown = self._messages
        if not shown.isVisible():
            return 0
        return max(0, self._area.mapFromGlobal(shown.mapToGlobal(shown.rect().bottomLeft())).y())

    def _current_area(self) -> QRect | None:
        """Return where the current suggestion lies in the area, with its plate and handles."""
        current = self._offers.current
        if current is None or current.shape is None:
            return None
        x0, y0, x1, y1 = current.shape.box
        seen = self._canvas.viewportTransform().mapRect(QRectF(x0, y0, x1 - x0, y1 - y0)).toRect()
        plate = TAG_HEIGHT + TAG_GAP
        around = seen.adjusted(-_AROUND, -_AROUND - plate, _AROUND, _AROUND + plate)
        corner = self._canvas.viewport().mapTo(self._area, QPoint())
        return around.translated(corner)

    def _recolour(self) -> None:
        colour, ratio = self._theme.colours.accent, self.devicePixelRatioF()
        self._icon.setPixmap(icon_pixmap("suggest", colour, _ICON, ratio))
        self.off.setIcon(icon("close", self._theme.colours, _CROSS_ICON))


def how_to_take(actions: ActionSet) -> str:
    """Return how a suggestion becomes the current one, with the key as it is now."""
    keys = actions.keys("suggestion.next")
    if not keys:
        return tr("A click takes a suggestion.")
    return tr("{key} or a click takes a suggestion.", key=keys[0])


def _shared(first: QRect, second: QRect) -> int:
    """Return how much two areas have in common."""
    both = first.intersected(second)
    return both.width() * both.height() if both.isValid() else 0
