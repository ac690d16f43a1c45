"""Which label comes next."""

from PySide6.QtCore import QObject, Signal

from annotator.core.labels import Label
from annotator.core.shapes import AnnotationKind
from annotator.project.storage.changes import Change
from annotator.ui.shown.session import Session


class LabelChoice(QObject):
    """The label of what is drawn next: chosen before, never asked for afterwards while one fits.

    `changed` is emitted when another one comes next, or when the labels themselves change.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        # The newest choice first: where it does not fit a kind of shape, an older one may.
        self._chosen: list[int] = []
        session.opened.connect(self.changed)
        session.closed.connect(self.changed)
        session.changed.connect(self._labels_changed)

    def label_for(self, kind: AnnotationKind) -> Label | None:
        """Return the label that a new shape of a kind gets, or None where no label fits."""
        labels = self._session.labels
        chosen = (labels.get(label_id) for label_id in self._chosen)
        fitting = (label for label in (*chosen, *labels) if label is not None)
        return next((label for label in fitting if label.accepts(kind)), None)

    def choose(self, label_id: int) -> None:
        """Use a label next."""
        if self._chosen[:1] == [label_id]:
            return
        self._chosen = [label_id, *(one for one in self._chosen if one != label_id)]
        self.changed.emit()

    def forget(self) -> None:
        """Take the first label that fits again, as in a project that was just opened."""
        self._chosen = []
        self.changed.emit()

    def _labels_changed(self, change: Change) -> None:
        if change.labels:
            self.changed.emit()
