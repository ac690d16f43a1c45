"""A frame's document kept in a dictionary, with a history of its own."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from annotator.core.annotations import Annotation
from annotator.core.columns import ShapeColumns
from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import Shape


@dataclass(frozen=True)
class Step:
    """One step: its name, and what each touched annotation was and is."""

    text: str
    before: dict[int, Annotation | None]
    after: dict[int, Annotation | None]


class MemoryDocument:
    """Keeps annotations by id; each change is a step that can be undone, and is told to whoever listens.

    `next_label` None means that the user must choose a label first.
    """

    def __init__(
        self, labels: Iterable[Label] = (), annotations: Iterable[Annotation] = ()
    ) -> None:
        self.labels = LabelSchema(tuple(labels) or (Label("thing"),))
        self.next_label: int | None = self.labels.labels[0].id
        self.annotations = {a.id: a for a in annotations}
        self.steps: list[Step] = []
        self.put_without_a_step = dict(self.annotations)
        self.texts: Counter[str] = Counter()
        self._columns: ShapeColumns | None = None
        self.listeners: list[Callable[[list[Annotation], list[int]], None]] = []

    def columns(self) -> ShapeColumns:
        if self._columns is None:
            self._columns = ShapeColumns.from_annotations(self.annotations.values())
        return self._columns

    def annotation(self, annotation_id: int) -> Annotation | None:
        return self.annotations.get(annotation_id)

    def tag_ids(self) -> set[int]:
        return {i for i, annotation in self.annotations.items() if annotation.shape is None}

    def add(self, shape: Shape) -> int | None:
        if self.next_label is None:
            return None
        added = Annotation(frame=1, label=self.next_label, shape=shape)
        self._take(f"Add a {shape.kind}", {added.id: added})
        return added.id

    def replace(self, shapes: Mapping[int, Shape], text: str) -> None:
        self._take(
            text, {i: replace(self.annotations[i], shape=shape) for i, shape in shapes.items()}
        )

    def move(self, annotation_ids: Collection[int], dx: float, dy: float, text: str) -> None:
        shapes = {i: self.annotations[i].shape for i in annotation_ids}
        self.replace({i: s.moved_by(dx, dy) for i, s in shapes.items() if s is not None}, text)

    def delete(self, annotation_ids: Collection[int]) -> None:
        self._take("Delete", dict.fromkeys(annotation_ids))

    def put(self, annotation: Annotation) -> int:
        """Add an annotation that is no step of the user."""
        self.put_without_a_step[annotation.id] = annotation
        self._write({annotation.id: annotation})
        return annotation.id

    def forget_columns(self) -> None:
        """For tests that change `annotations` behind everybody's back."""
        self._columns = None

    def undo(self) -> None:
        self._write(self.steps.pop().before)

    def shape(self, annotation_id: int) -> Shape:
        shape = self.annotations[annotation_id].shape
        assert shape is not None
        return shape

    def _take(self, text: str, after: Mapping[int, Annotation | None]) -> None:
        before = {i: self.annotations.get(i) for i in after}
        self.texts[text] += 1
        self.steps.append(Step(text, before, dict(after)))
        self._write(after)

    def _write(self, values: Mapping[int, Annotation | None]) -> None:
        for annotation_id, annotation in values.items():
            if annotation is None:
                self.annotations.pop(annotation_id, None)
            else:
                self.annotations[annotation_id] = annotation
        self._columns = None
        changed = [annotation for annotation in values.values() if annotation is not None]
        deleted = [annotation_id for annotation_id, a in values.items() if a is None]
        for listener in self.listeners:
            listener(changed, deleted)
