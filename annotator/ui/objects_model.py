"""The annotations of the shown frame as the rows of a list."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from annotator.core.annotations import Annotation
from annotator.core.labels import attribute_text
from annotator.ui.frame_document import ProjectDocument

ANNOTATION_ROLE: Final = Qt.ItemDataRole.UserRole
# More single changes than this are shown by filling the list anew.
_MOST_SINGLE: Final = 64

_Index = QModelIndex | QPersistentModelIndex


class ObjectsModel(QAbstractListModel):
    """One row for each annotation, the oldest first: ids are in the order of time.

    A row knows only an id; its value is asked for when it is painted, so 20 000 rows cost little.
    """

    def __init__(self, document: ProjectDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._ids: list[int] = []

    def fill(self) -> None:
        """Take all rows from the document."""
        self.beginResetModel()
        self._ids = self._document.ids()
        self.endResetModel()

    def update(self, changed: Sequence[Annotation], deleted: Collection[int]) -> None:
        """Take over single changes."""
        if len(changed) + len(deleted) > _MOST_SINGLE:
            self.fill()
            return
        for annotation_id in deleted:
            row = self.row_of(annotation_id)
            if row is not None:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._ids[row]
                self.endRemoveRows()
        for annotation in changed:
            row = self.row_of(annotation.id)
            if row is not None:
                self.dataChanged.emit(self.index(row), self.index(row))
                continue
            place = bisect_left(self._ids, annotation.id)
            self.beginInsertRows(QModelIndex(), place, place)
            self._ids.insert(place, annotation.id)
            self.endInsertRows()

    def row_of(self, annotation_id: int) -> int | None:
        """Return the row of an annotation, or None."""
        place = bisect_left(self._ids, annotation_id)
        found = place < len(self._ids) and self._ids[place] == annotation_id
        return place if found else None

    def ids_at(self, rows: Iterable[int]) -> list[int]:
        """Return the ids of rows."""
        return [self._ids[row] for row in rows]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many annotations there are."""
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows; its text is what screen readers say."""
        if not index.isValid() or role not in (ANNOTATION_ROLE, Qt.ItemDataRole.DisplayRole):
            return None
        annotation = self._document.annotation(self._ids[index.row()])
        if role == ANNOTATION_ROLE:
            return annotation
        if annotation is None:
            return ""
        label = self._document.labels.get(annotation.label)
        name = "?" if label is None else label.name
        return " ".join(filter(None, (name, annotation.kind, self.summary(annotation))))

    def summary(self, annotation: Annotation) -> str:
        """Return the attributes of an annotation in a few words: those with a value that says something."""
        label = self._document.labels.get(annotation.label)
        if label is None:
            return ""
        words = []
        for attribute in label.attributes:
            value = annotation.attributes.get(attribute.id)
            if value is None or value == "":
                continue
            if attribute.kind == "checkbox":
                if value is True:
                    words.append(attribute.name)
            elif attribute.kind == "number":
                words.append(f"{attribute.name} {attribute_text(value)}")
            else:
                words.append(attribute_text(value))
        return " · ".join(words)
