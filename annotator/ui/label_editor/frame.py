"""The frame of the label editor: the views, what is told at the foot, and the buttons."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import (
    QDialog,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from annotator.translation import tr
from annotator.ui.label_editor.file_choice import import_button
from annotator.ui.shell.action_set import native_key
from annotator.ui.widgets.parts import column, progress_bar, push_button, row, text_label

SIZE: Final = (980, 680)
# Both keys that are called Enter; the first is the one that is shown.
APPLY_KEYS: Final = ("Ctrl+Enter", "Ctrl+Return")
_TREE_WIDTH: Final = 300


class EditorFrame(QDialog):
    """Without what works in it."""

    def make_frame(self, folder: Path, bring: Callable[[Path, bool], None]) -> None:
        """Make what stands around the views.

        folder: where files are looked for first. bring: see `import_button`.
        """
        self.views = QTabBar()
        self.views.setObjectName("plainTabs")
        self.views.setDrawBase(False)
        self.views.setExpanding(False)
        self.views.setAccessibleName(tr("View"))
        self.views.addTab(tr("Form"))
        self.views.addTab(tr("Raw"))
        self.bring = import_button(folder, bring)
        self.export = push_button(tr("Export…"))
        self.note = text_label("", "dim", wraps=True)
        self.bar = progress_bar()
        self.bar.setFixedWidth(160)
        self.cancel = push_button(tr("Cancel"))
        self.back = push_button(tr("Back"))
        self.keep = push_button(tr("Go on editing"))
        self.apply = push_button(tr("Apply"), "primary")
        self.apply.setToolTip(native_key(APPLY_KEYS[0]))

    def lay_out(self, tree: QWidget, form: QWidget, others: Sequence[QWidget]) -> Iterator[None]:
        """Give everything its place, a piece with each step. others: the views besides the form."""
        head = row(gap=8)
        head.addWidget(self.views)
        head.addStretch(1)
        head.addWidget(self.bring)
        head.addWidget(self.export)
        self.pile = QStackedWidget()
        foot = row(gap=8)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.bar)
        for button in (self.keep, self.back, self.cancel, self.apply):
            foot.addWidget(button)
        lines = column(self, gap=12)
        lines.setContentsMargins(20, 16, 20, 16)
        lines.addLayout(head)
        lines.addWidget(self.pile, 1)
        lines.addLayout(foot)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.setHandleWidth(16)
        # What gets a place in the window gets its style, too, which takes its time.
        self.pile.addWidget(both)
        for page in others:
            self.pile.addWidget(page)
        yield
        both.addWidget(tree)
        yield
        both.addWidget(form)
        both.setStretchFactor(1, 1)
        both.setSizes([_TREE_WIDTH, SIZE[0] - _TREE_WIDTH])
        # Enter belongs to the fields; the button of the window is pressed by itself.
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)

    def say(self, text: str, look: str = "dim") -> None:
        """Tell something at the foot. look: a name in the style sheet."""
        self.note.setObjectName(look)
        self.note.style().polish(self.note)
        self.note.setText(text)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far the work is; total: 0 where that is not known."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
