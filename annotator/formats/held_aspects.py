"""Which aspects of `facts.py` a view has, so that formats can be compared before one is chosen."""

from collections import Counter

from annotator.background.progress import NO_PROGRESS, Progress
from annotator.core.annotations import Annotation, Keyframe
from annotator.core.labels import LabelSchema
from annotator.core.shapes import Ellipse, Rectangle, Shape, Skeleton
from annotator.formats.dataset import DatasetView
from annotator.formats.facts import label_facts
from annotator.formats.label_colours import LabelColours
from annotator.formats.registry import Format


def aspects_of(view: DatasetView, progress: Progress = NO_PROGRESS) -> Counter[str]:
    """Count the aspects of everything in a view, in one pass and without comparing any geometry."""
    found = Counter(fact[0] for fact in label_facts(view.labels))
    for frame in progress.track(view.frames(), "Looking through the task", view.frame_count):
        # The names of frames that have only numbers are made of these.
        found["frame"] += bool(frame.name)
        found["subset"] += bool(frame.subset)
        for annotation in frame.annotations:
            _count_annotation(found, annotation)
    for item in view.tracks():
        track = item.track
        found["track"] += 1
        found["group"] += bool(track.group)
        found["attribute"] += len(track.attributes)
        found["source"] += track.source != "manual"
        for keyframe in track.keyframes:
            _count_keyframe(found, keyframe)
    return +found


def not_held(format: Format, present: Counter[str], labels: LabelSchema) -> list[str]:
    """Return the aspects in a view that a format does not hold as they are, those of annotations first.

    labels: of the view. What a format does not hold of them comes last. Their colours are chosen anew where they are
    not held: nothing is missing where that gives the same ones, which is what a loss report says, too.
    """
    held = format.can_hold | ({"label colour"} if _has_colours_of_a_reader(labels) else set())
    missing = [aspect for aspect in present if aspect not in held]
    of_labels = {fact[0] for fact in label_facts(labels)} - {"label"}
    return sorted(missing, key=lambda aspect: (aspect in of_labels, -present[aspect], aspect))


def _has_colours_of_a_reader(labels: LabelSchema) -> bool:
    colours = LabelColours()
    return all(label.colour == colours.taken() for label in labels)


def _count_annotation(found: Counter[str], one: Annotation) -> None:
    found[one.kind] += 1
    found["occluded"] += one.occluded
    found["z-order"] += bool(one.z_order)
    found["group"] += bool(one.group)
    found["attribute"] += len(one.attributes)
    found["score"] += one.score is not None
    found["source"] += one.source != "manual"
    _count_shape(found, one.shape)


def _count_keyframe(found: Counter[str], one: Keyframe) -> None:
    found["key frame"] += 1
    found["attribute"] += len(one.attributes)
    found["score"] += one.score is not None
    found["source"] += one.source != "manual"
    _count_shape(found, one.shape)


def _count_shape(found: Counter[str], shape: Shape | None) -> None:
    if isinstance(shape, Rectangle | Ellipse):
        found["rotation"] += bool(shape.rotation)
    elif isinstance(shape, Skeleton):
        found["attribute"] += sum(len(one.attributes) for one in shape.elements.values())
