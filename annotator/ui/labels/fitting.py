"""Which labels can be given to what is drawn or selected."""

from collections.abc import Collection

from annotator.core.labels import Label, LabelSchema
from annotator.core.shapes import AnnotationKind
from annotator.translation import tr


def labels_for(
    labels: LabelSchema, kinds: Collection[AnnotationKind]
) -> tuple[tuple[Label, ...], dict[str, str]]:
    """Return the labels that fit one of some kinds, and for the names of the others what those are for."""
    fitting = tuple(label for label in labels if any(label.accepts(kind) for kind in kinds))
    refused = {
        label.name: tr("for {kind} only", kind=tr(label.kind))
        for label in labels
        if label not in fitting
    }
    return fitting, refused
