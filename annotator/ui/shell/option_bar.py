"""The active tool, and the label that comes next."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QSizePolicy, QSlider, QWidget

from annotator.canvas.tools import TOOLS
from annotator.canvas.view import CanvasView
from annotator.core.labels import Label
from annotator.settings import FILL_OPACITY, Settings
from annotator.translation import tr
from annotator.ui.labels.control import LabelControl
from annotator.ui.labels.keys import label_digits
from annotator.ui.look.icons import icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.look.tokens import ICON, OPTION_BAR, TOOL_STRIP
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.label_choice import LabelChoice
from annotator.ui.shown.session import Session
from annotator.ui.widgets.key_boxes import key_width, paint_key
from annotator.ui.widgets.label_rows import paint_swatch
from annotator.ui.widgets.parts import push_button, row, text_label
from annotator.ui.widgets.plain_tips import plain_tip

_CHIP_HEIGHT: Final = 24
_CHIP_TEXT: Final = 140
_KEY: Final = 16
_GAP: Final = 6


class OptionBar(QWidget):
    """Tool, labels as chips with their keys, and the opacity of fills."""

    def __init__(
        self,
        theme: Theme,
        actions: ActionSet,
        settings: Settings,
        session: Session,
        choice: LabelChoice,
        control: LabelControl,
        canvas: CanvasView,
    ) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(OPTION_BAR)
        self._theme = theme
        self._settings = settings
        self._session = session
        self._control = control
        self._canvas = canvas
        self._actions = actions
        self._tool_icon = QLabel()
        self._tool_name = text_label()
        self._chips = ChipRow(theme)
        self._chips.chosen.connect(control.use)
        self.more = push_button("", "link")
        self.more.setToolTip(tr("Choose or add a label by typing"))
        self.more.setAccessibleName(tr("Choose a label by typing"))
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.clicked.connect(control.ask)
        self.fill = self._fill_slider()
        self._lay_out()
        session.opened.connect(self._show_labels)
        choice.changed.connect(self._show_labels)
        control.keys_changed.connect(self._show_labels)
        canvas.tool_changed.connect(self._show_tool)
        theme.changed.connect(self._show_tool)
        self._show_tool()

    @property
    def chips(self) -> "list[LabelChip]":
        """The labels that are offered, in order."""
        return self._chips.chips

    def _lay_out(self) -> None:
        line = row(self, gap=8)
        line.setContentsMargins(TOOL_STRIP + 10, 0, 12, 0)
        line.addWidget(self._tool_icon)
        line.addWidget(self._tool_name)
        line.addSpacing(4)
        divider = QFrame()
        divider.setFixedSize(1, 16)
        divider.setObjectName("divider")
        line.addWidget(divider)
        line.addSpacing(4)
        line.addWidget(text_label(tr("next label"), "dim"))
        line.addWidget(self._chips)
        line.addWidget(self.more)
        line.addStretch(1)
        line.addWidget(text_label(tr("Fill"), "dim"))
        line.addWidget(self.fill)

    def _fill_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setFixedWidth(96)
        slider.setValue(round(100 * self._settings.get(FILL_OPACITY)))
        slider.setAccessibleName(tr("Opacity of fills"))
        slider.setToolTip(tr("How much of the picture the fill of shapes covers"))
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        slider.valueChanged.connect(lambda value: self._settings.set(FILL_OPACITY, value / 100))
        # Others move it as well.
        self._settings.subscribe(
            lambda setting: (
                slider.setValue(round(100 * self._settings.get(FILL_OPACITY)))
                if setting is FILL_OPACITY
                else None
            )
        )
        return slider

    def _show_tool(self, _tool: str = "") -> None:
        tool = next(tool for tool in TOOLS if tool.id == self._canvas.tool)
        colour = self._theme.colours.dim
        self._tool_icon.setPixmap(icon_pixmap(tool.id, colour, ICON, self.devicePixelRatioF()))
        self._tool_name.setText(tr(tool.title))
        # Names of other tools are longer: what stands beside it must not move.
        self._tool_name.setFixedWidth(
            max(self._tool_name.fontMetrics().horizontalAdvance(tr(each.title)) for each in TOOLS)
            + 2
        )
        self._show_labels()

    def _show_labels(self) -> None:
        labels = self._session.labels
        by_digit, keys = label_digits(labels), self._control.shown_keys(labels)
        shown = [(labels[label_id], keys.get(label_id, "")) for label_id in by_digit.values()]
        following = self._control.next_label
        if following is not None and all(label.id != following.id for label, _ in shown):
            shown.insert(0, (following, ""))
        self._chips.show_labels(shown, None if following is None else following.id)
        word = tr("more") if len(labels) > len(by_digit) else tr("label")
        chooses = "".join(self._actions.keys("label.choose")[:1])
        self.more.setText(f"{chooses} {word}".strip().replace("&", "&&"))
        self.more.setEnabled(self._session.is_writable)
        self._canvas.set_drawing_colour(None if following is None else following.colour)


class ChipRow(QWidget):
    """As many chips as there is room for; `chosen(label id)` when one is pressed."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.chips: list[LabelChip] = []
        self._shown: list[tuple[Label, str]] = []
        self._next: int | None = None
        self.setFixedHeight(_CHIP_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_labels(self, labels: Sequence[tuple[Label, str]], following: int | None) -> None:
        """Show labels with their keys, and which comes next."""
        if list(labels) == self._shown and following == self._next:
            return
        self._shown, self._next = list(labels), following
        while len(self.chips) > len(labels):
            self.chips.pop().deleteLater()
        while len(self.chips) < len(labels):
            chip = LabelChip(self._theme, self)
            chip.clicked.connect(lambda _on=False, chip=chip: self.chosen.emit(chip.label_id))
            self.chips.append(chip)
        for chip, (label, key) in zip(self.chips, labels, strict=True):
            chip.show_label(label, key, is_next=label.id == following)
        self.updateGeometry()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many chips as fit; the one that comes next is always among them."""
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        """The room of all chips."""
        width = sum(chip.sizeHint().width() + _GAP for chip in self.chips)
        return QSize(width, _CHIP_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The room of the widest chip."""
        widest = max((chip.sizeHint().width() + _GAP for chip in self.chips), default=0)
        return QSize(widest, _CHIP_HEIGHT)

    def _place(self) -> None:
        room = self.width()
        following = next((chip for chip in self.chips if chip.is_next), None)
        if following is not None:
            room -= following.sizeHint().width() + _GAP
        fitting = []
        for chip in self.chips:
            if chip is not following:
                room -= chip.sizeHint().width() + _GAP
                if room < 0:
                    continue
            fitting.append(chip)
        left = 0
        for chip in self.chips:
            chip.setVisible(chip in fitting)
            if chip in fitting:
                width = chip.sizeHint().width()
                chip.setGeometry(left, 0, width, _CHIP_HEIGHT)
                left += width + _GAP


class LabelChip(QAbstractButton):
    """A label with its key."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.label_id = 0
        self.is_next = False
        self._colour = ""
        self._key = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_label(self, label: Label, key: str, *, is_next: bool) -> None:
        """Show a label. key: as this system writes it, empty for none."""
        self.label_id, self._colour, self._key = label.id, label.colour, key
        self.is_next = is_next
        self.setText(label.name)
        self.setShortcut(QKeySequence())  # Qt takes Alt+D out of a label named "R&D"
        self.setToolTip(plain_tip(f"{label.name} ({key})" if key else label.name))
        name = label.name
        self.setAccessibleName(
            tr("Label {name}, next", name=name) if is_next else tr("Label {name}", name=name)
        )
        self.updateGeometry()
        self.update()

    @property
    def _key_width(self) -> int:
        """How wide the box of the key is; that of a digit is small."""
        return _KEY if len(self._key) == 1 else key_width(self._font(), self._key)

    def sizeHint(self) -> QSize:
        """The width of its content."""
        # A pixel more than the word: rounded down, it would not quite fit.
        text = min(_CHIP_TEXT, QFontMetrics(self._font()).horizontalAdvance(self.text()) + 1)
        return QSize(
            8 + 10 + 7 + text + 8 + (self._key_width + 5 if self._key else 0), _CHIP_HEIGHT
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint swatch, name and digit on a rounded ground."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = self.underMouse()
        ground = colours.accent_ground if self.is_next else colours.bg3
        framed = self.hasFocus() or self.is_next
        painter.setPen(QColor(colours.accent if framed else colours.dim if hovered else ground))
        if self.hasFocus() and self.is_next:  # which is framed anyway
            painter.setPen(QColor(colours.text))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        paint_swatch(painter, 8, self.height() // 2, self._colour)
        right = self.width() - 8
        if self._key:
            right -= self._key_width - 3
            box = QRect(right, (self.height() - _KEY) // 2, self._key_width, _KEY)
            paint_key(painter, box, self._key, colours.line, colours.dim)
            right -= 5
        painter.setFont(self._font())
        painter.setPen(QColor(colours.text))
        room = QRect(25, 0, right - 25, self.height())
        name = QFontMetrics(self._font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
        painter.end()

    def _font(self) -> QFont:
        font = QFont(self.font())
        if self.is_next:
            font.setWeight(QFont.Weight.DemiBold)
        return font
