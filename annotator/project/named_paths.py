"""What paths that a person names are: projects, pictures, annotation files."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.errors import AnnotatorError
from annotator.media.archive import ARCHIVE_SUFFIXES
from annotator.media.folder import PICTURE_SUFFIXES
from annotator.project.folder import find_project
from annotator.safe_io import printable

# Files in a folder that are asked whether they hold annotations: a dataset has few, and a folder of many files of
# one picture each is none that could be recognised by one of them.
_MOST_ASKED: Final = 12
_ANNOTATION_SUFFIXES: Final = frozenset({".json", ".xml", ".yaml", ".yml"})
_ANNOTATION_FOLDERS: Final = ("annotations", "labels")


@dataclass(frozen=True, slots=True)
class Named:
    """What some paths are.

    projects: folders of projects. media: folders, archives and files of pictures. datasets: files and folders of
    annotations in a known format. problems: what is nothing of these, as sentences.
    """

    projects: Sequence[Path] = ()
    media: Sequence[Path] = ()
    datasets: Sequence[Path] = ()
    problems: Sequence[str] = ()


def named_by(paths: Sequence[Path], progress: Progress = NO_PROGRESS) -> Named:
    """Tell what some paths are; each is told once."""
    projects, media, datasets = list[Path](), list[Path](), list[Path]()
    problems: list[str] = []
    for path in progress.track(dict.fromkeys(_whole(path) for path in paths), ""):
        project = None if _is_picture(path) else find_project(path)
        if (
            project is not None
            and (project == path or os.path.isfile(path))
            and not _is_archive(path)
        ):
            if project not in projects:
                projects.append(project)
        elif not os.path.exists(path):
            problems.append(f"{path} does not exist. Check the path.")
        elif os.path.isdir(path):
            is_dataset = (
                project is None and not _has_pictures(path, progress) and is_dataset_at(path)
            )
            (datasets if is_dataset else media).append(path)
        elif _is_picture(path) or _is_archive(path):
            media.append(path)
        elif is_dataset_at(path):
            datasets.append(path)
        else:
            problems.append(
                f"{printable(path.name)} is neither a picture, nor an archive, nor a project, nor annotations in a"
                " format the program knows."
            )
    return Named(projects, media, datasets, problems)


def _whole(path: Path) -> Path:
    """An absolute path; `~` stands for a home where there is one of that name, unlike with `Path.expanduser`."""
    return Path(os.path.expanduser(path)).absolute()


def is_dataset_at(path: Path) -> bool:
    """Return whether a file or folder holds annotations in a known format."""
    from annotator.formats.builtin import FORMATS

    try:
        return any(one.verdict(path).fits for one in FORMATS)
    except AnnotatorError:  # it cannot be read
        return False


def datasets_in(folder: Path, progress: Progress = NO_PROGRESS) -> list[Path]:
    """Return annotations that lie in a folder of pictures, in a known format: the folder itself, or files in it."""
    if is_dataset_at(folder):
        return [folder]
    found: list[Path] = []
    for place in (folder, *(folder / name for name in _ANNOTATION_FOLDERS)):
        try:
            files = sorted(
                path for path in place.iterdir() if path.suffix.lower() in _ANNOTATION_SUFFIXES
            )
        except OSError:
            continue
        for file in progress.track(files[:_MOST_ASKED], ""):
            if os.path.isfile(file) and is_dataset_at(file):
                found.append(file)
    return found


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES and os.path.isfile(path)


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() in ARCHIVE_SUFFIXES and os.path.isfile(path)


def _has_pictures(folder: Path, progress: Progress) -> bool:
    """Return whether a picture lies in a folder or below, as soon as one is found."""
    pending = [os.fspath(folder)]
    while pending:
        progress.checkpoint()
        with suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if os.path.splitext(entry.name)[1].lower() in PICTURE_SUFFIXES:
                    return True
                # Links to folders are followed by the listing, which ends circles.
                if entry.is_symlink() and entry.is_dir():
                    return True
                if entry.is_dir():
                    pending.append(entry.path)
    return False
