"""What scripts and plug-ins may import: projects, their frames and annotations, and the values they are made of.

    import annotator.api as annotator

    with annotator.open_project("pictures") as project:
        for frame in project.frames():
            print(frame.name, frame.pixels.shape, [each.shape for each in frame.annotations])

Coordinates are pixels of the upright picture from its top left corner. Everything that can go wrong for the user's
reasons is an `AnnotatorError` with a sentence that says so. What is not named in `__all__` may change at any time.
"""

import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation, Keyframe, Track
from annotator.core.errors import AnnotatorError, Cancelled, GeometryError, InvalidValueError
from annotator.core.labels import (
    Attribute,
    Label,
    LabelSchema,
    SkeletonTemplate,
    TemplatePoint,
    next_colour,
)
from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Shape,
    Skeleton,
    SkeletonElement,
)
from annotator.core.spelling import spelled_as
from annotator.formats.losses import LossReport
from annotator.formats.registry import FormatError
from annotator.media.errors import MediaError
from annotator.models.errors import ModelError
from annotator.models.proposal import Proposal
from annotator.project.creating import create_task
from annotator.project.errors import ProjectError, ReadOnlyError, UndoRefusedError
from annotator.project.folder import open_project as open_stored
from annotator.project.imports.importing import ImportReport
from annotator.project.organisation import Frame as StoredFrame
from annotator.project.organisation import Task
from annotator.project.project import Project as StoredProject
from annotator.project.shown_tracks import ShownTracks
from annotator.project.storage.edit import Edit as StoredEdit
from annotator.project.storage.history import Step
from annotator.safe_io import InputError

if TYPE_CHECKING:
    from annotator.models.workers.worker_model import WorkerModel
    from annotator.project.suggesting.annotating import AnnotatingReport

__all__ = [
    "API_VERSION",
    "Annotation",
    "AnnotatorError",
    "Attribute",
    "Cancelled",
    "Cuboid",
    "Edit",
    "Ellipse",
    "FormatError",
    "Frame",
    "GeometryError",
    "ImportReport",
    "InputError",
    "InvalidValueError",
    "Keyframe",
    "Label",
    "LabelSchema",
    "LossReport",
    "Mask",
    "MediaError",
    "Model",
    "ModelError",
    "PathLike",
    "Points",
    "Polygon",
    "PolygonPart",
    "Polyline",
    "Progress",
    "Project",
    "ProjectError",
    "Proposal",
    "ReadOnlyError",
    "Rectangle",
    "Shape",
    "Skeleton",
    "SkeletonElement",
    "SkeletonTemplate",
    "Step",
    "TemplatePoint",
    "Track",
    "UndoRefusedError",
    "create_project",
    "load_model",
    "open_project",
]

# (major, minor): the first changes when a script may have to be changed, the second when something is added.
API_VERSION: Final = (1, 2)

# The author of steps made here: Ctrl+Z in a window passes them over, the history lists them.
_AUTHOR: Final = "script"
# Frames read at once, so that no reading transaction stays open and holds up the log.
_PAGE: Final = 500

PathLike: TypeAlias = str | Path
# Pixels, and what is wrong with the file.
_Decoded: TypeAlias = tuple[NDArray[np.uint8], str | None]


def open_project(path: PathLike, *, read_only: bool = False) -> "Project":
    """Open a project by its folder, its file, or the folder of pictures that was opened in the window.

    Where a window has it open, it is open for reading only here. Raises ProjectError where there is none.
    """
    return Project(open_stored(Path(path), read_only=read_only))


def create_project(
    path: PathLike,
    media: PathLike | Sequence[PathLike],
    *,
    task: str = "",
    labels: LabelSchema | str | Sequence[str] = (),
    progress: Progress = NO_PROGRESS,
) -> "Project":
    """Make a project with one task, or add a task to one that is there, and open it.

    media: folders, which are searched through, and single pictures; they are not copied. task: its name, that
    of the first media by default. labels: a schema, or one name or several. Raises ProjectError.
    """
    paths = [media] if isinstance(media, str | Path) else media
    names = [labels] if isinstance(labels, str) else labels
    schema = names if isinstance(names, LabelSchema) else _schema_of(names)
    created = create_task(
        Path(path), [Path(one) for one in paths], name=task, labels=schema, progress=progress
    )
    return Project(created.project)


def load_model(
    model_id: str, *, runtime: Literal["openvino", "onnxruntime"] | None = None
) -> "Model":
    """Open an installed model; `annotator models` lists them. Raises ModelError where it cannot be used.

    runtime: what computes it; else what the model prefers. It runs in a process of its own, within the limits of the
    settings, until it is closed or the script ends.
    """
    from annotator.models.workers.limits import limits_of
    from annotator.models.workers.worker_model import WorkerModel
    from annotator.settings import Settings, settings_path

    limits = limits_of(Settings.load(settings_path()))
    return Model(WorkerModel(model_id, runtime=runtime or "", limits=limits).__enter__())


class Model:
    """A model that is ready to look at pictures; a `with` block closes it. Any thread may use it, several at once."""

    def __init__(self, worker: "WorkerModel") -> None:
        from annotator.project.suggesting.annotating import running

        self._worker = worker
        self._running = running(worker)
        # Also for a script that never closes it.
        self._close = weakref.finalize(self, worker.close)

    def __enter__(self) -> "Model":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End its process. Nobody may be asking it."""
        self._close()

    @property
    def id(self) -> str:
        """The id it is installed under."""
        return self._worker.manifest.id

    @property
    def licence(self) -> str:
        """The licence of its weights."""
        return self._worker.manifest.licence

    @property
    def labels(self) -> tuple[str, ...]:
        """What it calls the things it sees."""
        return self._worker.labels

    @property
    def threshold(self) -> float:
        """The least score of what it sees, unless another one is asked for."""
        return self._worker.manifest.defaults.threshold

    def look(self, pixels: NDArray[np.uint8], threshold: float | None = None) -> list[Proposal]:
        """Return what it sees on RGB pixels (height, width, 3), as `Frame.pixels` has them; shapes are in pixels.

        Raises ModelError where it cannot compute that.
        """
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
            raise InvalidValueError(
                f"A model looks at uint8 (height, width, 3), not {pixels.dtype} {pixels.shape}."
            )
        least = self.threshold if threshold is None else threshold
        return self._worker.detect(np.ascontiguousarray(pixels[:, :, ::-1]), least)


class Project:
    """An open project; a `with` block closes it. Any thread may use it.

    It and its frames may go to other processes, as loaders of training data send them; there they are only read.
    """

    def __init__(self, stored: StoredProject) -> None:
        self._stored = stored
        # Also for a script that never closes it, as a notebook whose cell is run again.
        self._close = weakref.finalize(self, stored.close)
        self._tracks = ShownTracks(stored)
        self._latest = _Latest()

    def __reduce__(self) -> tuple[Any, ...]:
        return _sent_project, (str(self.folder.absolute()),)

    def __enter__(self) -> "Project":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Bring everything to the disk and close."""
        self._close()
        _sent_project.cache_clear()  # it may be one of these

    @property
    def folder(self) -> Path:
        """The folder of the project file."""
        return self._stored.folder

    @property
    def is_writable(self) -> bool:
        """Whether it can be changed here."""
        return self._stored.is_writable

    @property
    def labels(self) -> LabelSchema:
        """The labels in the user's order; find one by name with `labels.named`."""
        self._stored.look_again()
        return self._stored.labels

    @property
    def tasks(self) -> list[str]:
        """The names of the tasks in the order they were made."""
        return [task.name for task in self._stored.tasks()]

    # Frames and tracks ------------------------------------------------------------------------------

    def frames(self, task: str | None = None) -> Iterator["Frame"]:
        """Yield the frames of a task, or of all tasks, in order. Pixels are decoded when they are asked for."""
        for one in self._tasks(task):
            after = -1
            while page := list(self._stored.frames(one.id, after=after, limit=_PAGE)):
                for stored in page:
                    yield Frame(self, one, stored)
                after = page[-1].position

    def frame(self, name: str, task: str | None = None) -> "Frame | None":
        """Return the first frame with a name, or None."""
        for one in self._tasks(task):
            stored = self._stored.frame_named(one.id, name)
            if stored is not None and not stored.removed:
                return Frame(self, one, stored)
        return None

    def tracks(self, task: str | None = None) -> list[Track]:
        """Return the tracks of a task, or of all; `Keyframe.frame` is the id of a frame."""
        self._stored.look_again()
        return [track for one in self._tasks(task) for track in self._stored.tracks(one.id)]

    def _tasks(self, name: str | None) -> list[Task]:
        tasks = self._stored.tasks()
        if name is None:
            return tasks
        meant = spelled_as(name, (task.name for task in tasks))
        found = [task for task in tasks if task.name == meant]
        if not found:
            known = ", ".join(repr(task.name) for task in tasks) or "none"
            raise ProjectError(f"There is no task {name!r}. The tasks are: {known}.")
        return found

    def _only_task(self, name: str | None) -> Task:
        tasks = self._tasks(name)
        if len(tasks) != 1:
            known = ", ".join(repr(task.name) for task in tasks) or "none"
            raise ProjectError(f"Say which task is meant. The tasks are: {known}.")
        return tasks[0]

    # Changing ---------------------------------------------------------------------------------------

    @contextmanager
    def edit(self, title: str) -> Iterator["Edit"]:
        """Collect changes and make them one step that can be undone. Nothing happens if the block raises.

        Raises ReadOnlyError where the project cannot be changed here.
        """
        with self._stored.edit(title, author=_AUTHOR) as edit:
            yield Edit(self._stored, edit)

    def undo(self, step: int | None = None) -> Step:
        """Take back the newest step, whoever made it, or the one with an id. Raises UndoRefusedError.

        The newest one may be what a crash left unfinished.
        """
        if step is None and (newest := self._stored.newest_step()) is not None:
            step = newest.id
        return self._stored.undo(step)

    def redo(self, step: int | None = None) -> Step:
        """Do again the step undone last, or the one with an id. Raises UndoRefusedError."""
        return self._stored.redo(step)

    def history(self, limit: int = 200) -> list[Step]:
        """Return steps, newest first."""
        return self._stored.history(limit=limit)

    # Models -----------------------------------------------------------------------------------------

    def annotate(
        self,
        model: Model,
        *,
        form: Literal["suggestions", "annotations"] = "suggestions",
        task: str | None = None,
        threshold: float | None = None,
        labels: Mapping[str, str | None] | None = None,
        clear: bool = False,
        anew: bool = False,
        progress: Progress = NO_PROGRESS,
    ) -> "AnnotatingReport":
        """Have a model look at the frames of a task, or of all; keep what it sees as suggestions or annotations.

        labels: by the model's names, the names of the project's labels, made where they are missing; None for what
        is not to be shown. This is remembered; other labels go by their names. clear: first delete what this model
        annotated and nobody has changed. anew: look again at frames it has looked at. Annotations are one step.
        """
        from annotator.project.suggesting.annotating import annotate
        from annotator.project.suggesting.model_labels import ModelLabels
        from annotator.project.suggesting.suggestions import Suggestions

        suggestions, known = Suggestions(self._stored), model._running.known
        targets: dict[str, int | str | None] = {}
        for name, wanted in (labels or {}).items():
            if name not in known.labels:
                raise InvalidValueError(f"The model {model.id!r} has no label {name!r}.")
            label = None if wanted is None else self.labels.named(wanted)
            targets[name] = wanted if label is None else label.id
        suggestions.remember(ModelLabels(model.id, targets))
        return annotate(
            self._stored,
            model._running,
            self._tasks(task),
            threshold=model.threshold if threshold is None else threshold,
            labels=suggestions.labels_of(model.id, known.labels),
            form=form,
            clear=clear,
            anew=anew,
            suggestions=suggestions,
            author=_AUTHOR,
            progress=progress,
        )

    # Datasets ---------------------------------------------------------------------------------------

    def import_dataset(
        self,
        path: PathLike,
        *,
        format: str | None = None,
        task: str | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> ImportReport:
        """Read a dataset into a task, as one step; say what was not read or has no frame here.

        format: its id, recognised where it is None. task: its name, needed where there are several. Raises
        FormatError, InputError or ProjectError; what was written by then is taken back, or the sentence says why not.
        """
        from annotator.formats.builtin import FORMATS
        from annotator.project.imports.importing import plan_import, run_import
        from annotator.project.imports.sizes import open_for_import
        from annotator.project.imports.source import ImportSource

        chosen, path = self._only_task(task), Path(path)
        if not path.exists():
            raise InputError(f"{path} does not exist. Check the path.", rule="missing")
        one = FORMATS.detect(path) if format is None else FORMATS[format]
        dataset = open_for_import(self._stored, one, path, chosen, progress)
        plan = plan_import(self._stored, dataset, chosen, progress)
        source = ImportSource(path, one.id)
        return run_import(self._stored, plan, author=_AUTHOR, progress=progress, source=source)

    def export_dataset(
        self,
        target: PathLike,
        format: str,
        *,
        task: str | None = None,
        save_images: bool = False,
        strict: bool = False,
        options: Mapping[str, Any] | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> LossReport:
        """Write a dataset into a new folder, whole or not at all; say what the format could not hold.

        It is the project as it is now, whatever is drawn meanwhile. task: all where it is None. strict: refuse where
        anything would be lost. options: further ones of the format. Raises FormatError, or InputError for the folder.
        """
        from annotator.formats.builtin import FORMATS
        from annotator.formats.exporting import export_dataset
        from annotator.project.view import ProjectView

        given = {**(options or {}), "strict": strict}
        if save_images:
            given["save_images"] = True
        with self._stored.in_one_state() as still:
            view = ProjectView(still, self._tasks(task))
            return export_dataset(view, FORMATS[format], Path(target), given, progress)


@cache
def _sent_project(folder: str) -> Project:
    """Open a project that came from another process, once however many of its frames come."""
    return open_project(folder, read_only=True)


class Frame:
    """One picture of a project. What it shows is read when it is asked for."""

    def __init__(self, project: Project, task: Task, stored: StoredFrame) -> None:
        self._project, self._task, self._stored = project, task, stored

    def __reduce__(self) -> tuple[Any, ...]:
        return Frame, (self._project, self._task, self._stored)

    @property
    def id(self) -> int:
        """What `Annotation.frame` and `Keyframe.frame` refer to."""
        return self._stored.id

    @property
    def name(self) -> str:
        """Its path within the media of the task, with `/`."""
        return self._stored.name

    @property
    def task(self) -> str:
        """The name of its task."""
        return self._task.name

    @property
    def position(self) -> int:
        """Its place in the task, from 0."""
        return self._stored.position

    @property
    def subset(self) -> str:
        """Such as train or validation; empty where it belongs to none."""
        return self._stored.subset

    @property
    def is_done(self) -> bool:
        """Whether a person marked it as done."""
        return self._stored.done

    @property
    def path(self) -> Path | None:
        """Its file, which may be missing; None for a frame that has none."""
        self._project._stored.look_again()
        return self._project._stored.media_path(self._stored)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height, upright; None where the file is missing or broken."""
        return self._project._stored.frame_size(self._stored)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The picture as RGB (height, width, 3), upright; kept until this thread asks for that of another frame.

        Raises MediaError or InputError where its file is missing or cannot be read. A damaged file of which a part
        could be read is shown as far as it goes, grey beyond that: `problem` tells.
        """
        return self._decoded[0]

    @property
    def problem(self) -> str | None:
        """Why its file cannot be read, or not wholly, as a sentence; None where all is well. It is decoded for this."""
        try:
            return self._decoded[1]
        except (MediaError, InputError) as error:
            return str(error)

    @property
    def _decoded(self) -> _Decoded:
        latest = self._project._latest
        if latest.decoded is None or latest.frame() is not self:
            latest.decoded = None
            latest.decoded, latest.frame = self._read(), weakref.ref(self)
        return latest.decoded

    def _read(self) -> _Decoded:
        from annotator.media.pictures import read_picture

        path = self.path
        if path is None:
            raise MediaError(f"Frame {self.name!r} has no picture.")
        picture = read_picture(path, self._stored.source_index)
        return np.ascontiguousarray(picture.pixels[:, :, 2::-1]), picture.problem

    @property
    def annotations(self) -> list[Annotation]:
        """What is on it now, in drawing order; behind it what tracks show here.

        What a track shows has the track's id, and is changed through the track.
        """
        self._project._stored.look_again()
        stored = self._project._stored.annotations(self.id)
        return [*stored, *self._project._tracks.on(self._stored)]

    def __repr__(self) -> str:
        return f"<Frame {self.name!r} of {self.task!r}>"


class _Latest(threading.local):
    """The picture that the calling thread has read last: many frames may be kept, and a picture is large."""

    frame: weakref.ref[Frame]
    decoded: _Decoded | None = None


class Edit:
    """What is to change; made by `Project.edit`. The last word on an id counts."""

    def __init__(self, project: StoredProject, edit: StoredEdit) -> None:
        self._project, self._edit = project, edit

    def put(self, *annotations: Annotation) -> None:
        """Add annotations, or replace those with the same id. Raises ProjectError for what a track shows."""
        for annotation in annotations:
            if self._project.track(annotation.id) is not None:
                raise ProjectError(
                    "What a track shows is changed through the track: see put_track."
                )
        self._edit.put(*annotations)

    def delete(self, *annotations: Annotation | int) -> None:
        """Delete annotations, given themselves or by their ids; those that do not exist are passed over."""
        self._edit.delete(*(one if isinstance(one, int) else one.id for one in annotations))

    def put_track(self, track: Track) -> None:
        """Add a track, or make the one with the same id equal to it; its key frames name frames of one task."""
        tasks = {
            None if frame is None else frame.task
            for frame in (self._project.frame(one.frame) for one in track.keyframes)
        }
        if len(tasks) != 1 or None in tasks:
            raise ProjectError("The key frames of a track must be on frames of one task.")
        (task,) = tasks
        assert task is not None
        self._edit.put_track(track, task)

    def delete_track(self, *tracks: Track | int) -> None:
        """Delete tracks with their key frames."""
        for one in tracks:
            self._edit.delete_track(one if isinstance(one, int) else one.id)

    def put_label(self, label: Label) -> None:
        """Add a label at the end, or replace the one with the same id."""
        self._edit.put_label(label)

    def delete_label(self, label: Label | int, *, move_to: Label | int | None = None) -> None:
        """Delete a label; what has it gets the label `move_to`, or is deleted with it."""
        target = move_to if move_to is None or isinstance(move_to, int) else move_to.id
        self._edit.delete_label(label if isinstance(label, int) else label.id, move_to=target)


def _schema_of(names: Iterable[str]) -> LabelSchema:
    labels: list[Label] = []
    for name in names:
        labels.append(Label(name, next_colour(label.colour for label in labels)))
    return LabelSchema(tuple(labels))
