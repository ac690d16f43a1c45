"""What the label editor edits: the draft, which label is shown, and the way back."""

from typing import Final

from PySide6.QtCore import QObject, Signal

from annotator.core.label_draft import LabelDraft
from annotator.core.schema_draft import SchemaDraft

_MOST_STEPS: Final = 500


class EditorState(QObject):
    """All labels as they are typed, and one of them that is shown.

    Signals: `changed()` after every change; `restructured()` before it where the tree looks different; `chosen()`
    when another label is shown.
    """

    changed = Signal()
    restructured = Signal()
    chosen = Signal()

    def __init__(self, draft: SchemaDraft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._current: int | None = None
        self._past: list[SchemaDraft] = []
        self._future: list[SchemaDraft] = []
        self._last_field: tuple[int, str] | None = None

    @property
    def draft(self) -> SchemaDraft:
        """All labels."""
        return self._draft

    @property
    def current(self) -> LabelDraft | None:
        """The label that is shown, None where none is."""
        return None if self._current is None else self._draft.get(self._current)

    def choose(self, label_id: int | None) -> None:
        """Show another label."""
        if label_id != self._current:
            self._current = label_id
            self._last_field = None
            self.chosen.emit()

    def put(self, label: LabelDraft, field: str) -> None:
        """Replace a label. field: what was typed in; going on in the same field is one step back."""
        if self._draft.get(label.id) == label:
            return
        draft = self._draft.put(label)
        self._remember((label.id, field))
        self._draft = draft
        self.changed.emit()

    def set_draft(self, draft: SchemaDraft, current: int | None = None) -> None:
        """Replace everything. current: the label that is shown then, else the one that was."""
        if draft == self._draft:
            return
        self._remember(None)
        self._show(draft, self._current if current is None else current)

    def undo(self) -> None:
        """Go one step back."""
        if self._past:
            self._future.append(self._draft)
            self._revert(self._past.pop())

    def redo(self) -> None:
        """Go one step forward again."""
        if self._future:
            self._past.append(self._draft)
            self._revert(self._future.pop())

    def _revert(self, draft: SchemaDraft) -> None:
        self._last_field = None
        self._show(draft, self._current)

    def _show(self, draft: SchemaDraft, current: int | None) -> None:
        self._draft = draft
        before = self._current
        self._current = (
            current if current in draft else next((x.id for x in draft.in_order()), None)
        )
        self.restructured.emit()
        if self._current != before:
            self.chosen.emit()
        self.changed.emit()

    def _remember(self, field: tuple[int, str] | None) -> None:
        self._future.clear()
        if field is None or field != self._last_field:
            self._past.append(self._draft)
            del self._past[:-_MOST_STEPS]
        self._last_field = field
