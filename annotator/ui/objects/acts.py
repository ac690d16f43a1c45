"""What the user does to annotations in one click or key: occluded, locked, hidden."""

from collections.abc import Callable, Collection
from dataclasses import replace

from annotator import messages
from annotator.core.annotations import Annotation
from annotator.translation import tr, tr_n
from annotator.ui.shown.document import ProjectDocument


def toggle_occluded(document: ProjectDocument, annotation_ids: Collection[int]) -> None:
    """Mark annotations as occluded in one step, or not where all of them are."""
    rows = document.listing().rows_of(annotation_ids)
    if not len(rows):
        return
    occluded = not bool(document.listing().occluded[rows].all())
    text = tr("Mark as occluded") if occluded else tr("Mark as not occluded")
    document.change(annotation_ids, text, _occlusion(occluded))


def _occlusion(occluded: bool) -> Callable[[Annotation], Annotation]:
    return lambda one: one if one.occluded == occluded else replace(one, occluded=occluded)


def toggle_locked(document: ProjectDocument, annotation_ids: Collection[int]) -> None:
    """Lock annotations, or unlock them where all of them are locked."""
    visibility, pairs = document.visibility, _with_labels(document, annotation_ids)
    locked = not all(visibility.is_locked(*pair) for pair in pairs)
    visibility.lock(annotation_ids, locked=locked)
    kept = {pair[1] for pair in pairs if not locked and visibility.is_locked(*pair)}
    if kept:
        messages.info(
            tr_n(
                "The label “{name}” is locked. Unlock it in the labels panel.",
                "{count} labels are locked. Unlock them in the labels panel.",
                len(kept),
                name=_name(document, kept),
            )
        )


def toggle_hidden(document: ProjectDocument, annotation_ids: Collection[int]) -> None:
    """Hide annotations, or show them where all of them are hidden."""
    visibility, pairs = document.visibility, _with_labels(document, annotation_ids)
    hidden = not all(visibility.is_hidden(*pair) for pair in pairs)
    visibility.hide(annotation_ids, hidden=hidden)
    kept = {pair[1] for pair in pairs if not hidden and visibility.is_hidden(*pair)}
    if kept:
        messages.info(
            tr_n(
                "The label “{name}” is hidden. Show it in the labels panel.",
                "{count} labels are hidden. Show them in the labels panel.",
                len(kept),
                name=_name(document, kept),
            )
        )


def _with_labels(
    document: ProjectDocument, annotation_ids: Collection[int]
) -> list[tuple[int, int]]:
    """Return annotations of the frame with the ids of their labels."""
    columns = document.listing()
    rows = columns.rows_of(annotation_ids)
    return list(zip(columns.ids[rows].tolist(), columns.labels[rows].tolist(), strict=True))


def _name(document: ProjectDocument, label_ids: Collection[int]) -> str:
    label = document.labels.get(next(iter(label_ids)))
    return "?" if label is None else label.name
