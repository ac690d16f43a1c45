"""What happens to the objects of labels that are deleted, and into which label others are merged."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QRadioButton, QWidget

from annotator.core.schema_draft import SchemaDraft
from annotator.project.labels.preview import LabelUse
from annotator.translation import tr, tr_n
from annotator.ui.label_editor.fields import WordBox
from annotator.ui.label_editor.words import use_text
from annotator.ui.widgets.parts import column, push_button, row, text_label

_WIDTH: Final = 480
_MOST_NAME: Final = 60
_MOST_NAMES: Final = 6


class _AskedFirst(QDialog):
    """A question with how much it is about, which is counted meanwhile."""

    def __init__(self, parent: QWidget, title: str, question: str, go: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self.question = text_label(question, "strong", wraps=True)
        self.count = text_label(tr("Counting …"), "dim", wraps=True)
        self.go = push_button(go, "primary")
        self.go.setDefault(True)
        self.cancel = push_button(tr("Cancel"))
        self.cancel.setAutoDefault(False)
        self.fields = QGridLayout()
        self.fields.setHorizontalSpacing(12)
        self.fields.setVerticalSpacing(8)
        self.fields.setColumnStretch(1, 1)
        buttons = row(gap=8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        lines = column(self, gap=12)
        lines.setContentsMargins(20, 20, 20, 16)
        lines.addWidget(self.question)
        lines.addWidget(self.count)
        lines.addLayout(self.fields)
        lines.addSpacing(4)
        lines.addLayout(buttons)
        self.go.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    def show_use(self, use: LabelUse) -> None:
        """Tell how much it is about."""
        if use == LabelUse():
            self.count.setText(tr("No object has it."))
        else:
            self.count.setText(tr("It is about {things}.", things=use_text(use)))


class DeleteDialog(_AskedFirst):
    """Delete labels: their objects go too, or get another label."""

    def __init__(self, parent: QWidget, draft: SchemaDraft, label_ids: Sequence[int]) -> None:
        names = _names(draft, label_ids)
        question = tr_n(
            "Delete the label {names}?",
            "Delete {count} labels: {names}?",
            len(label_ids),
            names=names,
        )
        super().__init__(parent, tr("Delete labels"), question, tr("Delete"))
        self.with_objects = QRadioButton(tr("Delete its objects, too"))
        self.give = QRadioButton(tr("Give its objects to"))
        self.target = WordBox(tr("Label that gets the objects"))
        others = _words(draft, [one.id for one in draft.in_order() if one.id not in set(label_ids)])
        self.target.offer(others, next(iter(others), None))
        self.fields.addWidget(self.give, 0, 0)
        self.fields.addWidget(self.target, 0, 1)
        self.fields.addWidget(self.with_objects, 1, 0, 1, 2)
        # Nothing is lost unless that is chosen.
        self.give.setChecked(bool(others))
        self.with_objects.setChecked(not others)
        self.give.setEnabled(bool(others))
        self.target.setEnabled(bool(others))
        self.target.edited.connect(lambda _: self.give.setChecked(True))

    @property
    def chosen_target(self) -> int | None:
        """The label that gets the objects, None where they are deleted."""
        target: int | None = self.target.currentData()
        return target if self.give.isChecked() else None

    def show_use(self, use: LabelUse) -> None:
        """Tell how much it is about; without objects there is nothing to choose."""
        super().show_use(use)
        for widget in (self.give, self.target, self.with_objects):
            widget.setVisible(use != LabelUse())


class MergeDialog(_AskedFirst):
    """Merge labels into one of them, or one label into any other."""

    def __init__(self, parent: QWidget, draft: SchemaDraft, label_ids: Sequence[int]) -> None:
        names = _names(draft, label_ids)
        question = tr("Merge {names}", names=names)
        super().__init__(parent, tr("Merge labels"), question, tr("Merge"))
        others = [one.id for one in draft.in_order() if one.id not in set(label_ids)]
        self.target = WordBox(tr("Label to merge into"))
        words = _words(draft, others if len(label_ids) == 1 else label_ids)
        self.target.offer(words, next(iter(words), None))
        self.take_over = QCheckBox(tr("Take over attributes and values that it lacks"))
        self.take_over.setChecked(True)
        self.fields.addWidget(text_label(tr("Into"), "dim"), 0, 0)
        self.fields.addWidget(self.target, 0, 1)
        self.fields.addWidget(self.take_over, 1, 1)

    @property
    def chosen_target(self) -> int:
        """The label that stays."""
        return int(self.target.currentData())


def _words(draft: SchemaDraft, label_ids: Sequence[int]) -> dict[int | None, str]:
    return {one: draft[one].name[:_MOST_NAME] or tr("(no name)") for one in label_ids}


def _names(draft: SchemaDraft, label_ids: Sequence[int]) -> str:
    names = [f"“{draft[one].name[:_MOST_NAME]}”" for one in label_ids[:_MOST_NAMES]]
    return ", ".join(names) + (" …" if len(label_ids) > _MOST_NAMES else "")
