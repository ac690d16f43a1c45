"""What runs in the background, in the status bar."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar

from annotator.translation import tr, tr_n
from annotator.ui.shell.work_texts import left_text, state_text
from annotator.ui.shown.work_watch import WorkWatch
from annotator.ui.timers import single_shot
from annotator.ui.widgets.clickable import Clickable
from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.parts import row, text_label

_BAR_WIDTH: Final = 96
# What ends sooner is not shown: it would only blink, and move what stands beside it.
_PATIENCE_MS: Final = 300


class WorkState(Clickable):
    """The work that goes on: its name and how far it is. `clicked()` when somebody wants to see more."""

    def __init__(self, watch: WorkWatch) -> None:
        super().__init__()
        self.setObjectName("workState")
        self._watch = watch
        self._text = ElidedLabel(Qt.TextElideMode.ElideMiddle, "statusText")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(_BAR_WIDTH, 4)
        self._left = text_label("", "statusText")
        line = row(self, gap=8)
        line.setContentsMargins(6, 0, 6, 0)
        for part in (self._text, self._bar, self._left):
            line.addWidget(part)
        self.setToolTip(tr("Show what runs in the background, to pause or stop it"))
        self._patience = single_shot(self, _PATIENCE_MS, self._appear)
        watch.changed.connect(self._show)
        self.hide()

    def _appear(self) -> None:
        self.setVisible(bool(self._watch.works))

    def _show(self) -> None:
        works = self._watch.works
        if not works:
            self._patience.stop()
            self.hide()
            return
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()
        work = works[0]
        report = work.report
        more = len(works) - 1
        text = tr_n("{name} and {count} more", "{name} and {count} more", more, name=work.name)
        self._text.set_full_text(text if more else work.name)
        self.setAccessibleName(self._text.accessibleName() or work.name)
        self._bar.setRange(0, report.total or 0)
        self._bar.setValue(report.done)
        state = state_text(work.state)
        self._left.setText(state or left_text(report.done, report.total, report.seconds_left))
