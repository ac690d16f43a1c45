"""Labels by digit, by typing and by click: for what is drawn next, and for what is selected."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject, QPoint, Signal

from annotator import messages
from annotator.canvas.tools import TOOLS
from annotator.canvas.view import CanvasView
from annotator.core.errors import AnnotatorError
from annotator.core.labels import Label, LabelSchema, next_colour
from annotator.core.shapes import ANNOTATION_KINDS, AnnotationKind
from annotator.translation import tr
from annotator.ui.labels.fitting import labels_for
from annotator.ui.labels.keys import label_digits
from annotator.ui.labels.popup import LabelPopup
from annotator.ui.shown.document import ProjectDocument
from annotator.ui.shown.label_choice import LabelChoice
from annotator.ui.shown.session import Session

_UNLABELLED: Final = "unlabelled"
_DRAWING_TOOLS: Final = frozenset(tool.id for tool in TOOLS if tool.draws)


class LabelControl(QObject):
    """What happens when the user names a label.

    With a drawing tool it is the label of what is drawn next; with Select it is given to what is selected, in one
    step. A drawing that waits for a label gets it at once. keys_of: gives the keys that a command has now, by its id;
    `keys_changed` is emitted when it gives others.
    """

    keys_changed = Signal()

    def __init__(
        self,
        session: Session,
        choice: LabelChoice,
        document: ProjectDocument,
        canvas: CanvasView,
        popup: LabelPopup,
        keys_of: Callable[[str], tuple[str, ...]],
    ) -> None:
        super().__init__(canvas)
        self._session = session
        self._choice = choice
        self._document = document
        self._canvas = canvas
        self._popup = popup
        self._keys_of = keys_of
        self._waiting: AnnotationKind | None = None
        popup.picked.connect(self.use)
        popup.named.connect(self.use_new)
        popup.dismissed.connect(canvas.setFocus)
        document.label_wanted.connect(self._ask_for_drawing)
        canvas.tool_changed.connect(self._tool_changed)
        session.closed.connect(popup.close_quietly)

    def shown_keys(self, labels: LabelSchema) -> Mapping[int, str]:
        """Return the keys that choose labels now, as this system writes them, by label id; none for those without."""
        by_id = {
            label_id: self._keys_of(f"label.{d}") for d, label_id in label_digits(labels).items()
        }
        return {label_id: keys[0] for label_id, keys in by_id.items() if keys}

    @property
    def next_label(self) -> Label | None:
        """The label of what the active tool draws, or of the shapes any tool would draw."""
        return self._choice.label_for(self._kind)

    def use_digit(self, digit: str) -> None:
        """Use the label that has a digit."""
        label_id = label_digits(self._session.labels).get(digit)
        if label_id is None:
            messages.info(self._no_label_text(digit))
        else:
            self.use(label_id)

    def use(self, label_id: int) -> None:
        """Use a label: for the drawing, for what is selected, and for what is drawn next."""
        label = self._session.labels.get(label_id)
        self._canvas.setFocus()
        if label is None:
            return
        selection = self._canvas.selection
        if self._canvas.tool not in _DRAWING_TOOLS and selection:
            self._document.relabel(selection, label)
        self._choice.choose(label.id)
        self._finish_waiting()

    def use_new(self, name: str) -> None:
        """Make a label and use it."""
        label = self.create(name)
        if label is None:
            self._canvas.setFocus()
        else:
            self.use(label.id)

    def create(self, name: str) -> Label | None:
        """Make a label, or return the one that has the name; None where that failed, which is said."""
        labels = self._session.labels
        known = labels.named(name.strip())
        if known is not None:
            return known
        try:
            label = Label(name, next_colour(one.colour for one in labels))
            with self._session.project.edit(tr("Add label {name}", name=label.name)) as edit:
                edit.put_label(label)
        except AnnotatorError as error:
            messages.error(str(error))
            return None
        return label

    def ask(self) -> None:
        """Open the popup to choose by typing."""
        what = (
            tr("Label of what is selected") if self._relabels else tr("Label of what you draw next")
        )
        self._open(what, None)

    def settle(self) -> bool:
        """Store a drawing that waits for a label under one made for it, because its frame is about to be left.

        Returns whether there was one.
        """
        is_waiting = self._waiting is not None
        if self._waiting is not None and self._session.is_writable:
            self._popup.close_quietly()
            label = self.create(_UNLABELLED)
            if label is not None:
                self._choice.choose(label.id)
                self._finish_waiting()
        self._waiting = None
        return is_waiting

    def _no_label_text(self, digit: str) -> str:
        keys = self._keys_of(f"label.{digit}") or (digit,)
        chooses = self._keys_of("label.choose")
        if not chooses:
            return tr(
                "No label has the key {digit} yet. Make one in the panel Labels.", digit=keys[0]
            )
        return tr(
            "No label has the key {digit} yet. Press {key} to make one by typing its name.",
            digit=keys[0],
            key=chooses[0],
        )

    @property
    def _kind(self) -> AnnotationKind:
        tool = self._canvas.tool
        return next((kind for kind in ANNOTATION_KINDS if kind == tool), "rectangle")

    @property
    def _relabels(self) -> bool:
        return self._canvas.tool not in _DRAWING_TOOLS and bool(self._canvas.selection)

    def _ask_for_drawing(self, kind: AnnotationKind) -> None:
        self._waiting = kind
        self._open(tr("Label of this {kind}", kind=tr(kind)), kind)

    def _open(self, prompt: str, kind: AnnotationKind | None) -> None:
        labels = self._session.labels
        kinds = ANNOTATION_KINDS if kind is None else (kind,)
        offered, refused = labels_for(labels, kinds)
        self._popup.ask(prompt, offered, self.shown_keys(labels), self._place(), refused)

    def _place(self) -> QPoint | None:
        """Beside the pointer where it is on the canvas, in the coordinates of the popup's parent."""
        viewport = self._canvas.viewport()
        place = viewport.mapFromGlobal(viewport.cursor().pos())
        if not viewport.rect().contains(place):
            return None
        return viewport.mapTo(self._popup.room, place + QPoint(16, 16))

    def _tool_changed(self, tool: str) -> None:
        self._waiting = None
        if not self._session.is_writable or tool not in _DRAWING_TOOLS:
            return
        if self._choice.label_for(self._kind) is None:
            self._open(tr("Label of the {kind} you draw", kind=tr(self._kind)), self._kind)

    def _finish_waiting(self) -> None:
        kind, self._waiting = self._waiting, None
        if kind is not None and self._choice.label_for(kind) is not None:
            self._canvas.finish_drawing()
