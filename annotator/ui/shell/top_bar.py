"""What is open, undo and redo, and the way from frame to frame."""

from pathlib import PurePosixPath

from PySide6.QtCore import QEvent, QObject, QRegularExpression, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QRegularExpressionValidator, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from annotator.canvas.view import CanvasView
from annotator.translation import tr
from annotator.ui.look.icons import icon, icon_pixmap
from annotator.ui.look.theme import Theme, number_font
from annotator.ui.look.tokens import FIELD, ICON, TOP_BAR
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.navigation import FrameNavigation
from annotator.ui.shown.session import Session
from annotator.ui.widgets.apart import Apart
from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.parts import action_button, row, text_label
from annotator.ui.widgets.plain_tips import plain_tip

_BUTTON = 32
_CHEVRON = 14
# What a button with a name takes besides it: its icon, and the space around both.
_AROUND_NAME = _CHEVRON + 24
# Digits that the field for the frame number has room for at least.
_LEAST_DIGITS = 3


class TopBar(QWidget):
    """Project and file name, undo and redo at the left, the player in the middle."""

    def __init__(
        self,
        theme: Theme,
        actions: ActionSet,
        session: Session,
        navigation: FrameNavigation,
        canvas: CanvasView,
    ) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(TOP_BAR)
        self._theme = theme
        self._session = session
        self.field = FrameField(session, navigation, canvas)
        self._actions = actions
        actions.bind("frame.go_to", self.field.begin)
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()
        self._folder = QLabel()
        self.project = ProjectButton()
        self._file = ElidedLabel(Qt.TextElideMode.ElideMiddle, "strong")
        self._lay_out(actions)
        session.opened.connect(self._show_names)
        session.frame_changed.connect(self._show_names)
        session.changed.connect(self._show_names)
        theme.changed.connect(self._recolour)
        self._recolour()

    def _lay_out(self, actions: ActionSet) -> None:
        left = QWidget()
        line = row(left, gap=6)
        line.setContentsMargins(12, 0, 0, 0)
        # Names are shortened before the buttons beside them are squeezed.
        line.addWidget(self._folder)
        line.addWidget(self.project)
        line.addWidget(text_label("/", "faint"))
        line.addSpacing(4)
        line.addWidget(self._file)
        line.addSpacing(8)
        line.addWidget(action_button(actions["edit.undo"], _BUTTON))
        line.addWidget(action_button(actions["edit.redo"], _BUTTON))
        line.addStretch(1)
        middle = row(gap=4)
        for name in ("frame.first", "frame.previous"):
            middle.addWidget(action_button(actions[name], _BUTTON))
        middle.addWidget(self.field)
        for name in ("frame.next", "frame.last"):
            middle.addWidget(action_button(actions[name], _BUTTON))
        whole = row(self, gap=12)
        whole.setContentsMargins(0, 0, 8, 0)
        whole.addWidget(Apart(left), 5)
        whole.addLayout(middle)
        right = QWidget()
        line = row(right, gap=8)
        self._beside_player, self._at_right = row(gap=8), row(gap=8)
        line.addLayout(self._beside_player)
        line.addStretch(1)
        line.addLayout(self._at_right)
        whole.addWidget(right, 5)

    def add_beside_player(self, widget: QWidget) -> None:
        """Put a widget to the right of the player, after those that are there."""
        self._beside_player.addWidget(widget)

    def add_at_right(self, widget: QWidget) -> None:
        """Put a widget at the right end of the bar, after those that are there."""
        self._at_right.addWidget(widget)

    def _show_names(self, _change: object = None) -> None:
        session = self._session
        if not session.is_open:
            return
        frame = session.frame
        self.project.set_name(session.task.name)
        self._file.set_full_text("" if frame is None else PurePosixPath(frame.name).name)
        self._file.setToolTip("" if frame is None else plain_tip(frame.name))
        self.project.setToolTip(
            plain_tip(tr("Tasks of the project in {folder}", folder=str(session.project.folder)))
        )

    def _show_keys(self) -> None:
        tip = tr("Frame number: type one and press Enter")
        self.field.number.setToolTip(plain_tip(self._actions.with_key(tip, "frame.go_to")))

    def _recolour(self) -> None:
        ratio = self.devicePixelRatioF()
        self._folder.setPixmap(icon_pixmap("folder-open", self._theme.colours.dim, ICON, ratio))
        self.project.setIcon(icon("chevron-down", self._theme.colours, _CHEVRON))


class ProjectButton(QToolButton):
    """The name of the task, shortened where it has no room; a click lists the tasks of the project."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("projectName")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # The sign that there is a list stands behind the name.
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setIconSize(QSize(_CHEVRON, _CHEVRON))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._name = ""

    def set_name(self, name: str) -> None:
        """Show a name."""
        if name != self._name:
            self._name = name
            self.setAccessibleName(tr("Task {name}, list of tasks", name=name))
            self.updateGeometry()
            self._fit()

    def sizeHint(self) -> QSize:
        """The room of the whole name."""
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self._name) + _AROUND_NAME
        return QSize(width, FIELD)

    def minimumSizeHint(self) -> QSize:
        """The room of a few letters."""
        return QSize(min(80, self.sizeHint().width()), FIELD)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the name into the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - _AROUND_NAME + 2
        shown = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        self.setText(shown.replace("&", "&&"))


class FrameField(QFrame):
    """`n / N`: the number of the shown frame, which can be typed."""

    def __init__(self, session: Session, navigation: FrameNavigation, canvas: CanvasView) -> None:
        super().__init__()
        self.setObjectName("frameField")
        self._session = session
        self._navigation = navigation
        self._canvas = canvas
        self.number = QLineEdit()
        self.number.setObjectName("frameNumber")
        self.number.setFrame(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        # No validator of numbers: that of Qt takes the separators of the language, such as 1,000.
        digits = QRegularExpression("[0-9]{1,10}")
        self.number.setValidator(QRegularExpressionValidator(digits, self.number))
        self.number.setAccessibleName(tr("Frame number"))
        self.number.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.number.setFont(number_font(self.number.font()))
        self.number.installEventFilter(self)
        self.number.returnPressed.connect(self._go)
        self._count = text_label("", "dim")
        self._count.setFont(number_font(self._count.font()))
        line = row(self, gap=2)
        line.setContentsMargins(8, 0, 12, 0)
        line.addWidget(self.number)
        line.addWidget(self._count)
        self.setFixedHeight(FIELD + 2)
        session.opened.connect(self._show)
        session.frame_changed.connect(self._show)
        session.changed.connect(self._show)

    def begin(self) -> None:
        """Let the user type a number."""
        self.number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.number.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc puts the number back; the frame of the field shows who has the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            self.style().polish(self)
            self._show()
        elif (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self._leave()
            return True
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        wanted = int(self.number.text()) - 1
        self._navigation.go_to_number(min(max(wanted, 0), self._session.frame_count - 1))
        self._leave()

    def _leave(self) -> None:
        self._canvas.setFocus()
        self._show()

    def _show(self, _change: object = None) -> None:
        count = f"/ {self._session.frame_count}"
        if count != self._count.text():
            digits = max(_LEAST_DIGITS, len(count) - 2)
            metrics = QFontMetrics(self.number.font())
            self.number.setFixedWidth(metrics.horizontalAdvance("0" * digits) + 14)
            self._count.setText(count)
        if not self.number.hasFocus() or not self.number.isModified():
            self.number.setText(str(self._session.number + 1) if self._session.is_open else "")
