"""One setting on the page: what it is called, what it does, its control, and the way back to the default."""

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from annotator.settings import Setting, Settings
from annotator.translation import tr
from annotator.ui.look.icons import icon, icon_pixmap
from annotator.ui.look.theme import Theme
from annotator.ui.settings_page.control import SettingControl
from annotator.ui.widgets.parts import column, row, text_label

_MARK = 8
_BUTTON = 28
_ICON = 15


class SettingRow(QWidget):
    """A dot marks what differs from the default."""

    def __init__(self, setting: Setting[Any], settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.setting = setting
        self._settings = settings
        self._theme = theme
        self._mark = text_label()
        self._mark.setFixedWidth(_MARK + 4)
        self._title = text_label(tr(setting.shown_title))
        self._help = text_label(self._explanation(), "dim", wraps=True)
        self._trouble = text_label("", "bad", wraps=True)
        self._trouble.hide()
        self.control = SettingControl(setting, settings, self._complain)
        self.reset = QToolButton()
        self.reset.setFixedSize(_BUTTON, _BUTTON)
        self.reset.setIconSize(QSize(_ICON, _ICON))
        name = tr("Back to the default: {value}", value=self._default())
        self.reset.setToolTip(name)
        self.reset.setAccessibleName(name)
        self.reset.clicked.connect(lambda: settings.reset(setting))
        # Its room stays, so that nothing moves when it appears.
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self._lay_out()
        theme.changed.connect(self.show_value)
        self.show_value()

    @property
    def words(self) -> str:
        """What a search looks through."""
        setting = self.setting
        choices = " ".join(tr(setting.title_of(choice)) for choice in setting.choices)
        own = f"{tr(setting.shown_title)} {tr(setting.help)} {choices}"
        return f"{own} {setting.shown_title} {setting.key}".casefold()

    def show_value(self) -> None:
        """Show the value there is, and whether it is the default."""
        self.control.show_value()
        is_changed = self._settings.is_changed(self.setting)
        self.reset.setVisible(is_changed)
        colours = self._theme.colours
        self.reset.setIcon(icon("undo", colours, _ICON))
        if is_changed:
            ratio = self.devicePixelRatioF()
            self._mark.setPixmap(icon_pixmap("dot", colours.accent, _MARK, ratio))
        else:
            self._mark.clear()
        self._mark.setAccessibleName(tr("Changed") if is_changed else "")
        self._title.setObjectName("strong" if is_changed else "")
        self._title.style().polish(self._title)
        self._complain("")

    def _lay_out(self) -> None:
        words = column(gap=2)
        head = row(gap=4)
        head.addWidget(self._title)
        head.addWidget(self._mark)
        head.addStretch(1)
        words.addLayout(head)
        words.addWidget(self._help)
        words.addWidget(self._trouble)
        line = row(self, gap=12)
        line.setContentsMargins(0, 8, 0, 8)
        line.addLayout(words, 1)
        line.addWidget(self.control.widget, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)

    def _explanation(self) -> str:
        text = tr(self.setting.help)
        later = tr("It takes effect at the next start.")
        return f"{text} {later}" if self.setting.needs_restart else text

    def _default(self) -> str:
        default = self.setting.default
        if isinstance(default, bool):
            return tr("on") if default else tr("off")
        if self.setting.choices:
            return tr(self.setting.title_of(default))
        return str(default)

    def _complain(self, text: str) -> None:
        self._trouble.setText(text)
        self._trouble.setVisible(bool(text))
