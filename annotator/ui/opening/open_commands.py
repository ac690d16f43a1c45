"""What can be opened from where: dialogs, the start page, a drop, the command line."""

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtWidgets import QWidget

from annotator import messages
from annotator.settings import RECENT_SIZE, Settings
from annotator.translation import tr
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.start.recent_projects import RecentProject, RecentProjects
from annotator.ui.start.start_page import StartPage, missing_paths
from annotator.ui.widgets.quiet_writer import QuietWriter

if TYPE_CHECKING:
    from annotator.project.organisation import TaskTotals
    from annotator.ui.shown.opening import Opened, Opener
    from annotator.ui.shown.project_switch import ProjectSwitch


class OpenCommands(QObject):
    """Opens what the user names, as soon as there is a place for it, and keeps the recent projects."""

    def __init__(
        self,
        window: QWidget,
        start_page: StartPage,
        recent: RecentProjects,
        settings: Settings,
        writer: QuietWriter,
        calls: GuiCalls,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._start_page = start_page
        self._recent = recent
        self._settings = settings
        self._writer = writer
        self._calls = calls
        self._switch: ProjectSwitch | None = None
        self._wanted: tuple[str, ...] | None = None
        start_page.folder_wanted.connect(self.choose_folder)
        start_page.files_wanted.connect(self.choose_files)
        start_page.project_wanted.connect(self.choose_project)
        start_page.demo_wanted.connect(self.open_demo)
        start_page.recent_wanted.connect(self.open_path)
        start_page.recent_removed.connect(self._remove)
        start_page.stop_wanted.connect(self._stop)

    def begin(self, opener: "Opener", switch: "ProjectSwitch") -> None:
        """There is a place for projects: open there, at once what was named before."""
        self._switch = switch
        opener.began.connect(self._began)
        opener.progressed.connect(self._start_page.show_opening)
        switch.opened.connect(self._opened)
        switch.kept.connect(lambda: self._start_page.show_opening(""))
        switch.failed.connect(self._failed)
        switch.counted.connect(self._counted)
        if self._wanted is not None:
            self.open_paths(*self._wanted)

    def open_path(self, path: str) -> None:
        """Open a folder, a picture, an archive or a project."""
        self.open_paths(path)

    def open_paths(self, *paths: str) -> None:
        """Open any mix of folders, pictures, archives, projects and annotation files."""
        self._start_page.say_trouble("")
        if self._switch is None:
            self._wanted = paths
            self._began(paths[0])
        else:
            self._wanted = None
            self._switch.open(*map(Path, paths))

    def choose_folder(self) -> None:
        """Let the user choose a folder of pictures."""
        self._choose(tr("Folder of pictures"))

    def choose_files(self) -> None:
        """Let the user choose pictures, archives and annotation files, several at once."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, tr("Pictures and archives"), self._last_place())
        dialog.setObjectName("chooseFiles")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([picture_filter(), tr("All files (*)")])
        dialog.filesSelected.connect(lambda paths: self.open_paths(*paths))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def choose_project(self) -> None:
        """Let the user choose the folder of a project."""
        self._choose(tr("Folder of a project"))

    def open_demo(self) -> None:
        """Open the demo, which is made where it is not there yet."""
        from annotator.demo.place import demo_place

        self.open_path(str(demo_place().project))

    def mark_missing(self) -> None:
        """Mark recent projects that are gone, and show the pictures of all.

        The disk is asked on a thread, for it may be a slow one.
        """

        def ask() -> None:
            from annotator.ui.start.recent_pictures import pictures_folder, read_pictures

            pictures = read_pictures(pictures_folder(), [one.path for one in self._recent])
            self._calls.post(lambda: self._start_page.show_pictures(pictures))
            missing = missing_paths(self._recent)
            self._calls.post(lambda: self._start_page.mark_missing(missing))

        threading.Thread(target=ask, name="missing-projects", daemon=True).start()

    def _choose(self, title: str) -> None:
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, title, self._last_place())
        dialog.setObjectName("chooseFolder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.open_path)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _last_place(self) -> str:
        for entry in self._recent:
            return os.path.dirname(entry.path)
        return os.path.expanduser("~")

    def _stop(self) -> None:
        self._wanted = None
        if self._switch is None:
            self._start_page.show_opening("")
        else:
            self._switch.close()

    def _remove(self, path: str) -> None:
        self._recent.removed(path)
        self._show_recent()

    def _began(self, path: str) -> None:
        self._start_page.say_trouble("")
        self._start_page.show_opening(tr("Opening {path}", path=path))

    def _opened(self, opened: "Opened") -> None:
        self._start_page.show_opening("")
        entry = RecentProject(str(opened.path), opened.name)
        self._recent.noted(entry, self._settings.get(RECENT_SIZE))
        self._show_recent()

    def _failed(self, text: str) -> None:
        self._start_page.show_opening("")
        if self._start_page.isVisible():
            self._start_page.say_trouble(text)
        else:
            messages.error(text)

    def _counted(self, path: str, totals: "TaskTotals") -> None:
        self._recent.counted(path, totals.frames, totals.annotations)
        self._show_recent()

    def _show_recent(self) -> None:
        self._start_page.show_recent(self._recent)
        self._writer.request(self._recent.save)
        self.mark_missing()


def picture_filter() -> str:
    """Return what a dialog for files shows at first."""
    from annotator.media.archive import ARCHIVE_SUFFIXES
    from annotator.media.folder import PICTURE_SUFFIXES

    patterns = " ".join(f"*{suffix}" for suffix in sorted(PICTURE_SUFFIXES | ARCHIVE_SUFFIXES))
    return tr("Pictures and archives") + f" ({patterns})"


def dropped_paths(data: QMimeData) -> tuple[str, ...]:
    """Return the files and folders that are dragged over the window."""
    return tuple(url.toLocalFile() for url in data.urls() if url.isLocalFile())
