"""Answers what is typed into the palette, and does what is chosen there."""

from PySide6.QtCore import QObject

from annotator.project.organisation import Frame
from annotator.translation import tr, tr_n
from annotator.ui.palette.frames import FoundFrames, FrameSearch
from annotator.ui.palette.list import PaletteRow
from annotator.ui.palette.palette import Palette
from annotator.ui.palette.recent import RecentCommands, recent_commands_path
from annotator.ui.palette.rows import command_rows, label_rows, number_row
from annotator.ui.shell.shell import Shell
from annotator.ui.widgets.quiet_writer import QuietWriter

_LABEL, _FILE = "#", "/"


class PaletteControl(QObject):
    """Commands are found on the GUI thread, files beside it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.window)
        self._shell = shell
        self._recent = RecentCommands(recent_commands_path())
        self._writer = QuietWriter(self)
        self._search = FrameSearch(shell.session, shell.calls, self._go_to_position, self)
        self.palette = Palette(shell.theme, shell.window)
        self.palette.asked.connect(self._answer)
        self.palette.chosen.connect(self._chosen)
        shell.session.closed.connect(self.palette.dismiss)

    def toggle(self) -> None:
        """Open the palette, or close it."""
        if self.palette.isVisible():
            self.palette.dismiss()
        else:
            self.palette.ask()

    def end(self) -> None:
        """End the search and write what was used last."""
        self._search.end()
        self._writer.close()

    def _answer(self, text: str) -> None:
        text = text.lstrip()
        if text.startswith(_LABEL):
            self._answer_label(text.removeprefix(_LABEL))
        elif text.startswith(_FILE):
            self._answer_file(text.removeprefix(_FILE))
        else:
            rows = command_rows(text, self._shell.actions, self._recent.ids)
            number = number_row(text, self._shell.session, self._shell.navigation.go_to_number)
            found = rows if number is None else [number, *rows]
            self.palette.show_rows(found, tr("No command has this name."))

    def _answer_label(self, text: str) -> None:
        labels = self._shell.labels
        session = self._shell.session
        keys = labels.shown_keys(session.labels)
        rows = label_rows(text, session, keys, labels.use, labels.use_new)
        self.palette.show_rows(rows, tr("There is no label yet. Type a name to make one."))

    def _answer_file(self, text: str) -> None:
        if not self._shell.session.is_open:
            self.palette.show_rows((), tr("Open a folder or a project first."))
            return
        if not isinstance(self._shown_rows, FoundFrames):
            self.palette.show_rows((), tr("Reading the names of the frames…"))
        self._search.find(text, self._show_frames)

    @property
    def _shown_rows(self) -> object:
        return self.palette.rows.rows

    def _show_frames(self, found: FoundFrames) -> None:
        text = self.palette.field.text().lstrip()
        if text.startswith(_FILE):
            typed = text.removeprefix(_FILE)
            found.first = number_row(
                typed, self._shell.session, self._shell.navigation.go_to_number
            )
            count = tr_n("{count} frame found", "{count} frames found", len(found))
            self.palette.show_rows(found, tr("No frame has these letters in its name."), count)

    def _chosen(self, row: PaletteRow) -> None:
        if row.command:
            self._recent.noted(row.command)
            self._writer.request(self._recent.save)
        if row.act is not None:
            row.act()

    def _go_to_position(self, position: int) -> None:
        """Go to the frame at a position of the task, which counts removed frames, too."""
        session = self._shell.session
        frames = session.project.frames(session.task.id, after=position - 1, limit=1)
        frame: Frame | None = next(frames, None)
        if frame is not None:
            self._shell.navigation.go_to_id(frame.id)
