"""What a model proposes: labels and shapes in words of the model, not of a project."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class Proposal:
    """One object a model sees, in pixels of the upright picture.

    label: the model's own name for it. shape: None for a tag of the whole picture. score: 0..1. attributes: by
    name, such as the `text` of a line.
    """

    label: str
    shape: Shape | None
    score: float
    attributes: Mapping[str, str] = field(default_factory=dict)
