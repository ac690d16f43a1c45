"""The right side of the label editor: the fields of the label that is shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from annotator.core.label_draft import LabelDraft
from annotator.translation import tr
from annotator.ui.label_editor.attribute_form import Attributes, AttributesSection
from annotator.ui.label_editor.choice_list import ChoiceList
from annotator.ui.label_editor.fields import ColourField, KeyField, WordBox
from annotator.ui.label_editor.skeleton_form import SkeletonForm
from annotator.ui.label_editor.skeleton_picture import Edges, Points
from annotator.ui.label_editor.state import EditorState
from annotator.ui.label_editor.words import label_kinds
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.parts import column, push_button, row, section_head, text_label

# What a key does already outside of the labels: a sentence, or nothing.
KeyUse = Callable[[str], str]
_INDENT: Final = "    "
_MOST_INDENTS: Final = 16


class LabelForm(QScrollArea):
    """Name, colour, shape, what it stands below, key, attributes, and the skeleton where it is for one."""

    def __init__(
        self,
        state: EditorState,
        theme: Theme,
        key_use: KeyUse,
        attributes: AttributesSection,
        skeleton: SkeletonForm,
    ) -> None:
        super().__init__()
        self._state = state
        self._key_use = key_use
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the label"))
        self.problem = text_label("", "bad", wraps=True)
        self.colour = ColourField(theme)
        self.kind = WordBox(tr("Shapes that the label is for"))
        self.parent_box = WordBox(tr("Label above"))
        self.key = KeyField()
        self.clear_key = push_button(tr("Clear"))
        self.clear_key.setAccessibleName(tr("Take the key away"))
        self.key_problem = text_label("", "warn", wraps=True)
        self.attributes = attributes
        self.skeleton = skeleton
        self.skeleton_head = section_head(tr("Skeleton"))
        self._body = QWidget()
        self._lay_out()
        self.name.textEdited.connect(lambda text: self._put("name", name=text))
        self.colour.edited.connect(lambda text: self._put("colour", colour=text))
        self.kind.edited.connect(lambda kind: self._put("kind", kind=kind))
        self.parent_box.edited.connect(self._parent_chosen)
        self.key.edited.connect(lambda key: self._put("key", hotkey=key))
        self.clear_key.clicked.connect(lambda: self._put("key", hotkey=""))
        self.attributes.edited.connect(self._attributes_edited)
        self.skeleton.edited.connect(self._skeleton_edited)
        state.chosen.connect(self._chosen)
        state.changed.connect(self.show_label)
        self.show_label()

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        fields.setColumnMinimumWidth(0, 84)
        fields.setColumnStretch(1, 1)
        keys = QWidget()
        line = row(keys, gap=8)
        self.key.setFixedWidth(140)
        line.addWidget(self.key)
        line.addWidget(self.clear_key)
        line.addStretch(1)
        rows = (
            (tr("Name"), self.name),
            ("", self.problem),
            (tr("Colour"), self.colour),
            (tr("Shape"), self.kind),
            (tr("Below"), self.parent_box),
            (tr("Key"), keys),
            ("", self.key_problem),
        )
        for place, (title, field) in enumerate(rows):
            if title:  # an empty word would take room while what stands beside it is hidden
                fields.addWidget(text_label(title, "dim"), place, 0)
            fields.addWidget(field, place, 1)
        lines = column(self._body, gap=12)
        lines.setContentsMargins(4, 0, 12, 12)
        lines.addLayout(fields)
        lines.addSpacing(8)
        lines.addWidget(section_head(tr("Attributes")))
        lines.addWidget(self.attributes)
        lines.addSpacing(8)
        lines.addWidget(self.skeleton_head)
        lines.addWidget(self.skeleton)
        lines.addStretch(1)
        self.setWidget(self._body)

    def focus_name(self) -> None:
        """Let the name be typed."""
        self.name.setFocus()
        self.name.selectAll()

    def take_typed(self) -> None:
        """Take what was typed and not entered for entered."""
        for choices in self.findChildren(ChoiceList):
            choices.take_typed()

    def focus_problem(self) -> None:
        """Go to the first thing that must be put right about the label that is shown."""
        label = self._state.current
        problems = [one for one in self._state.draft.errors if label and one.label == label.id]
        attribute = problems[0].attribute if problems else None
        if attribute is None or label is None:
            self.name.setFocus()
            return
        for point in label.points:
            if any(one.id == attribute for one in point.attributes):
                self.skeleton.choose(point.id)
        section = self.attributes if label.attribute(attribute) else self.skeleton.attributes
        section.choose(attribute)
        section.form.name.setFocus()
        self.ensureWidgetVisible(section.form, 0, 8)

    def _chosen(self) -> None:
        self.show_label()
        bar = self.verticalScrollBar()
        bar.setValue(0)

    def show_label(self) -> None:
        """Show the fields of the label that is chosen."""
        label = self._state.current
        self._body.setVisible(label is not None)
        label = label or LabelDraft()
        if self.name.text() != label.name:
            self.name.setText(label.name)
        self.colour.show_colour(label.colour)
        self.kind.offer(label_kinds(), label.kind)
        self.parent_box.offer(self._parents(label), label.parent)
        self.key.show_key(label.hotkey)
        self.clear_key.setEnabled(bool(label.hotkey))
        wrong = {
            one.attribute: one.text
            for one in self._state.draft.errors
            if one.label == label.id and one.attribute is not None
        }
        self.attributes.show_attributes(label.attributes, wrong)
        is_skeleton = label.kind == "skeleton"
        self.skeleton.setVisible(is_skeleton)
        self.skeleton_head.setVisible(is_skeleton)
        if is_skeleton:
            self.skeleton.show_label(label, wrong)
        self._show_problems(label)

    def _show_problems(self, label: LabelDraft) -> None:
        problems = [one for one in self._state.draft.problems if one.label == label.id]
        errors = [one.text for one in problems if one.level == "error" and one.attribute is None]
        keys = [one.text for one in problems if one.level == "warning"]
        use = self._key_use(label.hotkey) if label.hotkey else ""
        if use:
            keys.append(use)
        self.problem.setText("\n".join(errors))
        self.problem.setVisible(bool(errors))
        self.key_problem.setText("\n".join(keys))
        self.key_problem.setVisible(bool(keys))

    def _parents(self, label: LabelDraft) -> dict[int | None, str]:
        """The labels that may stand above one, in the order of the tree."""
        draft = self._state.draft
        below = {label.id, *(one.id for one in draft.below(label.id))}
        words: dict[int | None, str] = {None: tr("No label: at the top")}
        depths: dict[int, int] = {}
        for one in draft.in_order():
            depth = depths.get(one.id, 0)
            depths.update((child.id, depth + 1) for child in draft.children(one.id))
            if one.id not in below:
                indent = _INDENT * min(depth, _MOST_INDENTS)
                words[one.id] = indent + (one.name[:80] or tr("(no name)"))
        return words

    # Typing -----------------------------------------------------------------------------------------

    def _put(self, field: str, **changes: Any) -> None:
        label = self._state.current
        if label is not None:
            self._state.put(replace(label, **changes), field)

    def _parent_chosen(self, parent: int | None) -> None:
        label = self._state.current
        if label is not None:
            self._state.set_draft(self._state.draft.moved([label.id], parent))

    def _attributes_edited(self, attributes: Attributes, field: str) -> None:
        self._put(field, attributes=attributes)
        if field == "add":
            self.ensureWidgetVisible(self.attributes.form, 0, 8)

    def _skeleton_edited(self, points: Points, edges: Edges, field: str) -> None:
        self._put(field, points=points, edges=edges)
