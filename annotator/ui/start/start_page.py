"""The page the program begins with: recent projects, and what can be opened."""

import os
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from annotator.translation import tr
from annotator.ui.look.theme import Theme
from annotator.ui.start.recent_list import ROW_HEIGHT, RecentList
from annotator.ui.start.recent_projects import RecentProjects
from annotator.ui.start.target import Target
from annotator.ui.widgets.parts import (
    column,
    progress_bar,
    push_button,
    row,
    section_head,
    text_label,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

_CARD_FOOT: Final = 8
# The lines above and below a card.
_CARD_EDGES: Final = 2


class StartPage(QWidget):
    """Open a folder, a project, or one of the recent ones.

    On the first run, with no recent project, it begins with a line of welcome and the demo.

    Signals: `folder_wanted`, `files_wanted` and `project_wanted` ask for a dialog, `demo_wanted` for the demo,
    `recent_wanted(path)` names what to open, `recent_removed(path)` takes it off the list; `stop_wanted` stops what is
    being opened; `painted()` once, when the page was painted for the first time.
    """

    folder_wanted = Signal()
    files_wanted = Signal()
    project_wanted = Signal()
    demo_wanted = Signal()
    recent_wanted = Signal(str)
    recent_removed = Signal(str)
    stop_wanted = Signal()
    painted = Signal()

    def __init__(self, theme: Theme, recent: RecentProjects) -> None:
        super().__init__()
        self.setObjectName("startPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._was_painted = False
        self.list = RecentList(theme, self)
        self.list.chosen.connect(self.recent_wanted)
        self.list.removed.connect(self.recent_removed)
        self.trouble = text_label("", "bad", wraps=True)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble.hide()
        self._greeting = text_label("", "dim", wraps=True)
        self._work = text_label("", "dim", wraps=True)
        self._bar = progress_bar()
        self._opening = self._opening_box()
        self._lay_out()
        self.show_recent(recent)

    def show_recent(self, recent: RecentProjects) -> None:
        """Show the list of recent projects; those that are missing are marked a moment later."""
        self.list.entries.show(list(recent))
        is_first_run = not len(recent)
        self._pile.setCurrentIndex(1 if is_first_run else 0)
        # No taller than its rows, or what stands beside it.
        rows = self._list_head.sizeHint().height() + len(recent) * ROW_HEIGHT + _CARD_FOOT
        rows += _CARD_EDGES
        self._card.setMaximumHeight(max(rows, self._target_lines.sizeHint().height()))
        self._greeting.setText(
            tr("Welcome. Begin with the demo, or with pictures of your own.")
            if is_first_run
            else tr("Label pictures on your own computer.")
        )
        self._put_demo(first=is_first_run)

    def take_focus(self) -> None:
        """Let the keyboard begin at the recent projects, at the demo where there are none."""
        if self._pile.currentIndex():
            self.demo.setFocus()
        else:
            self.list.setFocus()

    def mark_missing(self, paths: list[str]) -> None:
        """Mark projects that are not where they were."""
        self.list.entries.mark_missing(paths)

    def show_keys(self, keys: "Mapping[str, str]") -> None:
        """Show the keys of what can be opened, by command."""
        for command, key in keys.items():
            self._targets[command].show_key(key)

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that the page offers as large buttons."""
        return tuple(self._targets)

    def show_pictures(self, pictures: "Mapping[str, QImage]") -> None:
        """Show pictures of recent projects, by path."""
        self.list.entries.show_pictures(pictures)

    def say_trouble(self, text: str) -> None:
        """Show why something could not be opened; an empty text takes it away."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    @property
    def is_opening(self) -> bool:
        """Whether something is shown to be opened."""
        return not self._opening.isHidden()

    def show_opening(self, name: str, done: int = 0, total: int | None = None) -> None:
        """Show that something is being opened, and how far that is; an empty name ends it."""
        self._opening.setVisible(bool(name))
        self._work.setText(name)
        self._bar.setRange(0, total or 0)
        self._bar.setValue(done)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and tell of the first time afterwards."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def _put_demo(self, *, first: bool) -> None:
        """Put the demo before the other targets or behind them, for the eye and for the Tab key."""
        others = [button for button in self._targets.values() if button is not self.demo]
        self._target_lines.insertWidget(0 if first else len(others), self.demo)
        order = [self.demo, *others] if first else [*others, self.demo]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _lay_out(self) -> None:
        columns = row(gap=24)
        self._card = self._recent_card()
        left = column(gap=0)
        left.addWidget(self._card, 1)
        left.addStretch(0)
        columns.addLayout(left, 5)
        columns.addLayout(self._right_column(), 3)
        body = QWidget()
        body.setMaximumWidth(1040)
        inner = column(body, gap=4)
        inner.addWidget(text_label("Annotator", "heading"))
        inner.addWidget(self._greeting)
        inner.addSpacing(20)
        inner.addLayout(columns, 1)
        outer = row(self, gap=0)
        outer.setContentsMargins(48, 40, 48, 48)
        outer.addStretch(1)
        outer.addWidget(body, 100)
        outer.addStretch(1)

    def _recent_card(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        self._list_head = head = section_head(tr("Recent projects"))
        head.setContentsMargins(16, 14, 16, 6)
        empty = text_label(
            tr(
                "Nothing here yet. Open a folder of pictures to begin: they are neither copied nor changed, and"
                " every edit is kept at once."
            ),
            "dim",
            wraps=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(16, 4, 16, 16)
        self._pile = QStackedLayout()
        self._pile.addWidget(self.list)
        self._pile.addWidget(empty)
        lines = column(card, gap=0)
        lines.setContentsMargins(0, 0, 0, _CARD_FOOT)
        lines.addWidget(head)
        lines.addLayout(self._pile, 1)
        return card

    def _right_column(self) -> QVBoxLayout:
        self._target_lines = column(gap=12)
        self._targets: dict[str, Target] = {}
        for command, picture, title, more, wanted in (
            (
                "file.open_folder", "folder-open", tr("Open folder"), tr("All pictures in a folder"),
                self.folder_wanted,
            ),
            (
                "file.open_files", "picture-file", tr("Open files"),
                tr("Pictures, archives, annotation files"), self.files_wanted,
            ),
            (
                "file.open_project", "project", tr("Open project"), tr("Work that was begun before"),
                self.project_wanted,
            ),
            (
                "file.open_demo", "demo", tr("Try the demo"), tr("Drawn pictures and a short tour"),
                self.demo_wanted,
            ),
        ):  # fmt: skip
            target = Target(self._theme, picture, title, more)
            target.clicked.connect(wanted)
            self._target_lines.addWidget(target)
            self._targets[command] = target
        self.demo = self._targets["file.open_demo"]
        lines = column(gap=12)
        lines.addLayout(self._target_lines)
        hint = tr("Or drop folders, pictures, archives or a project anywhere on this window.")
        lines.addWidget(text_label(hint, "dim", wraps=True))
        lines.addSpacing(8)
        lines.addWidget(self._opening)
        lines.addWidget(self.trouble)
        lines.addStretch(1)
        return lines

    def _opening_box(self) -> QWidget:
        box = QWidget()
        lines = column(box, gap=6)
        lines.addWidget(self._work)
        line = row(gap=12)
        line.addWidget(self._bar, 1)
        stop = push_button(tr("Stop"), "link")
        stop.clicked.connect(self.stop_wanted)
        line.addWidget(stop)
        lines.addLayout(line)
        box.hide()
        return box


def missing_paths(recent: RecentProjects) -> list[str]:
    """Return the paths of the list where nothing is; asks the disk, so not for the GUI thread."""
    return [entry.path for entry in recent if not os.path.exists(entry.path)]
