"""The folders that the media of a project lie in, and new ones."""

import os
from pathlib import Path

from annotator.project.organisation import MediaRoot
from annotator.project.project import Project
from annotator.project.storage.edit import Edit
from annotator.safe_io import real_path


class MediaRoots:
    """The folders of media as they are now, and those that an edit adds."""

    def __init__(self, project: Project) -> None:
        self._home = real_path(project.folder)
        self._known = {project.root_path(root.id): root for root in project.media_roots()}

    def at(self, folder: Path) -> MediaRoot | None:
        """Return the root that a folder is, or None."""
        return self._known.get(folder)

    def of(self, folder: Path, edit: Edit) -> MediaRoot:
        """Return the root of a folder; a new one is put into the edit."""
        root = self._known.get(folder)
        if root is None:
            root = self._known[folder] = MediaRoot(self.written(folder))
            edit.put_root(root)
        return root

    def written(self, folder: Path) -> str:
        """Return the path of a root in the project.

        Relative where project and pictures lie together, so that they can be moved together; else absolute.
        """
        home = self._home
        if home.is_relative_to(folder) or folder.is_relative_to(home.parent):
            return Path(os.path.relpath(folder, home)).as_posix()
        return str(folder)
