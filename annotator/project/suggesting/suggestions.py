"""Suggestions: what models propose, which of it is shown, and what a person makes of it.

A suggestion is hidden while an annotation with its key is alive, or an annotation or a rejection of its label
overlaps it. So nothing needs to be told when a step is undone, or when a model looks at a frame again.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from psygnal import Signal

from annotator.core.annotations import Annotation
from annotator.core.geometry import BoolArray, FloatArray
from annotator.core.labels import LabelSchema
from annotator.core.shapes import Shape
from annotator.models.proposal import Proposal
from annotator.project.frames.frame_table import Integers
from annotator.project.frames.overlaps import best_of_each_place, overlapped
from annotator.project.project import Project
from annotator.project.shown_tracks import ShownTracks
from annotator.project.storage.edit import Edit
from annotator.project.storage.rejections import Rejection, rejections_of
from annotator.project.storage.store import USER
from annotator.project.suggesting.keys import KEY_PATH
from annotator.project.suggesting.labels import AcceptedLabels, frames_of, with_targets
from annotator.project.suggesting.model_labels import ModelLabels, labels_for, remember_labels
from annotator.project.suggesting.rows import (
    Suggestion,
    delete_rows,
    looked_at,
    models_on,
    replace_rows,
    suggestions_of,
)

# From this share of two boxes on, they mean the same object.
SAME: Final = 0.7
_NAMES: Final = "model-names/"
_NO_BOX: Final = (np.nan,) * 4
# The number of no label, which are positive.
_NONE: Final = -1

_ANNOTATED: Final = f"""
    SELECT s.label_id, s.x0, s.y0, s.x1, s.y1,
        CASE WHEN json_valid(g.extra) THEN json_extract(g.extra, '{KEY_PATH}') END
    FROM shape s LEFT JOIN geometry g ON g.id = s.id
    WHERE s.frame_id = ? AND s.label_id IS NOT NULL
"""  # noqa: S608 - own words


@dataclass(frozen=True, slots=True)
class SuggestingModel:
    """A model as a project knows it. revision: changes with all that could change what it sees."""

    id: str
    revision: str
    labels: tuple[str, ...]


class Suggestions:
    """The suggestions of a project. Any thread may use it.

    Signal, emitted on the thread that did it: `filled(frozenset[int])` with the frames that a model has looked at, or
    whose suggestions were forgotten. What accepting and rejecting do comes through `Project.changed`, with the frames
    in `shown_frames` and `rejected_frames`.
    """

    filled = Signal(frozenset)

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tracks = ShownTracks(project)
        self._shown: dict[str, tuple[LabelSchema, str, dict[str, int | str]]] = {}

    # What models see --------------------------------------------------------------------------------

    def fill(
        self, model: SuggestingModel, threshold: float, found: Mapping[int, Sequence[Proposal]]
    ) -> None:
        """Keep what a model sees on some frames, in place of what it saw there before. One transaction.

        found: by frame, also frames where it sees nothing. threshold: what it was asked with.
        """
        if not found:
            return
        names = json.dumps(model.labels)
        if self._project.meta(_NAMES + model.id) != names:
            self._project.store_meta(_NAMES + model.id, names)
        self._project.write_beside(
            lambda db: replace_rows(db, model.id, model.revision, threshold, found)
        )
        self.filled.emit(frozenset(found))

    def forget(self, model: str, frames: Collection[int]) -> None:
        """Drop what a model sees on some frames, and that it has looked at them."""
        self._project.write_beside(lambda db: delete_rows(db, model, frames))
        self.filled.emit(frozenset(frames))

    def threshold_of(self, model: SuggestingModel, frame: int) -> float | None:
        """Return with which threshold this very revision of a model has looked at a frame; None where it has not."""
        found = self._project.ask(partial(looked_at, frame_id=frame, model=model.id))
        return found[1] if found is not None and found[0] == model.revision else None

    def models_on(self, frame: int) -> list[str]:
        """Return the ids of the models that have looked at a frame."""
        return self._project.ask(partial(models_on, frame_id=frame))

    def stored(self, frame: int, threshold: float = 0.0) -> list[Suggestion]:
        """Return what all models see on a frame, whether it is shown or not; nothing has a target."""
        return self._project.ask(partial(suggestions_of, frame_id=frame, threshold=threshold))

    # Labels -----------------------------------------------------------------------------------------

    def labels_of(self, model: str, names: Iterable[str] | None = None) -> ModelLabels:
        """Return where the labels of a model go: as was remembered, else as proposed by their names.

        names: the labels of a model that has not looked at any frame of this project yet.
        """
        return labels_for(self._project, model, self._names(model) if names is None else names)

    def remember(self, labels: ModelLabels) -> None:
        """Remember where the labels of a model go."""
        remember_labels(self._project, labels.model, labels.targets)
        self._shown.pop(labels.model, None)

    def _names(self, model: str) -> list[str]:
        try:
            found: Any = json.loads(self._project.meta(_NAMES + model) or "[]")
        except (ValueError, RecursionError):
            return []
        return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []

    def _shown_labels(
        self, model: str, schema: LabelSchema, given: Mapping[str, ModelLabels] | None
    ) -> dict[str, int | str]:
        """Return the labels of a model that are shown; kept until anything of it changes."""
        if given is not None and model in given:
            return given[model].shown(schema)
        state = f"{self._project.meta(_NAMES + model)}{self._project.meta('model-labels/' + model)}"
        kept = self._shown.get(model)
        if kept is not None and kept[0] is schema and kept[1] == state:
            return kept[2]
        shown = self.labels_of(model).shown(schema)
        self._shown[model] = (schema, state, shown)
        return shown

    # What is shown ----------------------------------------------------------------------------------

    def visible(
        self,
        frame: int,
        threshold: float,
        labels: Mapping[str, ModelLabels] | None = None,
        *,
        models: Collection[str] | None = None,
        apart: Collection[str] = (),
    ) -> list[Suggestion]:
        """Return the suggestions of a frame that are shown, each with the label it would get.

        threshold: the least score. labels: by model; as `labels_of` says where it is not given. models: of these
        alone. What a label is not meant for is not shown. Of several that mean the same object the one with the best
        score is taken, whether it is shown or not: rejecting one does not bring up its double. apart: what these models
        see stays beside what the others see, for who shows the two from different scores on: `one_of_each` then takes
        the best of what is shown.
        """
        offered = self._offered(frame, threshold, labels, models)
        if not offered:
            return []
        boxes = _boxes_of(offered)
        best = best_of_each_place(boxes, _groups(offered, apart), _scores_of(offered), SAME)
        hidden = self._hidden(frame, offered, boxes)
        decided = np.flatnonzero(best & hidden) if apart else ()
        if len(decided):
            groups = _groups(offered)
            hidden |= overlapped(boxes, groups, boxes[decided], groups[decided], SAME)
        return [offered[row] for row in np.flatnonzero(best & ~hidden).tolist()]

    def _offered(
        self,
        frame: int,
        threshold: float,
        labels: Mapping[str, ModelLabels] | None,
        models: Collection[str] | None,
    ) -> list[Suggestion]:
        found = self._project.ask(partial(suggestions_of, frame_id=frame, threshold=threshold))
        schema = self._project.labels
        shown = {
            model: self._shown_labels(model, schema, labels)
            for model in dict.fromkeys(one.model for one in found)
            if models is None or model in models
        }
        return [
            named
            for model, labels_shown in shown.items()
            for named in with_targets(
                (one for one in found if one.model == model), labels_shown, schema
            )
        ]

    def _hidden(
        self,
        frame: int,
        offered: Sequence[Suggestion],
        boxes: FloatArray,
    ) -> BoolArray:
        rows: Any = self._project.ask(lambda db: db.execute(_ANNOTATED, (frame,)).fetchall())
        alive = {row[5] for row in rows if row[5] is not None}
        hidden = np.array([one.key in alive for one in offered], dtype=bool)
        taken, named = _Boxes(), _Boxes()
        for label, *box, _key in rows:
            taken.add(label, box)
        place = self._project.frame(frame)
        for annotation in () if place is None else self._tracks.on(place):
            taken.add(annotation.label, _box_of(annotation.shape))
        names: dict[str, int] = {}
        for rejection in self.rejections(frame):
            box = rejection.box or _NO_BOX
            named.add(names.setdefault(rejection.name.casefold(), len(names)), box)
            if rejection.label is not None:
                taken.add(rejection.label, box)
        labels = [one.target if isinstance(one.target, int) else _NONE for one in offered]
        called = [names.get(one.label.casefold(), _NONE) for one in offered]
        return hidden | taken.overlap(boxes, labels) | named.overlap(boxes, called)

    def rejections(self, frame: int) -> list[Rejection]:
        """Return what was rejected on a frame."""
        return self._project.ask(partial(rejections_of, frame_id=frame))

    # What a person makes of it ----------------------------------------------------------------------

    def accept(
        self,
        suggestions: Sequence[Suggestion],
        *,
        shapes: Mapping[str, Shape] | None = None,
        title: str = "",
        author: str = USER,
    ) -> list[Annotation]:
        """Make annotations of suggestions, as one step, with the labels they lack; return them.

        shapes: by key, of those that a person has reshaped first. title: of the step. Raises ProjectError.
        """
        if not suggestions:
            return []
        accepted = AcceptedLabels(self._project.labels)
        reshaped = shapes or {}
        made = [accepted.annotation_of(one, reshaped.get(one.key)) for one in suggestions]
        self.remember_created(suggestions)
        count = len(made)
        title = title or ("Accept a suggestion" if count == 1 else f"Accept {count} suggestions")
        with self._step(title, suggestions, author) as edit:
            for label in accepted.new.values():
                edit.put_label(label)
            edit.put(*made)
        return made

    def reject(
        self, suggestions: Sequence[Suggestion], *, title: str = "", author: str = USER
    ) -> list[Rejection]:
        """Do not offer suggestions again, as one step; return what is kept of that."""
        given = [
            Rejection(
                one.frame,
                one.target if isinstance(one.target, int) else None,
                one.label,
                None if one.shape is None else one.shape.box,
            )
            for one in suggestions
        ]
        if given:
            count = len(given)
            title = title or (
                "Reject a suggestion" if count == 1 else f"Reject {count} suggestions"
            )
            with self._step(title, suggestions, author) as edit:
                edit.reject(*given)
        return given

    def remember_created(self, suggestions: Iterable[Suggestion]) -> None:
        """Remember that labels of a model are made where they are missing, before the first one is.

        With that one in the project, the others would no longer be proposed.
        """
        for model in {one.model for one in suggestions if isinstance(one.target, str)}:
            self.remember(ModelLabels(model, self.labels_of(model).to_be_made))

    def _step(
        self, title: str, suggestions: Sequence[Suggestion], author: str
    ) -> AbstractContextManager[Edit]:
        """Begin a step of the task, and of the frame where there is but one: undo shows that."""
        frames = frames_of(suggestions)
        found = self._project.frame(frames[0])
        return self._project.edit(
            title,
            author=author,
            task=None if found is None else found.task,
            frame=frames[0] if len(frames) == 1 else None,
        )


def _box_of(shape: Shape | None) -> Sequence[float]:
    return _NO_BOX if shape is None else shape.box


def one_of_each(offered: Sequence[Suggestion]) -> list[Suggestion]:
    """Return the best of those that mean the same object."""
    best = best_of_each_place(_boxes_of(offered), _groups(offered), _scores_of(offered), SAME)
    return [offered[row] for row in np.flatnonzero(best).tolist()]


def _boxes_of(offered: Sequence[Suggestion]) -> FloatArray:
    return np.array([_box_of(one.shape) for one in offered], dtype=np.float64).reshape(-1, 4)


def _scores_of(offered: Sequence[Suggestion]) -> FloatArray:
    return np.array([one.score for one in offered], dtype=np.float64)


def _groups(offered: Sequence[Suggestion], apart: Collection[str] = ()) -> Integers:
    """Return a number for the label that each suggestion would get, and whether its model is one of some."""
    numbers: dict[object, int] = {}
    found = []
    for one in offered:
        label = one.target.casefold() if isinstance(one.target, str) else one.target
        found.append(numbers.setdefault((label, one.model in apart), len(numbers)))
    return np.array(found, dtype=np.int64)


class _Boxes:
    """Boxes of what is annotated or rejected on a frame, each with a number for its label."""

    def __init__(self) -> None:
        self._boxes: list[Sequence[float | None]] = []
        self._labels: list[int] = []

    def add(self, label: int, box: Sequence[float | None]) -> None:
        """Add a box; without numbers it is a tag."""
        self._boxes.append(box)
        self._labels.append(label)

    def overlap(self, boxes: FloatArray, labels: Sequence[int]) -> BoolArray:
        """Return which of some boxes mean the same as one of these."""
        own = np.array(self._boxes, dtype=np.float64).reshape(-1, 4)  # None becomes NaN
        groups = np.array(labels, dtype=np.int64)
        return overlapped(boxes, groups, own, np.array(self._labels, dtype=np.int64), SAME)
