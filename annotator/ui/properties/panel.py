"""What is selected, in every detail: label, attributes, state, place. One form for one object or for thousands."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedLayout, QWidget

from annotator import messages
from annotator.canvas.view import CanvasView
from annotator.core.annotations import Annotation
from annotator.core.labels import Attribute, Label
from annotator.core.shapes import AttributeValue, Rectangle, Shape
from annotator.translation import tr, tr_n
from annotator.ui.labels.asking import LabelAsking
from annotator.ui.labels.control import LabelControl
from annotator.ui.look.theme import Theme
from annotator.ui.objects.acts import toggle_occluded
from annotator.ui.properties.facts import Facts, Mixed, facts_of
from annotator.ui.properties.form import Pattern, PropertiesForm
from annotator.ui.properties.geometry import BoxField, box_value, with_box_value
from annotator.ui.shell.shell import Shell
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.shown.kind_names import kind_name
from annotator.ui.timers import single_shot
from annotator.ui.widgets.elided_label import ElidedLabel
from annotator.ui.widgets.parts import column, text_label
from annotator.ui.widgets.plain_tips import plain_tip

_PADDING: Final = 12
# The places of more boxes than this are not shown: each has to be read.
_MOST_BOXES: Final = 100
# More selected than this are shown a moment later.
_MOST_AT_ONCE: Final = 1_000


class PropertiesPanel(QWidget):
    """The form. What is typed is stored when it is finished, or when something else is selected."""

    def __init__(
        self, theme: Theme, document: ProjectDocument, canvas: CanvasView, labels: LabelControl
    ) -> None:
        super().__init__()
        self._theme = theme
        self._document = document
        self._canvas = canvas
        self._asking = LabelAsking(theme, labels)
        self._facts: Facts | None = None
        self._form: PropertiesForm | None = None
        self.setAccessibleName(tr("Properties"))
        self.title = ElidedLabel(Qt.TextElideMode.ElideRight, "sectionHead")
        self.note = text_label("", "dim", wraps=True)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("propertiesScroll")
        self._scroll.setFocusPolicy(
            Qt.FocusPolicy.NoFocus
        )  # its fields take it, and are scrolled to
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        # Several changes, and the rows that follow from them, are shown once.
        self._soon = single_shot(self, 0, self._show)
        canvas.selection_changed.connect(self._selected)
        canvas.dragged.connect(self._show_dragged)
        document.updated.connect(lambda _changed, _deleted: self._soon.start())
        document.loaded.connect(self._soon.start)
        document.visibility.changed.connect(self._soon.start)
        self._show()

    @property
    def form(self) -> PropertiesForm | None:
        """The fields that are shown; None where nothing is selected."""
        return self._form

    def commit(self) -> None:
        """Store what was typed and not finished; say what cannot be."""
        if self._form is None or not self._document.is_writable:
            return
        for field in self._form.typed:
            field.commit()
            if field.problem:
                messages.warning(
                    tr(
                        "“{typed}” was not stored as {name}: {problem}",
                        typed=field.text(), name=field.name, problem=field.problem,
                    )
                )  # fmt: skip
                field.drop()

    def refresh(self) -> None:
        """Show what is selected anew: it may be said in other words."""
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden."""
        super().showEvent(event)
        self._soon.start()

    # Putting together -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        page = QWidget()
        lines = column(page, gap=0)
        head = column(gap=6)
        head.setContentsMargins(_PADDING, 10, _PADDING, 6)
        head.addWidget(self.title)
        head.addWidget(self.note)
        lines.addLayout(head)
        lines.addWidget(self._scroll, 1)
        empty = text_label(
            tr(
                "What is selected is described here. Click an object on the picture or in the list to change its"
                " label, attributes and place."
            ),
            "dim",
            wraps=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        self._pile = QStackedLayout(self)
        self._pile.addWidget(empty)
        self._pile.addWidget(page)

    # What is shown ----------------------------------------------------------------------------------

    def _selected(self, _ids: object = None) -> None:
        self.commit()
        if len(self._canvas.selection) > _MOST_AT_ONCE:
            # The canvas and the list have enough to do in this slot.
            self._soon.start()
        else:
            self._show()

    def _show(self) -> None:
        if not self.isVisible():
            return
        self._facts = facts = self._facts_now()
        self._pile.setCurrentIndex(0 if facts is None else 1)
        if facts is None:
            return
        boxes = self._boxes(facts)
        pattern = Pattern.of(facts, has_boxes=bool(boxes))
        if self._form is None or self._form.pattern != pattern:
            self._rebuild(pattern)
        assert self._form is not None
        self._form.show_facts(facts, boxes, self._single(facts))
        self._show_title(facts)
        locked = len(self._document.visibility.locked_ids().intersection(facts.ids))
        self.note.setVisible(bool(locked))
        told = tr("It is locked.")
        if len(facts.ids) > 1:
            told = tr_n("{count} is locked.", "{count} are locked.", locked)
        self.note.setText(f"{told} {self._document.unlocking_text(locked)}".rstrip())
        self._scroll.setEnabled(self._document.is_writable and locked < len(facts.ids))

    def _facts_now(self) -> Facts | None:
        columns = self._document.listing()
        rows = columns.rows_of(self._canvas.selection)
        return facts_of(columns, rows, self._document.labels) if len(rows) else None

    def _boxes(self, facts: Facts) -> tuple[Rectangle, ...]:
        """The boxes that are selected, where only boxes are, and not too many to be read."""
        if facts.kind != "rectangle" or len(facts.ids) > _MOST_BOXES:
            return ()
        found = (self._document.annotation(one) for one in facts.ids)
        return tuple(a.shape for a in found if a is not None and isinstance(a.shape, Rectangle))

    def _single(self, facts: Facts) -> Annotation | None:
        return self._document.annotation(facts.ids[0]) if len(facts.ids) == 1 else None

    def _show_title(self, facts: Facts) -> None:
        kind = tr("several kinds") if isinstance(facts.kind, Mixed) else kind_name(facts.kind)
        if len(facts.ids) > 1:
            what = tr_n("{count} object", "{count} objects", len(facts.ids))
        else:
            name = "?" if not isinstance(facts.label, Label) else facts.label.name
            what = f"{name} {facts.numbers[0]}"
        text = f"{what} · {kind}"
        self.title.set_full_text(text.upper())
        self.title.setToolTip(plain_tip(text))

    def _rebuild(self, pattern: Pattern) -> None:
        """Make other fields; the focus goes to the one that is called as before, else to the label."""
        focused = QApplication.focusWidget()
        is_inside = focused is not None and self._scroll.isAncestorOf(focused)
        name = focused.accessibleName() if focused is not None else ""
        self._form = form = PropertiesForm(pattern, self)
        self._scroll.setWidget(form)
        if is_inside:
            fields = (one for one in form.findChildren(QWidget) if one.accessibleName() == name)
            next(fields, form.label).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_dragged(self, shape: Shape | None) -> None:
        if self._form is not None and self._facts is not None and len(self._facts.ids) == 1:
            if shape is None:
                self._soon.start()
            else:
                self._form.show_shape(shape)

    # What the user changes --------------------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        """The colours of its fields."""
        return self._theme

    def ask_for_label(self, beside: QWidget) -> None:
        """Let the user choose another label."""
        facts = self._facts
        if facts is None:
            return
        self._asking.ask(
            tr("Label of what is selected"),
            self._document.labels,
            self._document.listing().kinds_of(facts.ids),
            beside,
            QPoint(0, beside.height() + 2),
            lambda label: self._document.relabel(facts.ids, label),
        )

    def set_attribute(self, attribute: Attribute, value: AttributeValue) -> None:
        """Give all that is selected a value; labels may have attributes of the same name, each its own."""
        labels = self._document.labels

        def changed(one: Annotation) -> Annotation:
            label = labels.get(one.label)
            own = None if label is None else label.attribute_named(attribute.name)
            if own is None or _is_same(one.attributes.get(own.id), value):
                return one
            return one.with_attribute(own.id, value)

        self._change(tr("Set {name}", name=attribute.name), changed)

    def set_occluded(self) -> None:
        """Mark all as occluded, or not where all are."""
        if self._facts is not None:
            toggle_occluded(self._document, self._facts.ids)

    def set_z_order(self, text: str) -> None:
        """Put all at a height."""
        z_order = int(text or 0)
        self._change(
            tr("Set the z-order"),
            lambda one: one if one.z_order == z_order else replace(one, z_order=z_order),
        )

    def set_group(self, text: str) -> None:
        """Put all into a group, 0 for none."""
        group = int(text or 0)
        self._change(
            tr("Set the group"),
            lambda one: one if one.group == group else replace(one, group=group),
        )

    def set_box(self, field: BoxField, text: str) -> None:
        """Change one number of all boxes."""
        value = float(text)

        def changed(one: Annotation) -> Annotation:
            if not isinstance(one.shape, Rectangle) or box_value(one.shape, field) == value:
                return one
            return replace(one, shape=with_box_value(one.shape, field, value))

        titles = {"x": tr("Move"), "y": tr("Move"), "rotation": tr("Turn")}
        self._change(titles.get(field, tr("Resize")), changed)

    def _change(self, text: str, changed: Callable[[Annotation], Annotation]) -> None:
        if self._facts is not None:
            self._document.change(self._facts.ids, text, changed)
            # What says the same in other digits changes nothing, and is shown as it is written here.
            self._soon.start()

    def leave(self) -> None:
        """Give the keys back to the picture."""
        self._canvas.setFocus()


def _is_same(one: AttributeValue | None, other: AttributeValue) -> bool:
    # True is no 1.0 here.
    return type(one) is type(other) and one == other


def add_to(shell: Shell) -> object:
    """Add the dock below the objects."""
    panel = PropertiesPanel(shell.theme, shell.document, shell.canvas, shell.labels)
    shell.docks.add("properties", tr("Properties"), panel, titled=False, height=344)
    shell.actions.keys_changed.connect(panel.refresh)
    # What is being typed belongs to the frame that is left, and to the project.
    shell.session.frame_leaving.connect(panel.commit)
    shell.switch.leaving.connect(panel.commit)
    return panel
