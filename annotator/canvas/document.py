"""What the canvas shows and edits: the annotations of one frame, behind the project's one door."""

from collections.abc import Collection, Mapping
from typing import Protocol

from annotator.core.annotations import Annotation
from annotator.core.columns import ShapeColumns
from annotator.core.labels import LabelSchema
from annotator.core.shapes import Shape


class FrameDocument(Protocol):
    """One frame's annotations as the canvas knows them.

    Every method that changes something is one step of the history. The canvas changes nothing itself: it hears
    of the change like everybody else, through `CanvasView.show_shapes` or `update_shapes`.
    """

    @property
    def labels(self) -> LabelSchema:
        """The labels of the project."""
        ...

    def columns(self) -> ShapeColumns:
        """Return everything that is drawn on the frame."""
        ...

    def annotation(self, annotation_id: int) -> Annotation | None:
        """Return one annotation as a value, or None where it is gone."""
        ...

    def tag_ids(self) -> Collection[int]:
        """Return the ids of annotations without a shape: never drawn, but they can be selected."""
        ...

    def add(self, shape: Shape) -> int | None:
        """Add an annotation with the next label; return its id, or None where the user must choose a label first."""
        ...

    def replace(self, shapes: Mapping[int, Shape], text: str) -> None:
        """Give annotations other shapes; `text` names the step ("Move 3 annotations")."""
        ...

    def move(self, annotation_ids: Collection[int], dx: float, dy: float, text: str) -> None:
        """Move annotations by image pixels; those without a shape stay as they are. `text` names the step.

        They may be many thousands: their values are read where the step is made, which may be in the background.
        """
        ...

    def delete(self, annotation_ids: Collection[int]) -> None:
        """Delete annotations."""
        ...
