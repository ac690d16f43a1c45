"""A project: labels, tasks, frames and annotations in one folder, changed only through steps."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar

import apsw

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotation_columns import AnnotationColumns
from annotator.core.annotations import Annotation, Track
from annotator.core.columns import ShapeColumns
from annotator.core.labels import LabelSchema
from annotator.core.query import Filter
from annotator.media.errors import MediaError
from annotator.media.header import read_info
from annotator.project import drives, listing
from annotator.project.closing import closed_on_error
from annotator.project.errors import NothingToUndoError, ReadOnlyError
from annotator.project.frames import frame_search
from annotator.project.frames.frame_table import FrameTable, read_table, table_steps, updated_table
from annotator.project.frames.stored_names import names_in_order, names_of
from annotator.project.opening import open_database
from annotator.project.organisation import (
    Frame,
    Job,
    Media,
    MediaIdentity,
    MediaRoot,
    Task,
    TaskTotals,
)
from annotator.project.remembered import Remembered
from annotator.project.sentences import tells_in_sentences
from annotator.project.storage import history, reading
from annotator.project.storage.changes import Change
from annotator.project.storage.database import create_database, translated
from annotator.project.storage.edit import Edit
from annotator.project.storage.history import Step
from annotator.project.storage.keeper import sync_file
from annotator.project.storage.memos import Memo, memo_of
from annotator.project.storage.store import USER, LongStep, Store
from annotator.project.storage.writing import PUT_IDENTITY
from annotator.safe_io import InputError, real_path, resolve_inside

T = TypeVar("T")

FILE_NAME: Final = "project.annotator"
# A folder beside it that can always be deleted.
CACHE: Final = "cache"
# No number in the database is larger.
_MOST_STEPS: Final = (1 << 63) - 1


@tells_in_sentences
class Project:
    """An open project.

    Signals, emitted on the thread that made the change: `changed(Change)` once for each transaction after its
    commit, `synced(bool, str)` when everything is on the disk or could not be brought there.

    Values that are read are of the moment; a change never alters them.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self._store = store
        self.changed = store.changed
        self.synced = store.synced
        self._is_closed = False
        self._labels = Remembered[None, LabelSchema](lambda _: reading.stored_labels(store.read))
        self._roots = Remembered[None, dict[int, Path]](lambda _: self._read_roots())
        self._tracks = Remembered[int, list[Track]](lambda task: reading.tracks(store.read, task))
        store.changed.connect(self._forget)

    # Opening and closing ----------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, *, vfs: str = "") -> "Project":
        """Make an empty project in a folder and open it. Raises ProjectError where there is one already."""
        drives.check_local(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReadOnlyError(
                f"The folder {folder} cannot be made: {error.strerror}. Choose another place."
            ) from None
        create_database(folder / FILE_NAME, vfs)
        return cls.open(folder, vfs=vfs)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        read_only: bool = False,
        vfs: str = "",
        sync: Callable[[Path], None] = sync_file,
    ) -> "Project":
        """Open the project in a folder.

        It is open for reading only where asked for, where another process writes it, or where the folder
        cannot be written; `read_only_reason` says why. Raises ProjectError where it cannot be opened.
        """
        database = open_database(folder / FILE_NAME, read_only=read_only, vfs=vfs)
        project = cls(Store(database, sync=sync), folder)
        with closed_on_error(project), translated(project.path):
            if project.is_writable:
                project._store.finish_reverting()
        return project

    def close(self) -> None:
        """Bring everything to the disk and close. Does nothing where it is closed already."""
        if not self._is_closed:
            self._is_closed = True
            self._store.close()
            # Not before: what others still write is to be seen by whoever still reads.
            self._store.changed.disconnect(self._forget)

    def __enter__(self) -> "Project":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_writable(self) -> bool:
        """Whether it can be changed here."""
        return not self.read_only_reason

    @property
    def read_only_reason(self) -> str:
        """Why it cannot be changed here, and what to do about it; empty where it can."""
        return self._store.database.read_only_reason

    @property
    def is_synced(self) -> bool:
        """Whether every change is on the disk, so that a power cut loses nothing."""
        return self._store.keeper is None or self._store.keeper.is_synced

    def sync(self) -> bool:
        """Wait until every change so far is on the disk; return whether it is."""
        return self._store.keeper is None or self._store.keeper.sync_now()

    # Changing ---------------------------------------------------------------------------------------

    def edit(
        self,
        title: str,
        *,
        author: str = USER,
        task: int | None = None,
        frame: int | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> AbstractContextManager[Edit]:
        """Collect an edit and make it one step that can be undone; see `Store.edit`."""
        return self._store.edit(title, author=author, task=task, frame=frame, progress=progress)

    def long_step(
        self,
        title: str,
        *,
        author: str,
        task: int | None = None,
        keep_on_error: bool = False,
        memo: Memo | None = None,
    ) -> AbstractContextManager[LongStep]:
        """Make one step of many edits; see `Store.long_step`."""
        return self._store.long_step(
            title, author=author, task=task, keep_on_error=keep_on_error, memo=memo
        )

    def resumed_step(self, step: int) -> AbstractContextManager[LongStep]:
        """Go on with an interrupted step; see `Store.resumed_step`."""
        return self._store.resumed_step(step)

    def undo(
        self, step: int | None = None, *, task: int | None = None, author: str | None = None
    ) -> Step:
        """Take back a step, the newest that fits where none is named; see `Store.undo`."""
        self._check_step(step)
        return self._store.undo(step, task=task, author=author)

    def redo(
        self, step: int | None = None, *, task: int | None = None, author: str | None = None
    ) -> Step:
        """Do an undone step again, the one undone last that fits where none is named; see `Store.redo`."""
        self._check_step(step)
        return self._store.redo(step, task=task, author=author)

    def history(self, *, before: int | None = None, limit: int = 200) -> list[Step]:
        """Return steps, newest first."""
        return history.steps(self._store.read, before=before, limit=min(limit, _MOST_STEPS))

    def newest_step(self) -> Step | None:
        """Return the newest step that can be taken back, one that a crash left unfinished among them."""
        found = [*self.interrupted_steps(), self.next_undo()]
        return max((one for one in found if one is not None), key=lambda one: one.id, default=None)

    def _check_step(self, step: int | None) -> None:
        if step is None:
            return
        # SQLite knows no numbers beyond these.
        if not 0 <= step <= _MOST_STEPS or history.step(self._store.read, step) is None:
            raise NothingToUndoError(
                f"The project has no step {step}. The history lists all steps."
            )

    def next_undo(self, *, task: int | None = None, author: str | None = None) -> Step | None:
        """Return what `undo` would take back."""
        return history.newest_done(self._store.read, task, author)

    def next_redo(self, *, task: int | None = None, author: str | None = None) -> Step | None:
        """Return what `redo` would do again."""
        return history.newest_undone(self._store.read, task, author)

    def interrupted_steps(self) -> list[Step]:
        """Return the steps that a crash left unfinished; each is to be resumed, kept or undone."""
        return self._store.interrupted()

    def memo_of(self, step: int) -> Memo | None:
        """Return what an interrupted step needs to be gone on with, or None."""
        return memo_of(self._store.read, step)

    def keep_step(self, step: int) -> Step:
        """Keep an interrupted step as far as it came."""
        return self._store.keep(step)

    # Labels and organisation ------------------------------------------------------------------------

    @property
    def labels(self) -> LabelSchema:
        """The label schema."""
        return self._labels[None]

    def label_counts(self) -> dict[int, int]:
        """Return the number of annotations of each label id; tracks are not counted."""
        return reading.label_counts(self._store.read)

    def tasks(self) -> list[Task]:
        """Return the tasks in the order they were made."""
        return reading.tasks(self._store.read)

    def jobs(self, task: int) -> list[Job]:
        """Return the jobs of a task by their first frame."""
        return reading.jobs(self._store.read, task)

    def task_totals(self, task: int) -> TaskTotals:
        """Return how much is in a task."""
        return reading.task_totals(self._store.read, task)

    def media_roots(self) -> list[MediaRoot]:
        """Return the folders that media lie in."""
        return reading.media_roots(self._store.read)

    # Frames -----------------------------------------------------------------------------------------

    def frames(self, task: int, *, after: int = -1, limit: int = -1) -> Iterator[Frame]:
        """Yield the frames of a task in order, from the position behind `after`; without removed ones."""
        return reading.frames(self._store.read, task, after=after, limit=limit)

    def all_frames(self, task: int) -> Iterator[Frame]:
        """Yield the frames of a task in order with those that were removed."""
        return reading.frames(self._store.read, task, removed=True)

    def frame(self, frame_id: int) -> Frame | None:
        """Return a frame, or None."""
        return reading.frame(self._store.read, frame_id)

    def frame_beside(self, frame: Frame, direction: int) -> Frame | None:
        """Return the frame after (1) or before (-1) another, or None at the end."""
        return reading.frame_beside(self._store.read, frame.task, frame.position, direction)

    def frame_number(self, frame: Frame) -> int:
        """Return how many frames of its task come before a frame, without removed ones."""
        return reading.frame_number(self._store.read, frame.task, frame.position)

    def frame_at(self, task: int, number: int) -> Frame | None:
        """Return the frame of a task with a number, counted from 0 without removed ones, or None."""
        return reading.frame_at(self._store.read, task, number)

    def frame_named(self, task: int, name: str) -> Frame | None:
        """Return a frame of a task by its name, or None."""
        return reading.frame_named(self._store.read, task, name)

    def frame_count(self, task: int) -> int:
        """Return the number of frames of a task, without removed ones."""
        return reading.frame_count(self._store.read, task)

    def frame_table(self, task: int) -> FrameTable:
        """Return the frames of a task as columns, without removed ones."""
        return read_table(self._store.read, task)

    def frame_table_steps(self, task: int) -> Iterator[FrameTable | None]:
        """Read the columns in short steps, each of which yields None; the last one yields the columns."""
        return table_steps(self._store.read, task)

    def updated_frame_table(
        self, table: FrameTable, frames: Collection[int], *, tracks: bool = False
    ) -> FrameTable:
        """Return the columns after some frames changed, came or went. tracks: whether tracks did, too."""
        return updated_table(self._store.read, table, frames, tracks=tracks)

    def names_of(self, frame_ids: Iterable[int]) -> dict[int, str]:
        """Return the names of frames by their ids; those that do not exist are left out."""
        return names_of(self._store.read, frame_ids)

    def frame_names(self, task: int) -> Iterator[tuple[int, str]]:
        """Yield (position, name) of the frames of a task in order, without removed ones."""
        return names_in_order(self._store.read, task)

    def last_position(self, task: int) -> int:
        """Return the highest position in a task, -1 where it has no frame."""
        return reading.last_position(self._store.read, task)

    def media(self, media_id: int) -> Media | None:
        """Return a media file, or None."""
        return reading.media(self._store.read, media_id)

    def known_paths(self, root: int) -> set[str]:
        """Return the paths of all media below a root."""
        return set(reading.media_paths(self._store.read, root))

    def root_path(self, root: int) -> Path:
        """Return the folder of a media root."""
        return self._roots[None][root]

    def _read_roots(self) -> dict[int, Path]:
        roots = reading.media_roots(self._store.read)
        return {one.id: real_path(self.folder / one.path) for one in roots}

    def media_file(self, media: Media) -> Path:
        """Return the file of a media row. Raises InputError where it lies outside its root."""
        return resolve_inside(self.root_path(media.root), media.path)

    def media_without_hash(self) -> Iterator[Media]:
        """Yield the media whose content was not read yet, those that come meanwhile too."""
        return reading.media_without_hash(self._store.read)

    def identity(self, media_id: int) -> MediaIdentity | None:
        """Return what is known of a media file, or None."""
        return reading.identity(self._store.read, media_id)

    def store_identities(self, identities: Sequence[MediaIdentity]) -> None:
        """Keep what is known of media files, outside the history."""
        if identities:
            self._store.unrecorded(
                PUT_IDENTITY, [(i.media, i.size, i.modified, i.hash) for i in identities]
            )

    def media_path(self, frame: Frame) -> Path | None:
        """Return the file of a frame, whether it exists or not; None for a frame without media.

        Raises InputError where the project names a file outside the folder of its media.
        """
        if frame.media is None:
            return None
        found = reading.media(self._store.read, frame.media)
        return None if found is None else self.media_file(found)

    def frame_size(self, frame: Frame) -> tuple[int, int] | None:
        """Return the (width, height) of a frame's upright picture, from the header of its file.

        None where the file is missing or broken.
        """
        try:
            path = self.media_path(frame)
            if path is None:
                return None
            info = read_info(path, frame.source_index)
        except (MediaError, InputError):
            return None
        return info.width, info.height

    def meta(self, key: str) -> str | None:
        """Return a value that is kept beside the history, or None."""
        return reading.meta(self._store.read, key)

    def store_meta(self, key: str, value: str | None) -> None:
        """Keep a value beside the history, or forget it where it is None."""
        if value is None:
            self._store.unrecorded("DELETE FROM meta WHERE key = ?", [(key,)])
        else:
            self._store.unrecorded(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [(key, value)],
            )

    # Annotations ------------------------------------------------------------------------------------

    def annotations(self, frame_id: int) -> list[Annotation]:
        """Return the annotations of a frame in drawing order; tracks are not among them."""
        return reading.annotations(self._store.read, frame_id)

    def annotation(self, annotation_id: int) -> Annotation | None:
        """Return an annotation, or None."""
        return reading.annotation(self._store.read, annotation_id)

    def annotation_count(self, frame_id: int) -> int:
        """Return the number of annotations of a frame, from the counters."""
        return reading.annotation_count(self._store.read, frame_id)

    def columns(self, frame_id: int) -> ShapeColumns:
        """Return the annotations of a frame as columns, for drawing."""
        return reading.columns(self._store.read, frame_id)

    def annotation_columns(self, frame_id: int) -> AnnotationColumns:
        """Return the annotations of a frame without their geometry, tags included, for lists and filters."""
        return listing.annotation_columns(self._store.read, frame_id)

    def task_label_counts(self, task: int) -> dict[int, int]:
        """Return the number of annotations of each label on the frames of a task; tracks are not counted."""
        return listing.task_label_counts(self._store.read, task)

    def next_matching_frame(
        self, frame: Frame, direction: int, wanted: Filter, progress: Progress = NO_PROGRESS
    ) -> Frame | None:
        """Return the nearest frame after (1) or before (-1) another with an annotation that passes a filter."""
        return frame_search.next_matching_frame(
            self._store.read, frame.task, frame.position, direction, wanted, self.labels, progress
        )

    def tracks(self, task: int) -> list[Track]:
        """Return the tracks of a task; `Keyframe.frame` is a frame id, in the order of the frames."""
        return self._tracks[task]

    def track(self, track_id: int) -> Track | None:
        """Return a track, or None."""
        return reading.track(self._store.read, track_id)

    def highest_group(self) -> int:
        """Return the highest group number of the project, 0 where there is no group."""
        return reading.highest_group(self._store.read)

    # Questions of others ----------------------------------------------------------------------------

    def ask(self, question: Callable[[apsw.Connection], T]) -> T:
        """Return what a question finds, through the calling thread's connection for reading.

        It fetches all its rows at once: a statement that is left unfinished would hold up the log.
        """
        return question(self._store.read)

    def write_beside(self, work: Callable[[apsw.Connection], None]) -> None:
        """Write what is kept beside the history, in one short transaction; see `Store.write_beside`."""
        self._store.write_beside(work)

    @contextmanager
    def as_it_is(self) -> Iterator[None]:
        """Let the calling thread read one state of the project, whatever another process writes meanwhile.

        Only where the project is read: what is remembered then would be old for those who change it. It holds up the
        copying of the log.
        """
        assert not self.is_writable
        db = self._store.read
        with translated(self.path):
            db.execute("BEGIN")
        try:
            history.newest_number(db)  # the first question chooses the state
            self.look_again()
            yield
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")

    @contextmanager
    def in_one_state(self) -> Iterator["Project"]:
        """Yield the project as it is now, for the calling thread to read, whatever is changed meanwhile, here too."""
        with Project.open(self.folder, read_only=True) as still, still.as_it_is():
            yield still

    def look_again(self) -> None:
        """Forget what is remembered where another process may have changed it, as it can what is only read here."""
        if not self.is_writable and self._store.database.is_changed_elsewhere():
            self._labels.forget()
            self._tracks.forget()
            self._roots.forget()

    def _forget(self, change: Change) -> None:
        if change.labels:
            self._labels.forget()
        if change.tracks or change.frames:
            self._tracks.forget()
        if change.media:
            self._roots.forget()
