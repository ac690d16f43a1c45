"""What is asked before whole labels go: what becomes of their objects."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from annotator.core.errors import AnnotatorError
from annotator.project.labels.preview import LabelUse, use_of
from annotator.project.project import Project
from annotator.translation import tr
from annotator.ui.label_editor.beside import Beside
from annotator.ui.label_editor.fate_dialog import DeleteDialog, MergeDialog
from annotator.ui.label_editor.state import EditorState
from annotator.ui.widgets.said_below import error_text


class LabelQuestions(QObject):
    """Deletes and merges labels of the draft, once what becomes of their objects is known.

    `refused(sentence)` where labels cannot be merged.
    """

    refused = Signal(str)

    def __init__(
        self, window: QWidget, project: Project, state: EditorState, beside: Beside
    ) -> None:
        super().__init__(window)
        self._window = window
        self._project = project
        self._state = state
        self._beside = beside

    def ask_delete(self, label_ids: list[int]) -> None:
        """Delete labels; what happens to their objects is asked where there are any."""
        if not label_ids:
            return
        stored = self._stored(label_ids)
        if not stored:
            self._state.set_draft(self._state.draft.without(label_ids))
            return
        dialog = DeleteDialog(self._window, self._state.draft, label_ids)

        def delete() -> None:
            self._state.set_draft(self._state.draft.without(label_ids, dialog.chosen_target))

        dialog.accepted.connect(delete)
        self._count_for(dialog, stored)

    def ask_merge(self, label_ids: list[int]) -> None:
        """Merge labels into one of them, or a single one into another."""
        if not label_ids or len(self._state.draft.labels) < 2:
            return
        dialog = MergeDialog(self._window, self._state.draft, label_ids)

        def merge() -> None:
            target, take_over = dialog.chosen_target, dialog.take_over.isChecked()
            try:
                merged = self._state.draft.merged(label_ids, target, take_over=take_over)
            except AnnotatorError as error:
                self.refused.emit(error_text(error))
                return
            self._state.set_draft(merged, target)

        dialog.accepted.connect(merge)
        self._count_for(dialog, self._stored(label_ids))

    def _stored(self, label_ids: list[int]) -> list[int]:
        """The stored labels that come to be some labels: they themselves, and those merged into them."""
        draft = self._state.draft
        merged = [one.id for one in draft.gone if draft.target(one.id) in label_ids]
        return [one for one in label_ids if one in draft.known] + merged

    def _count_for(self, dialog: DeleteDialog | MergeDialog, stored: list[int]) -> None:
        def show(use: LabelUse) -> None:
            dialog.show_use(use)

        dialog.finished.connect(lambda _: self._beside.forget("use"))
        dialog.open()
        self._beside.start(
            "use", tr("Counting objects"), lambda _: use_of(self._project, stored), show
        )
