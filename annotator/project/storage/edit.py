"""An edit: what is to change, collected as values.

Nothing is written while an edit is collected. `parts` then gives it as a row of transactions, each of at most
500 annotations, that together are one step of the history.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import apsw

from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.labels import Label, LabelSchema
from annotator.core.values import checked_text
from annotator.project.errors import ProjectError
from annotator.project.names import out_of_the_way
from annotator.project.organisation import Frame, Job, Media, MediaIdentity, MediaRoot, Task
from annotator.project.storage import frame_marks, reading, rejections, writing
from annotator.project.storage.parts import PART_SIZE, Part, Writing
from annotator.project.storage.records import KIND_NUMBERS
from annotator.project.storage.rejections import Rejection


class Edit:
    """Values to put and to delete. The last word on an id counts.

    fresh: every annotation put is new, so that nothing needs to be compared with what is stored. step: the id of the
    step it became, None until it is written, and where nothing really changed.
    """

    def __init__(self, *, fresh: bool = False) -> None:
        self.fresh = fresh
        self.step: int | None = None
        self._annotations: dict[int, Annotation] = {}
        self._gone_annotations: set[int] = set()
        self._tracks: dict[int, tuple[Track, int]] = {}
        self._gone_tracks: set[int] = set()
        self._keyframes: dict[tuple[int, int], Keyframe | None] = {}
        self._labels: dict[int, Label] = {}
        self._gone_labels: dict[int, int | None] = {}
        self._label_order: tuple[int, ...] | None = None
        self._tasks: list[Task] = []
        self._jobs: list[Job] = []
        self._gone_jobs: list[int] = []
        self._roots: list[MediaRoot] = []
        self._media: list[Media] = []
        self._identities: list[MediaIdentity] = []
        self._frames: dict[int, Frame] = {}
        self._done: dict[int, bool] = {}
        self._subsets: dict[int, str] = {}
        self._cleared_frames: set[int] = set()
        self._rejections: list[Rejection] = []

    # Annotations ------------------------------------------------------------------------------------

    def put(self, *annotations: Annotation) -> None:
        """Add annotations, or replace those with the same id."""
        for annotation in annotations:
            self._annotations[annotation.id] = annotation
            self._gone_annotations.discard(annotation.id)

    def delete(self, *annotation_ids: int) -> None:
        """Delete annotations; those that do not exist are passed over."""
        for annotation_id in annotation_ids:
            self._annotations.pop(annotation_id, None)
            self._gone_annotations.add(annotation_id)

    def clear_frame(self, frame_id: int) -> None:
        """Delete every annotation of a frame; key frames of tracks stay."""
        self._cleared_frames.add(frame_id)
        self.delete(*[one.id for one in self._annotations.values() if one.frame == frame_id])

    def reject(self, *given: Rejection) -> None:
        """Note that something a model suggests is not wanted."""
        self._rejections += given

    # Tracks -----------------------------------------------------------------------------------------

    def put_track(self, track: Track, task: int) -> None:
        """Add a track with its key frames, or make the one with the same id equal to it."""
        self._forget_keyframes(track.id)
        self._tracks[track.id] = (track, task)
        self._gone_tracks.discard(track.id)

    def delete_track(self, track_id: int) -> None:
        """Delete a track with its key frames."""
        self._forget_keyframes(track_id)
        self._tracks.pop(track_id, None)
        self._gone_tracks.add(track_id)

    def put_keyframe(self, track_id: int, keyframe: Keyframe) -> None:
        """Add a key frame to a track, or replace the one on the same frame."""
        self._keyframes[track_id, keyframe.frame] = keyframe

    def delete_keyframe(self, track_id: int, frame_id: int) -> None:
        """Delete a key frame of a track."""
        self._keyframes[track_id, frame_id] = None

    def _forget_keyframes(self, track_id: int) -> None:
        for key in [key for key in self._keyframes if key[0] == track_id]:
            del self._keyframes[key]

    # Labels -----------------------------------------------------------------------------------------

    def put_label(self, label: Label) -> None:
        """Add a label at the end, or replace the one with the same id in its place."""
        self._labels[label.id] = label
        self._gone_labels.pop(label.id, None)

    def put_labels(self, schema: LabelSchema) -> None:
        """Add or replace every label of a schema, in its order; other labels stay before them."""
        for label in schema:
            self.put_label(label)

    def order_labels(self, label_ids: Iterable[int]) -> None:
        """Put labels in an order; those that are not named come after them, as they were."""
        self._label_order = tuple(label_ids)

    def delete_label(self, label_id: int, *, move_to: int | None = None) -> None:
        """Delete a label. Its annotations and tracks get the label `move_to`, or are deleted with it."""
        self._labels.pop(label_id, None)
        self._gone_labels[label_id] = move_to
        self._target_of(label_id)

    def _target_of(self, label_id: int) -> int | None:
        """Return the label that takes what a deleted one had, which may have been deleted after it."""
        target = self._gone_labels[label_id]
        while target is not None and target in self._gone_labels:
            if target == label_id:
                raise ProjectError("A label cannot be merged into itself. Choose another one.")
            target = self._gone_labels[target]
        return target

    # Organisation -----------------------------------------------------------------------------------

    def put_task(self, task: Task) -> None:
        """Add or replace a task."""
        self._tasks.append(task)

    def put_job(self, job: Job) -> None:
        """Add or replace a job."""
        self._jobs.append(job)

    def delete_job(self, *job_ids: int) -> None:
        """Delete jobs; their frames stay in the task, for another job."""
        self._gone_jobs += job_ids

    def put_root(self, root: MediaRoot) -> None:
        """Add or replace a folder of media."""
        self._roots.append(root)

    def put_media(self, media: Media, identity: MediaIdentity | None = None) -> None:
        """Add or replace a media file; what is known of the file itself is kept outside the history."""
        self._media.append(media)
        if identity is not None:
            self._identities.append(identity)

    def put_frame(self, *frames: Frame) -> None:
        """Add or replace frames; those that are put at once may take each other's places."""
        self._frames.update((frame.id, frame) for frame in frames)

    def set_done(self, frame_ids: Iterable[int], done: bool) -> None:
        """Mark frames as done or not; all else about them stays as it is, whoever changes it meanwhile."""
        self._done.update((frame_id, done) for frame_id in frame_ids)

    def set_subset(self, frame_ids: Iterable[int], subset: str) -> None:
        """Put frames into a subset, none where the name is empty; all else about them stays as it is.

        Raises InvalidValueError for a name that cannot be stored.
        """
        subset = checked_text(subset, "The subset of a frame")
        self._subsets.update((frame_id, subset) for frame_id in frame_ids)

    # Writing ----------------------------------------------------------------------------------------

    def parts(self, read: apsw.Connection) -> Iterator[Part]:
        """Yield what to write, transaction by transaction. `read` tells what deletions touch."""
        part = Part()
        for write, values in self._work(read):
            size = len(values) if write is writing.move_frames else PART_SIZE
            for start in range(0, len(values), size or 1):
                piece = values[start : start + size]
                if part.size + len(piece) > PART_SIZE and part.work:
                    yield part
                    part = Part()
                part.work.append((write, piece))
                part.size += len(piece)
        if part.work:
            yield part

    @property
    def touches_labels(self) -> bool:
        """Whether the label schema changes."""
        return bool(self._labels or self._gone_labels or self._label_order is not None)

    def place(self, read: apsw.Connection) -> tuple[int | None, int | None]:
        """Return the (task, frame) of what is changed first; None for what belongs to no single one.

        Marks and subsets of several frames belong to their task alone: there is nothing to be seen on the first one.
        """
        frame = self._first_frame(read)
        if frame is None:
            marked = next(iter(self._marked), None)
            task = None if marked is None else reading.task_of_frame(read, marked)
            return self._first_task(read) if task is None else task, None
        new = self._frames.get(frame)
        if new is not None:
            return new.task, frame
        return reading.task_of_frame(read, frame), frame

    def _first_frame(self, read: apsw.Connection) -> int | None:
        for annotation in self._annotations.values():
            return annotation.frame
        for track, _ in self._tracks.values():
            if track.keyframes:
                return track.keyframes[0].frame
        for _, frame in self._keyframes:
            return frame
        for frame in self._cleared_frames:
            return frame
        for rejection in self._rejections:
            return rejection.frame
        for annotation_id in sorted(self._gone_annotations):
            found = reading.frame_of_shape(read, annotation_id)
            if found is not None:
                return found
        marked = self._marked
        return next(iter(self._frames), next(iter(marked)) if len(marked) == 1 else None)

    @property
    def _marked(self) -> set[int]:
        """The frames that get a mark or a subset; of many only some, but more than one."""
        return {*islice(self._done, 2), *islice(self._subsets, 2)}

    def _first_task(self, read: apsw.Connection) -> int | None:
        for _, task in self._tracks.values():
            return task
        for track_id in self._gone_tracks:
            return reading.task_of_track(read, track_id)
        return self._jobs[0].task if self._jobs else None

    def _work(self, read: apsw.Connection) -> Iterator[tuple[Writing, Sequence[Any]]]:
        """Everything in an order in which parents are written before and deleted after their children."""
        yield writing.put_labels, self._labels_to_put(read)
        yield writing.put_tasks, self._tasks
        yield frame_marks.delete_jobs, self._gone_jobs
        yield writing.put_jobs, self._jobs
        yield writing.put_roots, self._roots
        yield writing.put_media, self._media
        yield writing.put_identities, self._identities
        yield from self._frame_work(read)
        yield writing.put_tracks, list(self._tracks.values())
        yield from self._keyframe_work(read)
        yield from self._deletions(read)
        put = writing.add_annotations if self.fresh else writing.put_annotations
        yield put, list(self._annotations.values())
        yield rejections.put_rejections, self._rejections
        yield from self._label_deletions(read)
        if self._label_order is not None:
            yield writing.order_labels, [self._label_order]

    def _labels_to_put(self, read: apsw.Connection) -> list[Label]:
        """The labels that are put, and those that go, which keep their annotations for a while, out of their way."""
        put = list(self._labels.values())
        if not put or not self._gone_labels:
            return put
        known = reading.labels(read)
        going = [label for label in known if label.id in self._gone_labels]
        staying = [
            label
            for label in known
            if label.id not in self._gone_labels and label.id not in self._labels
        ]
        return [*put, *out_of_the_way(going, {(one.parent, one.name) for one in (*put, *staying)})]

    def _frame_work(self, read: apsw.Connection) -> Iterator[tuple[Writing, Sequence[Any]]]:
        places = reading.places_of_frames(read, self._frames)
        moved: list[Frame] = []
        others: list[Frame] = []
        for frame in self._frames.values():
            place = frame.task, frame.position
            (others if places.get(frame.id, place) == place else moved).append(frame)
        # First, for a new frame may have the place of one that moves.
        yield writing.move_frames, moved
        yield writing.put_frames, others
        yield frame_marks.set_done, list(self._done.items())
        yield frame_marks.set_subsets, list(self._subsets.items())

    def _keyframe_work(self, read: apsw.Connection) -> Iterator[tuple[Writing, Sequence[Any]]]:
        last_word: dict[tuple[int, int], Keyframe | None] = {}
        kinds: dict[tuple[int, int], int] = {}
        for track, _ in self._tracks.values():
            kinds |= reading.kinds_of_keyframes(read, track.id)
        last_word |= dict.fromkeys(kinds)
        for track, _ in self._tracks.values():
            last_word |= {(track.id, keyframe.frame): keyframe for keyframe in track.keyframes}
        last_word |= self._keyframes
        for track_id, frame_id in self._keyframes:
            kinds |= reading.kinds_of_keyframes(read, track_id, frame_id)
        # Where the kind of a track changes, what is of the old one goes first: no transaction leaves both.
        gone = [
            key
            for key, one in last_word.items()
            if one is None or kinds.get(key) not in (None, KIND_NUMBERS[one.shape.kind])
        ]
        yield writing.delete_keyframes, gone
        put = [(track_id, one) for (track_id, _), one in last_word.items() if one is not None]
        yield writing.put_keyframes, put

    def _deletions(self, read: apsw.Connection) -> Iterator[tuple[Writing, Sequence[Any]]]:
        gone = set(self._gone_annotations)
        for frame_id in self._cleared_frames:
            found = read.execute(
                "SELECT id FROM shape WHERE frame_id = ? AND label_id IS NOT NULL", (frame_id,)
            )
            gone |= {row_id for (row_id,) in found} - self._annotations.keys()
        for track_id in self._gone_tracks:
            gone |= _shapes_of(read, "track_id", track_id)
        yield writing.delete_shapes, sorted(gone)
        yield writing.delete_tracks, sorted(self._gone_tracks)

    def _label_deletions(self, read: apsw.Connection) -> Iterator[tuple[Writing, Sequence[Any]]]:
        for label_id in self._gone_labels:
            move_to = self._target_of(label_id)
            shapes = _shapes_of(read, "label_id", label_id)
            found = read.execute("SELECT id FROM track WHERE label_id = ?", (label_id,))
            tracks = {row_id for (row_id,) in found} - self._gone_tracks
            # What this edit itself puts has the label that it says.
            for annotation in self._annotations.values():
                (shapes.add if annotation.label == label_id else shapes.discard)(annotation.id)
            for track, _ in self._tracks.values():
                (tracks.add if track.label == label_id else tracks.discard)(track.id)
            if move_to is None:
                for track_id in tracks:
                    shapes |= _shapes_of(read, "track_id", track_id)
                yield writing.delete_shapes, sorted(shapes)
                yield writing.delete_tracks, sorted(tracks)
            else:
                moves = [(row_id, label_id, move_to) for row_id in sorted(shapes)]
                yield writing.relabel_shapes, moves
                moves = [(row_id, label_id, move_to) for row_id in sorted(tracks)]
                yield writing.relabel_tracks, moves
        yield writing.delete_labels, list(self._gone_labels)


def _shapes_of(read: apsw.Connection, column: str, value: int) -> set[int]:
    # The column is one of this module's own words, never a user's.
    found = read.execute(f"SELECT id FROM shape WHERE {column} = ?", (value,))  # noqa: S608
    return {row_id for (row_id,) in found}
