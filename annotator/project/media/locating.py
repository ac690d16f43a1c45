"""Finding media that were moved or renamed, and telling the project where they are now."""

import os
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.media.errors import MediaError
from annotator.media.identity import content_hash
from annotator.project.errors import ProjectError
from annotator.project.media.roots import MediaRoots
from annotator.project.organisation import Media, MediaRoot
from annotator.project.project import Project
from annotator.project.storage.store import USER
from annotator.safe_io import DEFAULT_LIMITS, InputError, Limits, real_path


@dataclass(frozen=True, slots=True)
class MissingMedia:
    """A media file that is not where the project says, and what is known of it.

    was: where it was. size: in bytes, None where it was never looked at. frames: how many frames need it.
    """

    media: Media
    was: Path
    size: int | None
    hash: bytes | None
    frames: int


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """A missing media file and the file that it is."""

    missing: MissingMedia
    path: Path


@dataclass(frozen=True, slots=True)
class Search:
    """What a search came to.

    found: those that are known again. doubtful: files of the right name whose content is another, which are not
    taken. ambiguous: how many media several files could be.
    """

    missing: Sequence[MissingMedia]
    found: Sequence[FoundAgain] = ()
    doubtful: Sequence[Path] = ()
    ambiguous: int = 0

    @property
    def found_frames(self) -> int:
        """How many frames get their pictures back."""
        return sum(one.missing.frames for one in self.found)

    @property
    def missing_frames(self) -> int:
        """How many frames had no picture before."""
        return sum(one.frames for one in self.missing)


def missing_media(project: Project, progress: Progress = NO_PROGRESS) -> list[MissingMedia]:
    """Return the media of frames that are not removed whose files are not there. Asks the disk for every one."""
    found: list[MissingMedia] = []
    rows = project.ask(_media_rows)
    there: dict[Path, frozenset[str]] = {}
    for media, size, digest, frames in progress.track(rows, "Looking for missing pictures"):
        path = project.root_path(media.root) / media.path
        # Folder by folder, as asking for each file takes much longer.
        folder = path.parent
        if folder not in there:
            there[folder] = _names_in(folder)
        if path.name not in there[folder] and not os.path.isfile(path):
            found.append(MissingMedia(media, path, size, digest, frames))
    return found


def search(
    missing: Sequence[MissingMedia], places: Iterable[Path], progress: Progress = NO_PROGRESS
) -> Search:
    """Look for missing media in folders, with all below them, and among single files.

    A file is taken for a missing one where name and size are the same, of several the one with the longest part of
    the path in common. Its content is read where others have that size too, and where the name is another. No file
    is taken twice.
    """
    files = _Files(_listed(places, progress))
    sizes = Counter(one.size for one in missing)
    contents = _Contents(progress)
    found: list[FoundAgain] = []
    doubtful: list[Path] = []
    ambiguous = 0
    taken: set[Path] = set()
    for one in progress.track(missing, "Comparing files"):
        alike = [path for path in files.alike(one) if path not in taken]
        # Pictures without compression all have one size.
        is_telling = sizes[one.size] == 1 and files.count_of_size(one.size) <= 1
        best = _nearest(one, alike)
        if one.hash is not None and not is_telling:
            best = [path for path in best or alike if contents.hash_of(path) == one.hash][:1]
        if not alike and one.hash is not None:
            others = (path for path in files.of_size(one.size) if path not in taken)
            best = list(islice((p for p in others if contents.hash_of(p) == one.hash), 1))
        if len(best) == 1:
            taken.add(best[0])
            found.append(FoundAgain(one, best[0]))
        elif len(best) > 1:
            ambiguous += 1
        else:
            doubtful += files.named(one)[:1]
    return Search(missing, found, doubtful, ambiguous)


def apply(
    project: Project, search: Search, progress: Progress = NO_PROGRESS, *, author: str = USER
) -> int | None:
    """Tell the project where the found media are, as one step; the files are left as they are.

    Returns the id of the step, None where the project knew all that already. Where everything in a folder of media has
    moved together, the folder is told, else each file.
    """
    frames = search.found_frames
    title = f"Locate {frames:,} picture{'' if frames == 1 else 's'}"
    roots = MediaRoots(project)
    by_root: dict[int, list[FoundAgain]] = defaultdict(list)
    for one in search.found:
        by_root[one.missing.media.root].append(one)
    with project.edit(title, author=author, progress=progress) as edit:
        for root, moved in by_root.items():
            folders = {_root_of(one) for one in moved}
            total = project.ask(partial(_count_below, root=root))
            folder = folders.pop() if len(folders) == 1 else None
            if folder is not None and total == len(moved) and roots.at(folder) is None:
                edit.put_root(MediaRoot(roots.written(folder), root))
                continue
            for one in moved:
                own = _root_of(one) or one.path.parent
                path = one.path.relative_to(own).as_posix()
                edit.put_media(Media(roots.of(own, edit).id, path, one.missing.media.id))
    return edit.step


def _root_of(one: FoundAgain) -> Path | None:
    """Return the folder below which a file lies as it did below its root, or None."""
    depth = len(PurePosixPath(one.missing.media.path).parts)
    if _common_tail(one.missing, one.path) < depth or len(one.path.parts) <= depth:
        return None
    return one.path.parents[depth - 1]


# Files that may be what is missing ---------------------------------------------------------------------


class _Files:
    """Files with their sizes, by name and by size."""

    def __init__(self, listed: Iterable[tuple[Path, int]]) -> None:
        self._by_name: dict[str, list[tuple[Path, int]]] = defaultdict(list)
        self._by_size: dict[int, list[Path]] = defaultdict(list)
        for path, size in listed:
            self._by_name[_folded(path.name)].append((path, size))
            self._by_size[size].append(path)

    def alike(self, missing: MissingMedia) -> list[Path]:
        """Return files of the same name and size; of any size where that is not known."""
        named = self._by_name.get(_folded(missing.was.name), ())
        return [path for path, size in named if missing.size in (None, size)]

    def named(self, missing: MissingMedia) -> list[Path]:
        """Return files of the same name."""
        return [path for path, _ in self._by_name.get(_folded(missing.was.name), ())]

    def of_size(self, size: int | None) -> list[Path]:
        """Return files of a size."""
        return [] if size is None else self._by_size.get(size, [])

    def count_of_size(self, size: int | None) -> int:
        """Return how many files have a size."""
        return len(self.of_size(size))


class _Contents:
    """The content hashes of files, each read once."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._known: dict[Path, bytes | None] = {}

    def hash_of(self, path: Path) -> bytes | None:
        """Return the hash of a file; None where it cannot be read."""
        if path not in self._known:
            try:
                self._known[path] = bytes.fromhex(content_hash(path, self._progress))
            except (MediaError, InputError):
                self._known[path] = None
        return self._known[path]


def _nearest(missing: MissingMedia, paths: Sequence[Path]) -> list[Path]:
    """Return the paths that have the most names at their end in common with where the file was."""
    lengths = [_common_tail(missing, path) for path in paths]
    longest = max(lengths, default=0)
    return [path for path, length in zip(paths, lengths, strict=True) if length == longest]


def _common_tail(missing: MissingMedia, path: Path) -> int:
    """Return how many names at the end of two paths are the same."""
    pairs = zip(reversed(missing.was.parts), reversed(path.parts), strict=False)
    return sum(1 for _ in takewhile(lambda pair: _folded(pair[0]) == _folded(pair[1]), pairs))


def _folded(name: str) -> str:
    # macOS writes names apart that others write in one.
    return unicodedata.normalize("NFC", name).casefold()


def _listed(
    places: Iterable[Path], progress: Progress, limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[Path, int]]:
    """Yield every file in some places with its size; links lead nowhere, as they could lead out of the place."""
    count = 0
    for place in places:
        pending = [real_path(place)]
        if os.path.isfile(pending[0]):
            yield pending[0], pending.pop().stat().st_size
        while pending:
            folder = pending.pop()
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        yield Path(entry.path), entry.stat().st_size
                        count += 1
            progress.report(count, None, "Looking through files")
            if count > limits.entries:
                raise ProjectError(
                    f"{place} holds more than {limits.entries:,} files; choose a folder in it."
                )


def _names_in(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


# What is known of media --------------------------------------------------------------------------------

_Row: TypeAlias = tuple[Media, int | None, bytes | None, int]


def _media_rows(db: apsw.Connection) -> list[_Row]:
    """Every media file that a frame of a task needs."""
    query = (
        "SELECT m.id, m.root_id, m.path, i.size, i.hash, count(*) FROM frame f"
        " JOIN media m ON m.id = f.media_id LEFT JOIN media_identity i ON i.media_id = m.id"
        " WHERE f.removed = 0 AND f.task_id NOT IN"
        " (SELECT id FROM task WHERE definition ->> 'removed' = 1) GROUP BY m.id"
    )
    rows: Any = db.execute(query).fetchall()
    return [
        (Media(root, path, row_id), size, digest, frames)
        for row_id, root, path, size, digest, frames in rows
    ]


def _count_below(db: apsw.Connection, root: int) -> int:
    row: Any = db.execute("SELECT count(*) FROM media WHERE root_id = ?", (root,)).fetchone()
    return int(row[0])
